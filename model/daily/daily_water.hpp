#pragma once

#include "model/column/tile_uptake.hpp"
#include "model/daily/daily_day.hpp"

namespace tilth::daily {

/// Snowfall onto the pack; cover and depth of the day.
template <class T>
void snowfall(Day<T>& d) {
  add_snowfall(d.snow, d.air.snowfall, fresh_density(d.air.t, d.air.wind));
  const T mass = d.snow.ice + d.snow.liquid;
  d.snow_depth = mass / d.snow.density;
  d.scf = 0.0;
  const auto snowy = mass > 0.0;
  if (any(snowy)) d.scf = select(snowy, snow_cover(d.snow_depth, d.snow.density, d.p(par::m_scf)), T(0.0));
}

/// Rain held and evaporated by the canopy; the rest falls through. Returns the share of the day the canopy is wet.
template <class T>
T interception(Day<T>& d) {
  const Weather<T>& a = d.air;
  const T capacity = d.p(par::canopy_storage) * (d.lai + 0.3 * d.site->stem_area);
  const T caught = (1.0 - exp(-0.5 * (d.lai + d.site->stem_area))) * a.rain;
  const T energy = max(T(0.0), d.canopy_radiation);
  const T potential =
      max(T(1e-3), penman_monteith(energy, a.sat.slope, a.gamma, a.vpd, a.rho_cp, d.air_resistance, T(0.0)) *
                       seconds_per_day_d / a.latent);
  const T wet = d.canopy_water + caught;
  const T overflow = max(T(0.0), wet - 1.5 * capacity);  // a canopy fills more than once on a rainy day
  const T held = wet - overflow;
  d.interception = min(held, d.cover * potential);
  const T left = held - d.interception;
  const T drip = max(T(0.0), left - capacity);
  d.canopy_water = left - drip;
  d.throughfall = (a.rain - caught) + (overflow + drip);
  return min(T(1.0), d.interception / max(T(1e-3), d.cover * potential));
}

/// Transpiration by Penman-Monteith with a conductance from photosynthesis (Medlyn et al. 2011), taken from the layers.
template <class T>
void transpire(Day<T>& d, T wet_share) {
  const Weather<T>& a = d.air;
  constexpr double minimum_conductance = 0.002;  // mol m-2 s-1 per leaf area
  const T deficit = max(T(0.05), a.vpd_day * 1e-3);
  const T assimilation = d.gpp * (1.0 / (carbon_molar_mass * a.day_s));  // mol m-2 s-1 of daylight
  const T molar = minimum_conductance * d.lai * d.water_stress +
                  1.6 * (1.0 + d.p(par::g1) / sqrt(deficit)) * assimilation / (a.co2 * 1e-6);
  const T speed = max(T(1e-7), molar * gas_constant * (a.t_day + freezing_k) / a.pressure);  // m s-1
  const T flux = penman_monteith(max(T(0.0), d.canopy_radiation_day), a.sat_day.slope, a.gamma, a.vpd_day, a.rho_cp,
                                 d.air_resistance, 1.0 / speed);
  const T demand = max(T(0.0), flux) * a.day_s / a.latent * (1.0 - wet_share);
  d.transpiration = take_up(d, demand);
}

/// Evaporation from pond and bare soil (resistance of Sellers et al. 1992), and the skin temperature it leaves.
template <class T>
void evaporate_soil(Day<T>& d) {
  const Weather<T>& a = d.air;
  constexpr double daytime_heat_share = 0.3;  // of the radiation goes into the ground by day and returns by night
  const T wetness = clamp(d.liquid[0] / d.theta_s, 0.0, 1.0);
  const T resistance = exp(d.p(par::soil_evaporation_resistance) - 4.2 * wetness);
  const T energy = max(T(0.0), d.ground_radiation_day) * (1.0 - daytime_heat_share);
  // The ground sees the gap fraction of the sky; the drying power of the air reaches it in the same share.
  const T gap = 1.0 - d.cover;
  const T flux =
      penman_monteith(energy, a.sat_day.slope, a.gamma, a.vpd_day * gap, a.rho_cp, d.soil_air_resistance, resistance);
  const T open = (1.0 - d.scf) * a.day_s / a.latent;
  const T potential = max(T(0.0), flux) * open;
  d.pond_evaporation = min(d.pond, potential);
  const T most = 0.4 * max(T(0.0), d.liquid[0] - least_moisture) * (d.site->dz[0] * water_density);
  d.soil_evaporation = min(most, potential - d.pond_evaporation);
  const T latent_flux = (d.pond_evaporation + d.soil_evaporation) * a.latent * (1.0 / seconds_per_day_d);
  const T sensible = d.ground_radiation * (1.0 - d.scf) - latent_flux;
  d.skin_temperature = a.t + clamp(sensible * d.soil_air_resistance / a.rho_cp, -6.0, 10.0);
}

/// Energy balance of the snow surface, linear in its temperature: sublimation, melt, refreezing, settling, ageing.
template <class T>
void snow_balance(Day<T>& d) {
  const Weather<T>& a = d.air;
  d.sublimation = 0.0;
  d.snow_outflow = 0.0;
  d.rain_to_ground = d.throughfall;
  d.snow_temperature = min(T(0.0), a.t);
  const simd::Mask<T> snowy = (d.snow.ice + d.snow.liquid) > 0.0;
  if (!any(snowy)) return;
  constexpr double emissivity = 0.98, sublimation_heat = 2.834e6, sheltering = 30.0;
  const T kelvin = a.t + freezing_k, k3 = kelvin * kelvin * kelvin;
  const Saturation<T> ice = saturation_ice(a.t);
  const T resistance = d.soil_air_resistance + sheltering * d.site->stem_area;
  const T heat = a.rho_cp / resistance;
  const T vapour = (epsilon_water / air_heat_capacity) * heat / a.pressure;  // kg m-2 s-1 Pa-1
  const T ground = 1.0 / (0.5 * d.snow_depth / snow_conductivity(d.snow.density) + 0.05);
  const T slope = 4.0 * emissivity * stefan_boltzmann * k3 + heat + sublimation_heat * vapour * ice.slope + ground;
  const T gain = d.snow_shortwave + emissivity * (d.snow_longwave - stefan_boltzmann * k3 * kelvin) -
                 sublimation_heat * vapour * (ice.pressure - a.vapour) + ground * (d.soil_temperature[0] - kelvin);
  const T free = a.t + gain / slope;
  const T surface = min(T(0.0), free);
  // Thin snow melts over at least a tenth of the tile, so that it ends.
  const T area = max(T(0.1), d.scf);
  const T surplus = (free * slope) * (seconds_per_day_d / fusion_heat) * area;
  const T loss =
      max(T(0.0), vapour * (ice.pressure + ice.slope * (surface - a.t) - a.vapour)) * seconds_per_day_d * d.scf;
  SnowPack<T> next = d.snow;
  const T sublimated = min(next.ice, loss);
  next.ice = next.ice - sublimated;
  const T rain = d.throughfall * d.scf;
  next.density = settled_density(next, surface, seconds_per_day_d);
  next.albedo = aged_albedo(next.albedo, d.p(par::albedo_decay), d.p(par::a_min), surplus > 0.0, seconds_per_day_d);
  const T outflow = melt_and_drain(next, max(T(0.0), surplus), max(T(0.0), -surplus), rain);
  const simd::Mask<T> gone = !((next.ice + next.liquid) > 1e-3);  // the last gram runs off
  const T rest = select(gone, next.ice + next.liquid, T(0.0));
  next.ice = select(gone, T(0.0), next.ice);
  next.liquid = select(gone, T(0.0), next.liquid);
  d.snow.ice = select(snowy, next.ice, d.snow.ice);
  d.snow.liquid = select(snowy, next.liquid, d.snow.liquid);
  d.snow.density = select(snowy, next.density, d.snow.density);
  d.snow.albedo = select(snowy, next.albedo, d.snow.albedo);
  d.sublimation = select(snowy, sublimated, T(0.0));
  d.snow_outflow = select(snowy, outflow + rest, T(0.0));
  d.rain_to_ground = select(snowy, d.throughfall - rain, d.throughfall);
  d.snow_temperature = select(snowy, surface, d.snow_temperature);
}

}  // namespace tilth::daily
