#pragma once

#include "model/column/tile_pack.hpp"

namespace tilth::column {

/// Slow memories of weather and water that steer acclimation (time constant `days`), phenology and allocation; means
/// over the daylight hours of air temperature (C) and vapour pressure deficit (Pa).
template <class T, class D>
void remember_weather(TilePack<T>& d, T daylight_t, T daylight_vpd, D days) {
  d.acclimated_t = remember(d.acclimated_t, daylight_t + freezing_k, days);
  d.acclimated_vpd = remember(d.acclimated_vpd, daylight_vpd, days);
  d.growth_temperature = remember(d.growth_temperature, d.air_t + freezing_k, 30.0);
  d.stress_memory = remember(d.stress_memory, d.water_stress, 10.0);
}

/// Active fraction and the leaf area the water supply sustains.
template <class T>
void phenology(TilePack<T>& d) {
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

}  // namespace tilth::column
