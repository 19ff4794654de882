#pragma once

#include "model/daily/daily_day.hpp"

namespace tilth::daily {

/// Weather of the day from the forcing rows: daytime means, humidity, rain and snow.
template <class T>
void read_weather(Day<T>& d) {
  Weather<T>& a = d.air;
  a.day_s = 3600.0 * (d.site->day_length_h > 2.0 ? d.site->day_length_h : 2.0);
  const T t_min = d.met(weather::air_temperature_min), t_max = d.met(weather::air_temperature_max);
  const T kelvin = d.met(weather::air_temperature);
  a.t = kelvin - freezing_k;
  d.air_t = a.t;
  // Daytime mean of a sine between the extremes: a quarter of the range above the mean, all day long under a midnight
  // sun.
  a.t_day = a.t + (0.5 * (24.0 - d.site->day_length_h) / 24.0) * 0.5 * max(T(0.0), t_max - t_min);
  a.shortwave = d.met(weather::shortwave);
  a.longwave = d.met(weather::longwave);
  a.vapour = d.met(weather::vapour_pressure);
  a.pressure = d.met(weather::surface_pressure);
  a.wind = max(T(0.5), d.met(weather::wind_speed));
  a.co2 = d.met(weather::co2);
  a.sat = saturation_water(a.t);
  a.sat_day = saturation_water(a.t_day);
  a.vpd = max(T(1.0), a.sat.pressure - a.vapour);
  a.vpd_day = max(T(10.0), a.sat_day.pressure - a.vapour);
  a.rho_cp = air_heat_capacity * a.pressure / (dry_air_gas_constant * kelvin);
  a.latent = vaporisation_heat(a.t);
  a.gamma = psychrometric(a.pressure, a.latent);
  const T wet_bulb = a.t - a.vpd / (a.sat.slope + a.gamma);
  const T total = d.met(weather::precipitation) * seconds_per_day_d;
  a.snowfall = total * snow_fraction(wet_bulb, d.p(par::snow_threshold));
  a.rain = total - a.snowfall;
  constexpr double emissivity = 0.97;
  const T k2 = kelvin * kelvin, day = a.t_day + freezing_k, day2 = day * day;
  a.longwave_net = emissivity * (a.longwave - stefan_boltzmann * k2 * k2);
  a.longwave_net_day = emissivity * (a.longwave - stefan_boltzmann * day2 * day2);
}

/// Reflectance of a deep canopy of leaves with reflectance plus transmittance `scattering` (two-stream limit).
template <class T>
TILTH_INLINE T deep_canopy_albedo(T scattering) {
  const T root = sqrt(1.0 - scattering);
  return (1.0 - root) / (1.0 + root);
}

/// Leaf area, snow on the ground, absorbed light and the radiation of canopy and ground.
template <class T>
void light(Day<T>& d) {
  const Weather<T>& a = d.air;
  constexpr double extinction = 0.75;  // G/mu of the day with leaf scattering, times clumping
  d.lai = d.leaf / d.p(par::lma);
  const T clumping = d.p(par::clumping);
  const T gap = exp(-extinction * clumping * d.lai);
  const T leaf_vis = deep_canopy_albedo(d.p(par::leaf_reflectance_vis) + d.p(par::leaf_transmittance_vis));
  const T leaf_nir = deep_canopy_albedo(d.p(par::leaf_reflectance_nir) + d.p(par::leaf_transmittance_nir));
  d.cover = 1.0 - gap;
  d.fapar = (1.0 - leaf_vis) * d.cover;
  d.apar = d.fapar * a.shortwave * (par_fraction * par_mol_per_j * seconds_per_day_d);
  // Ground: soil darkens with the moisture of the first layer to half its dry reflectance; snow covers it.
  const T wetness = clamp(d.soil_moisture[0] / d.theta_s, 0.0, 1.0);
  const T soil =
      d.p(par::soil_reflectance_scale) * (1.0 - 0.5 * wetness) * (0.5 * (d.site->soil_vis_dry + d.site->soil_nir_dry));
  const T snow_albedo = d.snow.albedo - 0.5 * nir_albedo_drop;
  const T sw_ground = a.shortwave * gap;
  const T soil_absorbed = sw_ground * (1.0 - min(T(0.6), soil));
  const T snow_absorbed = sw_ground * (1.0 - snow_albedo);
  const T canopy_absorbed = a.shortwave * d.cover * (1.0 - 0.5 * (leaf_vis + leaf_nir));
  const double concentration = seconds_per_day_d / a.day_s;  // from daily to daylight means
  d.canopy_radiation = canopy_absorbed + d.cover * a.longwave_net;
  d.canopy_radiation_day = canopy_absorbed * concentration + d.cover * a.longwave_net_day;
  d.ground_radiation = soil_absorbed + gap * a.longwave_net;
  d.ground_radiation_day = soil_absorbed * concentration + gap * a.longwave_net_day;
  d.net_radiation = d.canopy_radiation + d.ground_radiation + d.scf * (snow_absorbed - soil_absorbed);
  d.snow_shortwave = snow_absorbed;
  const T kelvin = a.t + freezing_k, k2 = kelvin * kelvin;
  d.snow_longwave = a.longwave * gap + d.cover * stefan_boltzmann * k2 * k2;
}

/// Aerodynamic resistances (s m-1): neutral log profile above the canopy with kB^-1 = 2; to the ground more with
/// shelter.
template <class T>
void aerodynamics(Day<T>& d) {
  const double wind_height = d.site->wind_height_m;
  const T height = d.site->canopy_height_m > 0.0 ? T(d.site->canopy_height_m) : d.p(par::canopy_height);
  const T closed = 1.0 - exp(-(d.lai + d.site->stem_area));
  const T roughness = max(T(0.01), d.p(par::z0_ratio) * height * closed);
  // Reference height above displacement; where the forcing lies within the canopy it is taken as above it (reanalysis).
  const double least = wind_height < 10.0 ? wind_height : 10.0;
  const T above = max(T(least), wind_height - 0.67 * height * closed);
  const T profile = max(T(1.0), log(above / roughness));
  const T factor = 1.0 / ((von_karman * von_karman) * d.air.wind);
  d.air_resistance = profile * (profile + 2.0) * factor;
  d.soil_air_resistance = d.site->log_wind_soil * d.site->log_heat_soil * factor + 30.0 * (d.lai + d.site->stem_area);
}

}  // namespace tilth::daily
