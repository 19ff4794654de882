#pragma once

#include "model/daily/daily_atmosphere.hpp"
#include "model/daily/daily_carbon.hpp"
#include "model/daily/daily_soil.hpp"
#include "model/daily/daily_vegetation.hpp"
#include "model/daily/daily_water.hpp"

namespace tilth::daily {

template <class T>
void load_state(Day<T>& d) {
  for (int k = 0; k < soil_layers; ++k) {
    d.soil_moisture[k] = d.get(row::soil_moisture + k);
    d.soil_temperature[k] = d.get(row::soil_temperature + k);
    d.uptake[k] = 0.0;
  }
  d.snow = {d.get(row::snow_ice), d.get(row::snow_liquid), d.get(row::snow_density), d.get(row::snow_albedo)};
  d.canopy_water = d.get(row::canopy_water);
  d.pond = d.get(row::pond);
  d.labile = d.get(row::carbon_labile);
  d.leaf = d.get(row::carbon_leaf);
  d.root = d.get(row::carbon_root);
  d.wood = d.get(row::carbon_wood);
  d.litter = d.get(row::carbon_litter);
  d.cwd = d.get(row::carbon_cwd);
  d.fast = d.get(row::carbon_soil_fast);
  d.slow = d.get(row::carbon_soil_slow);
  d.growth_temperature = d.get(row::growth_temperature);
  d.lai_water = d.get(row::lai_water_limited);
  d.phenology = d.get(row::phenology_fraction);
  d.stress_memory = d.get(row::water_stress_memory);
  d.use_memory = d.get(row::transpiration_memory);
  d.acclimated_t = d.get(row::acclimated_temperature);
  d.acclimated_vpd = d.get(row::acclimated_vpd);
  d.theta_s = clamp(d.site->theta_s + d.p(par::d_theta_s), 0.2, 0.93);
}

template <class T>
void store_states(const Day<T>& d) {
  for (int k = 0; k < soil_layers; ++k) {
    d.put(row::soil_moisture + k, d.soil_moisture[k]);
    d.put(row::soil_temperature + k, d.soil_temperature[k]);
  }
  const T value[row::prognostic_count - row::snow_ice] = {
      d.snow.ice,      d.snow.liquid, d.snow.density,  d.snow.albedo, d.canopy_water,
      d.pond,          d.labile,      d.leaf,          d.root,        d.wood,
      d.litter,        d.cwd,         d.fast,          d.slow,        d.growth_temperature,
      d.lai_water,     d.phenology,   d.stress_memory, d.use_memory,  d.acclimated_t,
      d.acclimated_vpd};
  for (int i = 0; i < row::prognostic_count - row::snow_ice; ++i) d.put(row::snow_ice + i, value[i]);
}

/// Mean of the upper metre (layers to 1.1 m, the sixth counted to 1 m).
template <class T>
T root_zone_mean(const Day<T>& d) {
  T water = 0.0;
  double depth = 0.0;
  for (int k = 0; k < 6 && k < d.site->layers; ++k) {
    const double inside = depth + d.site->dz[k] > 1.0 ? 1.0 - depth : d.site->dz[k];
    water = water + d.soil_moisture[k] * inside;
    depth += inside;
  }
  return water * (1.0 / depth);
}

template <class T>
void store_diagnostics(const Day<T>& d) {
  const T evaporation = (d.transpiration + d.interception) + (d.soil_evaporation + d.pond_evaporation) + d.sublimation;
  T soil = 0.0;
  for (int k = 0; k < d.site->layers; ++k) soil = soil + d.soil_moisture[k] * (d.site->dz[k] * water_density);
  constexpr double sublimation_heat = 2.834e6;
  const T latent =
      ((evaporation - d.sublimation) * d.air.latent + d.sublimation * sublimation_heat) * (1.0 / seconds_per_day_d);
  const T lai = d.site->vegetated ? d.leaf / d.p(par::lma) : T(0.0);
  const T swe = d.snow.ice + d.snow.liquid;
  const T depth = swe / d.snow.density;
  T cover = 0.0;
  const simd::Mask<T> snowy = swe > 0.0;
  if (any(snowy)) cover = select(snowy, snow_cover(depth, d.snow.density, d.p(par::m_scf)), T(0.0));
  const T yield = fluorescence_yield(d.transport, d.air.t_day, d.p(par::kn_slope));
  const T value[row::count - row::prognostic_count] = {lai,
                                                       d.fapar,
                                                       d.apar,
                                                       d.gpp,
                                                       d.autotrophic,
                                                       d.heterotrophic,
                                                       (d.autotrophic + d.heterotrophic) - d.gpp,
                                                       evaporation,
                                                       latent,
                                                       d.transpiration,
                                                       d.soil_evaporation + d.pond_evaporation,
                                                       d.interception,
                                                       d.sublimation,
                                                       max(T(0.0), d.runoff),
                                                       d.drainage,
                                                       cover,
                                                       swe,
                                                       yield,
                                                       d.water_stress,
                                                       root_zone_mean(d),
                                                       soil,
                                                       d.net_radiation,
                                                       d.seeded};
  for (int i = 0; i < row::count - row::prognostic_count; ++i) d.put(row::prognostic_count + i, value[i]);
}

/// Residuals of the day's balances and whether the pack is finite and in its bounds.
template <class T>
void check(const Day<T>& d) {
  const T evaporation = (d.transpiration + d.interception) + (d.soil_evaporation + d.pond_evaporation) + d.sublimation;
  const T gained = (d.air.rain + d.air.snowfall) - evaporation - d.runoff - d.drainage;
  const T water = (water_storage(d) - d.storage_before) - gained;
  const T carbon_gained = d.gpp - d.autotrophic - d.heterotrophic + d.seeded;
  const T carbon_left = (carbon_storage(d) - d.carbon_before) - carbon_gained;
  simd::store(d.job->water_residual + d.member, simd::abs(water));
  simd::store(d.job->carbon_residual + d.member, simd::abs(carbon_left));
  simd::Mask<T> good = (simd::abs(water) < 1e-3) & (simd::abs(carbon_left) < 1e-3);
  for (int k = 0; k < soil_layers; ++k)
    good = good & (d.soil_moisture[k] >= 0.005) & (d.soil_moisture[k] <= 0.95) & (d.soil_temperature[k] > 200.0) &
           (d.soil_temperature[k] < 350.0);
  for (const T& x : {d.labile, d.leaf, d.root, d.wood}) good = good & (x >= 1e-3) & (x <= 1e5);
  for (const T& x : {d.litter, d.cwd, d.fast, d.slow}) good = good & (x >= 1e-3) & (x <= 2e5);
  good = good & (d.snow.ice >= 0.0) & (d.snow.ice <= 5000.0) & (d.snow.liquid >= 0.0) & (d.snow.liquid <= 1000.0);
  good = good & (d.snow.density >= 50.0) & (d.snow.albedo >= 0.35) & (d.snow.albedo <= 0.96);
  good = good & (d.canopy_water >= 0.0) & (d.canopy_water <= 20.0) & (d.lai_water >= 0.01) & (d.lai_water <= 12.0);
  good = good & (d.phenology >= 0.0) & (d.phenology <= 1.0) & (d.use_memory >= 0.0) & (d.use_memory <= 30.0);
  good = good & (d.acclimated_t > 200.0) & (d.acclimated_t < 335.0) & (d.acclimated_vpd <= 15000.0);
  good = good & (d.growth_temperature > 200.0) & (d.growth_temperature < 330.0);
  simd::store(d.job->healthy + d.member, select(good, T(1.0), T(0.0)));
}

/// One day of one pack.
template <class T>
void step_pack(const TileStep& job, int member) {
  Day<T> d;
  d.job = &job;
  d.site = job.site;
  d.member = member;
  load_state(d);
  d.storage_before = water_storage(d);
  d.carbon_before = carbon_storage(d);
  read_weather(d);
  snowfall(d);
  light(d);
  aerodynamics(d);
  soil_state(d);
  root_zone(d);
  remember_weather(d);
  if (job.site->vegetated) {
    phenology(d);
    photosynthesis(d);
  } else {
    d.lai = d.cover = d.fapar = d.apar = 0.0;
    d.gpp = d.leaf_respiration = 0.0;
    d.transport = 1.0;
  }
  const T wet_share = interception(d);
  d.transpiration = 0.0;
  if (job.site->vegetated) transpire(d, wet_share);
  d.use_memory = remember(d.use_memory, d.transpiration, 30.0);
  evaporate_soil(d);
  snow_balance(d);
  soil_water(d);
  soil_heat(d);
  carbon(d);
  check(d);
  store_states(d);
  store_diagnostics(d);
}

template <class T>
void step_tile(const TileStep& job) {
  for (int member = 0; member < job.stride; member += simd::lanes<T>)
    if (!job.skip || !job.skip[member / 8]) step_pack<T>(job, member);
}

}  // namespace tilth::daily
