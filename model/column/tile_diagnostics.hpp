#pragma once

#include "model/column/tile_carbon.hpp"
#include "model/column/tile_pack.hpp"

namespace tilth::column {

/// Fluxes of a day that diagnostics report.
template <class T>
struct DayFluxes {
  T fapar, apar;                                                 ///< 1; mol m-2
  T transpiration, soil_evaporation, interception, sublimation;  ///< kg m-2
  T runoff, drainage;                                            ///< kg m-2
  T latent, net_radiation;                                       ///< W m-2
  T fluorescence_yield;

  TILTH_INLINE T evaporation() const { return (transpiration + interception) + soil_evaporation + sublimation; }
};

/// Mean of the upper metre (layers to 1.1 m, the sixth counted to 1 m).
template <class T>
T root_zone_mean(const TilePack<T>& d) {
  T water = 0.0;
  double depth = 0.0;
  for (int k = 0; k < 6 && k < d.site->layers; ++k) {
    const double inside = depth + d.site->dz[k] > 1.0 ? 1.0 - depth : d.site->dz[k];
    water = water + d.soil_moisture[k] * inside;
    depth += inside;
  }
  return water * (1.0 / depth);
}

/// Writes what follows from the states at the end of a day and the fluxes over it.
template <class T>
void store_diagnostics(const TilePack<T>& d, const DayFluxes<T>& f) {
  T soil = 0.0;
  for (int k = 0; k < d.site->layers; ++k) soil = soil + d.soil_moisture[k] * (d.site->dz[k] * water_density);
  const T lai = d.site->vegetated ? d.leaf / d.p(par::lma) : T(0.0);
  const T swe = d.snow.ice + d.snow.liquid;
  const T depth = swe / d.snow.density;
  T cover = 0.0;
  const simd::Mask<T> snowy = swe > 0.0;
  if (any(snowy)) cover = select(snowy, snow_cover(depth, d.snow.density, d.p(par::m_scf)), T(0.0));
  const T value[row::count - row::prognostic_count] = {lai,
                                                       f.fapar,
                                                       f.apar,
                                                       d.gpp,
                                                       d.autotrophic,
                                                       d.heterotrophic,
                                                       (d.autotrophic + d.heterotrophic) - d.gpp,
                                                       f.evaporation(),
                                                       f.latent,
                                                       f.transpiration,
                                                       f.soil_evaporation,
                                                       f.interception,
                                                       f.sublimation,
                                                       max(T(0.0), f.runoff),
                                                       f.drainage,
                                                       cover,
                                                       swe,
                                                       f.fluorescence_yield,
                                                       d.water_stress,
                                                       root_zone_mean(d),
                                                       soil,
                                                       f.net_radiation,
                                                       d.seeded};
  for (int i = 0; i < row::count - row::prognostic_count; ++i) d.put(row::prognostic_count + i, value[i]);
}

/// What the carbon of the day leaves open, g m-2.
template <class T>
T carbon_residual(const TilePack<T>& d) {
  const T gained = d.gpp - d.autotrophic - d.heterotrophic + d.seeded;
  return simd::abs((carbon_storage(d) - d.carbon_before) - gained);
}

}  // namespace tilth::column
