#pragma once

#include "model/column/tile_diagnostics.hpp"
#include "model/column/tile_soil.hpp"
#include "model/column/tile_vegetation.hpp"
#include "model/hourly/hourly_state.hpp"

namespace tilth::hourly {

inline constexpr double grams_per_umol = 1e-6 * carbon_molar_mass;

/// Adds the step to the sums of the day.
template <class T>
void add_to_day(const Hour<T>& d, T gpp, T respired, T emitted) {
  const SurfaceFluxes<T>& f = d.flux;
  const double dt = d.duration();
  d.add(sum_gpp, gpp * (grams_per_umol * dt));
  d.add(sum_leaf_respiration, respired * (grams_per_umol * dt));
  d.add(sum_transpiration, d.transpired);
  d.add(sum_soil_evaporation, f.soil_evaporation * dt);
  d.add(sum_interception, f.canopy_evaporation * dt);
  d.add(sum_sublimation, d.sublimated);
  d.add(sum_runoff, d.runoff);
  d.add(sum_drainage, d.drainage);
  d.add(sum_latent, f.canopy_latent + f.ground_latent);
  d.add(sum_sensible, f.canopy_sensible + f.ground_sensible);
  d.add(sum_ground_heat, f.ground_heat);
  d.add(sum_net_radiation, f.canopy_net_radiation + f.ground_net_radiation);
  d.add(sum_stress, d.water_stress);
  const StepWeather& w = *d.hour->weather;
  if (!(w.sun_cosine > 0.0)) return;
  d.add(sum_apar, d.light.par_sun + d.light.par_shade);
  d.add(sum_par, d.air.shortwave * (1e6 * par_fraction * par_mol_per_j));
  d.add(sum_fluorescence, emitted);
  d.add(sum_daylight, T(1.0));
  d.add(sum_daylight_t, d.air.t);
  d.add(sum_daylight_vpd, d.air.vpd);
}

/// Values of the step for observers.
template <class T>
void store_step(const Hour<T>& d, T gpp, T respired, T emitted) {
  const SurfaceFluxes<T>& f = d.flux;
  constexpr double per_day = grams_per_umol * seconds_per_day_d;
  // Respiration other than that of leaves is known once a day: that of yesterday.
  const T others = max(T(0.0), d.get(crow::autotrophic_respiration) - d.get(row::leaf_respiration));
  const T soil = d.get(crow::heterotrophic_respiration);
  const T autotrophic = others + respired * per_day;
  const T reflected = d.light.vis.reflected + d.light.nir.reflected;
  const T value[row::count - row::step_gpp] = {gpp * per_day,
                                               (autotrophic + soil) - gpp * per_day,
                                               autotrophic,
                                               soil,
                                               f.canopy_latent + f.ground_latent,
                                               f.canopy_sensible + f.ground_sensible,
                                               f.ground_heat,
                                               f.canopy_net_radiation + f.ground_net_radiation,
                                               f.upward_longwave,
                                               d.light.par_sun + d.light.par_shade,
                                               d.light.fapar,
                                               emitted,
                                               reflected / max(T(1e-9), d.air.shortwave)};
  for (int i = 0; i < row::count - row::step_gpp; ++i) d.put(row::step_gpp + i, value[i]);
}

/// Residual of the water of a step, kg m-2.
template <class T>
T water_residual(const Hour<T>& d) {
  const T evaporated = d.transpired + (d.flux.canopy_evaporation + d.flux.soil_evaporation) * d.duration();
  const T gained = (d.air.rain + d.air.snowfall) - (evaporated + d.sublimated) - d.runoff - d.drainage;
  return simd::abs((column::water_storage(d) - d.storage_before) - gained);
}

/// Keeps the largest residuals and whether all steps of the day were sound.
template <class T>
void check_hour(const Hour<T>& d) {
  const column::TileStep& job = *d.job;
  const T water = water_residual(d);
  const auto keep = [&](double* at, T x) { simd::store(at + d.member, max(simd::load<T>(at + d.member), x)); };
  keep(job.water_residual, water);
  keep(d.hour->energy_residual, d.energy_open);
  simd::Mask<T> good = (water < 1e-3) & (d.energy_open < 1.0);
  good = good & (d.canopy_temperature > 180.0) & (d.canopy_temperature < 360.0);
  good = good & (d.ground_temperature > 180.0) & (d.ground_temperature < 380.0);
  for (int k = 0; k < soil_layers; ++k) good = good & (d.soil_temperature[k] > 200.0) & (d.soil_temperature[k] < 370.0);
  simd::store(job.healthy + d.member, select(good, simd::load<T>(job.healthy + d.member), T(0.0)));
}

/// Fluxes of the day from the sums.
template <class T>
column::DayFluxes<T> day_fluxes(const Hour<T>& d) {
  const int steps = d.hour->weather->steps_per_day;
  const double mean = 1.0 / steps;
  column::DayFluxes<T> f;
  const T apar = d.sum(sum_apar);
  f.fapar = apar / max(T(1e-9), d.sum(sum_par));
  f.apar = apar * (1e-6 * d.duration());
  f.transpiration = d.sum(sum_transpiration);
  f.soil_evaporation = d.sum(sum_soil_evaporation);
  f.interception = d.sum(sum_interception);
  f.sublimation = d.sum(sum_sublimation);
  f.runoff = d.sum(sum_runoff);
  f.drainage = d.sum(sum_drainage);
  f.latent = d.sum(sum_latent) * mean;
  f.net_radiation = d.sum(sum_net_radiation) * mean;
  f.fluorescence_yield = d.sum(sum_fluorescence) / max(T(1e-9), apar);
  return f;
}

/// What happens once a day: memories, phenology and carbon, with the sums of its steps.
template <class T>
void close_pack(const HourStep& job, int member) {
  Hour<T> d;
  d.hour = &job;
  d.job = &job.tile;
  d.site = job.tile.site;
  d.member = member;
  column::load_state(d);
  d.carbon_before = column::carbon_storage(d);
  d.lai = d.site->vegetated ? d.leaf / d.p(cpar::lma) : T(0.0);
  d.gpp = d.sum(sum_gpp);
  d.leaf_respiration = d.sum(sum_leaf_respiration);
  d.air_t = d.met(column::weather::air_temperature) - freezing_k;
  column::freeze_soil(d);
  column::soil_state(d);
  column::root_zone(d);
  d.water_stress = d.sum(sum_stress) * (1.0 / job.weather->steps_per_day);
  const T daylight = d.sum(sum_daylight), per_daylight = 1.0 / max(T(1.0), daylight);
  const auto dark = daylight < 1.0;
  const T vpd = max(T(10.0), d.sum(sum_daylight_vpd) * per_daylight);
  column::remember_weather(d, select(dark, d.air_t, d.sum(sum_daylight_t) * per_daylight), vpd, 15.0);
  if (d.site->vegetated) column::phenology(d);
  d.use_memory = remember(d.use_memory, d.sum(sum_transpiration), 30.0);
  column::carbon(d);
  const T open = column::carbon_residual(d);
  simd::store(job.tile.carbon_residual + member, open);
  const simd::Mask<T> good = (open < 1e-3) & column::in_bounds(d);
  simd::store(job.tile.healthy + member, select(good, simd::load<T>(job.tile.healthy + member), T(0.0)));
  const double mean = 1.0 / job.weather->steps_per_day;
  d.put(row::leaf_respiration, d.leaf_respiration);
  d.put(row::sensible_heat_flux, d.sum(sum_sensible) * mean);
  d.put(row::ground_heat_flux, d.sum(sum_ground_heat) * mean);
  column::store_states(d);
  column::store_diagnostics(d, day_fluxes(d));
}

}  // namespace tilth::hourly
