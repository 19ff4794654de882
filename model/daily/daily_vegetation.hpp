#pragma once

#include "model/daily/daily_day.hpp"
#include "model/light_response.hpp"

namespace tilth::daily {

/// Gross primary production by the optimality model with acclimation (Stocker et al. 2020), stressed by dry and cold
/// soil.
template <class T>
void photosynthesis(Day<T>& d) {
  const T t = d.acclimated_t - freezing_k;
  const T cold =
      sigmoid((t - d.p(dpar::t_cold)) /
              d.p(dpar::cold_spread));  // slow recovery of cold-acclimated leaves (Makela et al. 2008, concept)
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
  const T day = light_response(d.apar, cloudiness(d.air.shortwave, d.site->clear_sky), d.p(dpar::light_saturation),
                               d.p(dpar::cloud_gain));
  d.gpp = potential * day * d.water_stress;
  // Actual over potential electron transport: what the assimilation needs (Farquhar et al. 1980) over what the absorbed
  // light could drive, half of it at photosystem II with a yield of 0.85 (Bernacchi et al. 2003).
  constexpr double potential_transport = 0.5 * 0.85;
  const T needed = electrons_per_carbon * d.p(par::kphio) * light_use * cold * day * d.water_stress;
  d.transport = min(T(1.0), needed * (1.0 / potential_transport));
  // Carboxylation capacity meets the light of midday (twice the daylight mean), and leaves respire all day.
  constexpr double midday = 2.0;
  const double day_h = d.site->day_length_h > 8.0 ? d.site->day_length_h : 8.0;
  d.leaf_respiration = d.p(par::rd_fraction) * (midday * 24.0 / day_h) * potential / capacity_share;
}

}  // namespace tilth::daily
