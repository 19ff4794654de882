#pragma once

#include "model/column/tile_pack.hpp"
#include "model/soil_heat.hpp"

namespace tilth::column {

/// Constants of the retention curve.
template <class T>
void retention(TilePack<T>& d) {
  d.closure.b = d.site->b * d.p(par::f_b);
  d.closure.psi_s = d.site->psi_s_m * d.p(par::f_psi);
  d.closure.log_psi_s = log(-d.closure.psi_s);
}

/// Soil of the tile for the heat equation, layers `dz` (m) thick; after `retention`.
template <class T>
SoilHeat<T> heat_of_soil(const TilePack<T>& d, const double* dz) {
  const TileSite& site = *d.site;
  SoilHeat<T> soil;
  soil.dz = dz;
  soil.theta_s = d.theta_s;
  soil.log_psi_s = d.closure.log_psi_s;
  soil.inverse_b = 1.0 / d.closure.b;
  soil.solid_capacity = site.solid_capacity;
  const T scale = d.p(par::soil_conductivity_scale);
  soil.k_dry = scale * site.k_dry;
  soil.k_saturated = scale * site.k_saturated;
  soil.k_saturated_frozen = scale * site.k_saturated_frozen;
  return soil;
}

/// Constants of the retention curve and what is frozen of the layers, from their temperature.
template <class T>
void freeze_soil(TilePack<T>& d) {
  retention(d);
  const T inverse_b = 1.0 / d.closure.b;
  for (int k = 0; k < soil_layers; ++k) {
    d.liquid[k] = d.soil_moisture[k];
    d.ice[k] = 0.0;
    const simd::Mask<T> cold = d.soil_temperature[k] < freezing_k;
    if (any(cold)) {
      const T liquid =
          unfrozen_water(d.soil_temperature[k], d.soil_moisture[k], d.theta_s, d.closure.log_psi_s, inverse_b);
      d.liquid[k] = select(cold, liquid, d.liquid[k]);
      d.ice[k] = d.soil_moisture[k] - d.liquid[k];
    }
  }
}

/// Hydraulic state of the layers at the start of the step and the stress of each, from liquid water and ice.
template <class T>
void soil_state(TilePack<T>& d) {
  auto& c = d.closure;
  const T ks = d.site->ks_m_s * d.p(par::f_ks);
  const T log_half = log(d.p(par::psi_50)) + log_head_per_mpa;
  T liquid_share[soil_layers];
  for (int k = 0; k < soil_layers; ++k) {
    c.ks[k] = ks;
    liquid_share[k] = 1.0;
    const simd::Mask<T> frozen = d.ice[k] > 0.0;
    if (any(frozen)) {
      liquid_share[k] = select(frozen, d.liquid[k] / d.soil_moisture[k], T(1.0));
      constexpr double impedance = 13.815510557964274;  // ln 10^6 (Lundin 1990)
      c.ks[k] = select(frozen, ks * exp(-impedance * (1.0 - liquid_share[k])), ks);
    }
    c.pores[k] = max(d.liquid[k], d.theta_s - d.ice[k]);
  }
  c.prepare(soil_layers);
  for (int k = 0; k < soil_layers; ++k) {
    d.points[k] = c.point(k, d.liquid[k], d.log_s[k]);
    const T log_head = c.log_psi_s - c.b * d.log_s[k];
    d.stress[k] = layer_stress(log_head, log_half, d.p(par::a_psi)) * liquid_share[k];
  }
}

/// Root shares, the stress they feel, and the water they can reach above wilting (twice the head of half stress).
template <class T>
void root_zone(TilePack<T>& d) {
  const TileSite& site = *d.site;
  const T depth = max(T(0.1), d.p(par::d_max) * (1.0 - exp(-(d.root / d.p(par::c_r0)))));
  root_profile(d.p(par::beta_r), depth, site.layers, site.dz, d.share);
  const T log_wilting = log(2.0 * d.p(par::psi_50)) + log_head_per_mpa;
  const T wilting = d.theta_s * exp(min(T(0.0), -((log_wilting - d.closure.log_psi_s) / d.closure.b)));
  d.water_stress = 0.0;
  d.available_water = 0.0;
  double top = 0.0;
  for (int k = 0; k < site.layers; ++k) {
    d.water_stress = d.water_stress + d.share[k] * d.stress[k];
    const T inside = clamp((depth - top) * (1.0 / site.dz[k]), 0.0, 1.0);
    d.available_water = d.available_water + inside * max(T(0.0), d.liquid[k] - wilting) * (site.dz[k] * water_density);
    top += site.dz[k];
  }
  d.water_stress = min(T(1.0), d.water_stress);  // shares sum to 1 within round-off
}

/// Water in soil, snow, canopy and pond, kg m-2.
template <class T>
T water_storage(const TilePack<T>& d) {
  T water = (d.snow.ice + d.snow.liquid) + (d.canopy_water + d.pond);
  for (int k = 0; k < d.site->layers; ++k) water = water + d.soil_moisture[k] * (d.site->dz[k] * water_density);
  return water;
}

/// Saturated fraction of the tile from the filling of the upper 0.6 m (Dumenil & Todini 1992).
template <class T>
T saturated_fraction(const TilePack<T>& d) {
  T filled = 0.0;
  double depth = 0.0;
  for (int k = 0; k < 5 && k < d.site->layers; ++k) {
    filled = filled + d.soil_moisture[k] * d.site->dz[k];
    depth += d.site->dz[k];
  }
  const T b = d.site->topography * d.p(par::infiltration_exponent);
  const T dry = clamp(1.0 - filled / (d.theta_s * depth), 1e-6, 1.0);
  return 1.0 - exp(b / (1.0 + b) * log(dry));
}

/// Runoff, infiltration, redistribution, uptake and drainage of a step of `duration` s.
template <class T>
void soil_water(TilePack<T>& d, double duration) {
  constexpr double pond_capacity = 5.0;  // kg m-2
  const TileSite& site = *d.site;
  const T arriving = d.rain_to_ground + d.snow_outflow;
  const T direct = saturated_fraction(d) * arriving;
  const T scale = 1.0 / (water_density * duration);
  T sink[soil_layers];
  for (int k = 0; k < site.layers; ++k) sink[k] = d.uptake[k] * scale;
  sink[0] = sink[0] + d.soil_evaporation * scale;
  SoilColumn column;
  column.layers = site.layers;
  column.dz = site.dz;
  column.bottom = site.zero_flux_bottom ? SoilBottom::zero_flux : SoilBottom::free_drainage;
  SoilWaterDay<T> day;
  const T arriving_at_soil = (arriving - direct) + (d.pond - d.pond_evaporation);
  day.surface = arriving_at_soil * (1.0 / water_density);
  advance_soil_water(d.closure, column, duration, d.liquid, sink, d.points, day);
  const T standing = day.surface * water_density;
  d.infiltrated = arriving_at_soil - standing;
  d.pond = min(T(pond_capacity), max(T(0.0), standing));
  d.runoff = direct + (standing - d.pond);
  d.drainage = day.drainage * water_density;
  for (int k = 0; k < site.layers; ++k) d.soil_moisture[k] = d.liquid[k] + d.ice[k];
}

}  // namespace tilth::column
