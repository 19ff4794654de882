#pragma once

#include "model/daily/daily_day.hpp"

namespace tilth::daily {

/// Slow memories of weather and water that steer acclimation, phenology and allocation.
template <class T>
void remember_weather(Day<T>& d) {
  d.acclimated_t = remember(d.acclimated_t, d.air.t_day + freezing_k, 15.0);
  d.acclimated_vpd = remember(d.acclimated_vpd, d.air.vpd_day, 15.0);
  d.growth_temperature = remember(d.growth_temperature, d.air.t + freezing_k, 30.0);
  d.stress_memory = remember(d.stress_memory, d.water_stress, 10.0);
}

/// Active fraction and the leaf area the water supply sustains.
template <class T>
void phenology(Day<T>& d) {
  T target = 1.0;
  if (d.site->cold_deciduous)
    target = active_fraction(d.growth_temperature - freezing_k, d.p(par::t_phi), d.p(par::t_r), d.site->day_length_h,
                             d.p(par::t_c));
  d.phenology = clamp(remember(d.phenology, target, 3.0), 0.0, 1.0);
  const T tau = d.p(par::tau_w);
  const T sustained = sustainable_leaf_area(d.lai, d.available_water, tau, d.use_memory);
  // Smoothed in the logarithm with the same time constant.
  d.lai_water = clamp(d.lai_water * exp(log(sustained / d.lai_water) / (tau + 0.5)), 0.01, 12.0);
}

/// Gross primary production by the optimality model with acclimation (Stocker et al. 2020), stressed by dry and cold
/// soil.
template <class T>
void photosynthesis(Day<T>& d) {
  const T t = d.acclimated_t - freezing_k;
  const T cold = sigmoid((t - 3.0) * 0.5);  // slow recovery of cold-acclimated leaves (Makela et al. 2008, concept)
  T light_use, capacity_share, electrons_per_carbon;
  if (d.site->c4) {
    light_use = c4_m_prime * quantum_yield_c4(t);
    capacity_share = 1.0;
    electrons_per_carbon = 4.0;
  } else {
    const PModel<T> p = p_model_c3(clamp(t, -10.0, 45.0), d.acclimated_vpd, d.air.co2, d.air.pressure);
    light_use = p.m_prime * quantum_yield_c3(t);
    capacity_share = max(T(0.02), p.mc);
    electrons_per_carbon = 4.0 / max(T(0.05), p.mj);
  }
  const T potential = carbon_molar_mass * d.p(par::kphio) * light_use * d.apar * cold;
  d.gpp = potential * d.water_stress;
  // Actual over potential electron transport: what the assimilation needs (Farquhar et al. 1980) over what the absorbed
  // light could drive, half of it at photosystem II with a yield of 0.85 (Bernacchi et al. 2003).
  constexpr double potential_transport = 0.5 * 0.85;
  const T needed = electrons_per_carbon * d.p(par::kphio) * light_use * cold * d.water_stress;
  d.transport = min(T(1.0), needed * (1.0 / potential_transport));
  // Carboxylation capacity meets the light of midday (twice the daylight mean), and leaves respire all day.
  constexpr double midday = 2.0;
  const double day_h = d.site->day_length_h > 8.0 ? d.site->day_length_h : 8.0;
  d.leaf_respiration = d.p(par::rd_fraction) * (midday * 24.0 / day_h) * potential / capacity_share;
}

}  // namespace tilth::daily
