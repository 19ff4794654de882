#pragma once

#include "model/column/tile_soil.hpp"
#include "model/hourly/hourly_state.hpp"
#include "model/hourly/hourly_surface.hpp"

namespace tilth::hourly {

/// Snowfall onto the pack; its depth and cover.
template <class T>
void snowfall(Hour<T>& d) {
  if (d.hour->weather->precipitation > 0.0) {
    d.snow_heat_in = snow_falls(d.layers, d.air.snowfall, d.air.t, d.air.wind);
    sum_snow(d);
  }
  const T mass = d.snow.ice + d.snow.liquid;
  d.snow_depth = mass / d.snow.density;
  d.scf = 0.0;
  const auto snowy = mass > 0.0;
  if (any(snowy)) d.scf = select(snowy, snow_cover(d.snow_depth, d.snow.density, d.p(cpar::m_scf)), T(0.0));
}

/// Rain meets leaves and stems; what they hold, and how wet they are.
template <class T>
void interception(Hour<T>& d) {
  d.plant_area = d.lai + d.site->stem_area;
  d.gap = exp(-d.plant_area);
  d.capacity = interception_capacity(d.p(cpar::canopy_storage), d.plant_area);
  d.caught = 0.0;
  d.rain_to_ground = 0.0;
  if (d.hour->weather->precipitation > 0.0) {
    d.caught = intercepted_share(d.plant_area) * d.air.rain;
    d.rain_to_ground = d.air.rain - d.caught;
    d.canopy_water = d.canopy_water + d.caught;
  }
  d.wet_share = 0.0;
  const auto wet = d.canopy_water > 0.0;
  if (any(wet)) d.wet_share = select(wet, wet_fraction(d.canopy_water, d.capacity), T(0.0));
}

/// Water leaves the canopy by evaporation (or comes as dew) and drips; roots, soil and snow give theirs.
template <class T>
void take_evaporation(Hour<T>& d) {
  const double dt = d.duration();
  const CanopyWater<T> canopy = fill_canopy(d.canopy_water, -(d.flux.canopy_evaporation * dt), d.capacity);
  d.canopy_water = canopy.water;
  d.rain_to_ground = d.rain_to_ground + canopy.drip;
  d.transpired = column::take_up(d, d.flux.transpiration * dt);
  const T soil = d.flux.soil_evaporation * dt, drawn = max(T(0.0), soil);
  d.rain_to_ground = d.rain_to_ground + (drawn - soil);  // dew
  d.pond_evaporation = min(d.pond, drawn);
  d.soil_evaporation = drawn - d.pond_evaporation;
}

/// Snow through the step, and what it hands to the soil.
template <class T>
void snow(Hour<T>& d) {
  const GroundFluxes<T> fluxes = ground_fluxes(d.ground, d.ground_temperature, d.flux.ground_heat);
  SnowForcing<T> in;
  in.duration = d.duration();
  in.rain = d.scf * d.rain_to_ground;
  in.rain_t = max(T(0.0), d.air.t);
  in.sublimation = d.flux.sublimation * d.duration();
  for (int j = 0; j < d.layers.layers; ++j) in.into[j] = fluxes.into_snow[j];
  in.to_soil = fluxes.snow_to_soil;
  in.melt = d.flux.melt_heat;
  in.dry_rate = d.p(cpar::albedo_decay);
  in.least_albedo = d.p(cpar::a_min);
  const T before = snow_enthalpy(d.layers);
  const SnowBudget<T> out = advance_snow(d.layers, in);
  d.rain_to_ground = d.rain_to_ground - in.rain;
  d.snow_outflow = out.outflow;
  d.sublimated = out.sublimated;
  d.soil_top_flux = fluxes.bare_to_soil + fluxes.snow_to_soil + out.soil_heat * (1.0 / d.duration());
  const T gained = (fluxes.into_snow[0] + in.melt - in.to_soil) * d.duration() + out.rain_heat - out.vapour_heat -
                   fusion_heat * out.outflow - out.soil_heat;
  d.energy_open = max(d.energy_open, simd::abs((snow_enthalpy(d.layers) - before) - gained) * (1.0 / d.duration()));
  sum_snow(d);
}

/// Water and heat of the soil.
template <class T>
void soil(Hour<T>& d) {
  T before[soil_layers], taken[soil_layers];
  for (int k = 0; k < soil_layers; ++k) {
    before[k] = d.liquid[k];
    taken[k] = d.uptake[k] * (1.0 / water_density);
  }
  taken[0] = taken[0] + d.soil_evaporation * (1.0 / water_density);
  const T arriving = d.rain_to_ground + d.snow_outflow;
  column::soil_water(d, d.duration());
  WaterMoved<T, soil_layers> moved;
  water_moved<T, soil_layers>(d.site->heat_dz, before, d.liquid, taken, d.infiltrated * (1.0 / water_density), moved);
  moved.surface_t = d.rain_to_ground * max(T(0.0), d.air.t) / max(T(1e-9), arriving);
  SoilHeatStep<T, soil_layers> step;
  step.duration = d.duration();
  step.water = d.soil_moisture;
  step.k_layer = d.k_layer;
  step.top_flux = d.soil_top_flux;
  step.moved = &moved;
  T stored = 0.0;
  for (int k = 0; k < soil_layers; ++k) stored = stored - d.enthalpy[k] * d.site->heat_dz[k];
  const SoilHeatBudget<T> b = advance_soil_enthalpy<T, soil_layers>(d.heat, step, d.enthalpy, d.layer);
  for (int k = 0; k < soil_layers; ++k) {
    stored = stored + d.enthalpy[k] * d.site->heat_dz[k];
    d.soil_temperature[k] = d.layer[k].t + freezing_k;
  }
  const T gained = b.top + b.bottom + b.infiltrated - b.taken - b.drained;
  d.energy_open = max(d.energy_open, simd::abs(stored - gained) * (1.0 / d.duration()));
}

}  // namespace tilth::hourly
