#pragma once

#include "core/physics/fluorescence.hpp"
#include "model/carbon.hpp"
#include "model/daily/daily_tile.hpp"
#include "model/p_model.hpp"
#include "model/phenology.hpp"
#include "model/roots.hpp"
#include "model/snow.hpp"
#include "model/soil_budget.hpp"
#include "model/soil_heat.hpp"

namespace tilth::daily {

using namespace tilth::physics;

/// Weather of the day: means over 24 h and over the daylight hours.
template <class T>
struct Weather {
  T t, t_day;             ///< C
  T shortwave, longwave;  ///< W m-2, 24 h means
  T vapour, pressure;     ///< Pa
  T vpd, vpd_day;         ///< Pa
  Saturation<T> sat, sat_day;
  T wind, rain, snowfall, co2;  ///< m s-1, kg m-2, kg m-2, umol mol-1
  T rho_cp;                     ///< J m-3 K-1
  T latent, gamma;              ///< J kg-1, Pa K-1 (24 h)
  T longwave_net;               ///< of a black surface at air temperature, W m-2
  T longwave_net_day;
  double day_s = 43200.0;  ///< seconds of daylight, at least 2 h
};

/// One pack of members of a tile through a day: what the processes hand to each other.
template <class T>
struct Day {
  const TileStep* job = nullptr;
  const TileSite* site = nullptr;
  int member = 0;  ///< first member of the pack

  Weather<T> air;
  T soil_moisture[soil_layers], soil_temperature[soil_layers];
  SnowPack<T> snow;
  T canopy_water, pond;
  T labile, leaf, root, wood, litter, cwd, fast, slow;

  // canopy
  T lai, cover, ground_shelter, fapar, snow_depth, scf;
  T canopy_radiation, canopy_radiation_day, ground_radiation, ground_radiation_day, net_radiation;  ///< W m-2
  T air_resistance, soil_air_resistance;                                                            ///< s m-1
  T snow_shortwave, snow_longwave;  ///< absorbed; incoming, W m-2
  // soil
  ClappHornberger<T, soil_layers> closure;
  SoilPoint<T> points[soil_layers];
  T theta_s, liquid[soil_layers], ice[soil_layers], log_s[soil_layers], stress[soil_layers], share[soil_layers];
  T water_stress, available_water;
  // photosynthesis
  T apar, gpp, leaf_respiration, transport;
  // water, kg m-2 of the day
  T transpiration, uptake[soil_layers], soil_evaporation, pond_evaporation, interception, throughfall, sublimation;
  T snow_outflow, rain_to_ground, runoff, drainage;
  T skin_temperature, snow_temperature;  ///< C
  // vegetation
  T growth_temperature, phenology, lai_water, stress_memory, use_memory, acclimated_t, acclimated_vpd;
  // carbon, g m-2 of the day
  T autotrophic, heterotrophic, seeded;
  T storage_before, carbon_before;

  TILTH_INLINE T p(par::Parameter i) const { return simd::load<T>(job->parameter[i] + member); }
  TILTH_INLINE T met(int i) const { return simd::load<T>(job->met + i * job->stride + member); }
  TILTH_INLINE T get(int r) const { return simd::load<T>(job->state + r * job->stride + member); }
  TILTH_INLINE void put(int r, T x) const { simd::store(job->state + r * job->stride + member, x); }
};

}  // namespace tilth::daily
