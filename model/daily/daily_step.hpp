#pragma once

#include "model/column/tile_carbon.hpp"
#include "model/column/tile_diagnostics.hpp"
#include "model/column/tile_soil.hpp"
#include "model/column/tile_state.hpp"
#include "model/column/tile_vegetation.hpp"
#include "model/daily/daily_atmosphere.hpp"
#include "model/daily/daily_heat.hpp"
#include "model/daily/daily_vegetation.hpp"
#include "model/daily/daily_water.hpp"

namespace tilth::daily {

/// Fluxes of the day for the diagnostics.
template <class T>
DayFluxes<T> day_fluxes(const Day<T>& d) {
  constexpr double sublimation_heat = 2.834e6;
  DayFluxes<T> f;
  f.fapar = d.fapar;
  f.apar = d.apar;
  f.transpiration = d.transpiration;
  f.soil_evaporation = d.soil_evaporation + d.pond_evaporation;
  f.interception = d.interception;
  f.sublimation = d.sublimation;
  f.runoff = d.runoff;
  f.drainage = d.drainage;
  f.latent =
      ((f.evaporation() - d.sublimation) * d.air.latent + d.sublimation * sublimation_heat) * (1.0 / seconds_per_day_d);
  f.fluorescence_yield = fluorescence_yield(d.transport, d.air.t_day, d.p(par::kn_slope));
  f.net_radiation = d.net_radiation;
  return f;
}

/// Residuals of the day's balances and whether the pack is finite and in its bounds.
template <class T>
void check(const Day<T>& d, const DayFluxes<T>& f) {
  const T gained = (d.air.rain + d.air.snowfall) - f.evaporation() - d.runoff - d.drainage;
  const T water = simd::abs((water_storage(d) - d.storage_before) - gained);
  const T carbon = carbon_residual(d);
  simd::store(d.job->water_residual + d.member, water);
  simd::store(d.job->carbon_residual + d.member, carbon);
  const simd::Mask<T> good = (water < 1e-3) & (carbon < 1e-3) & in_bounds(d);
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
  freeze_soil(d);
  soil_state(d);
  root_zone(d);
  remember_weather(d, d.air.t_day, d.air.vpd_day, d.p(dpar::tau_acclimation));
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
  soil_water(d, seconds_per_day_d);
  soil_heat(d);
  carbon(d);
  const DayFluxes<T> fluxes = day_fluxes(d);
  check(d, fluxes);
  store_states(d);
  store_diagnostics(d, fluxes);
}

template <class T>
void step_tile(const TileStep& job) {
  for (int member = 0; member < job.stride; member += simd::lanes<T>)
    if (!job.skip || !job.skip[member / 8]) step_pack<T>(job, member);
}

}  // namespace tilth::daily
