#pragma once

#include <cmath>

namespace tilth {

/// Saturation vapour pressure, Pa, over water above 0 C and ice below (Alduchov & Eskridge 1996, eqs 21 and 23).
inline double saturation_pressure(double temperature_k) {
  const double t = temperature_k - 273.15;
  return t >= 0.0 ? 610.94 * std::exp(17.625 * t / (t + 243.04)) : 611.21 * std::exp(22.587 * t / (t + 273.86));
}

/// Clear-sky downwelling longwave radiation, W m-2 (Prata 1996, eq. 19), raised by cloud (Unsworth & Monteith 1975, eq.
/// 16).
inline double longwave_down(double temperature_k, double vapour_pressure_pa, double cloud_fraction) {
  constexpr double stefan_boltzmann = 5.670374419e-8;
  const double water = 0.465 * vapour_pressure_pa / temperature_k;  // precipitable, g cm-2: 46.5 e / T with e in hPa
  const double clear = 1.0 - (1.0 + water) * std::exp(-std::sqrt(1.2 + 3.0 * water));
  const double emissivity = clear + (1.0 - clear) * 0.84 * cloud_fraction;
  return emissivity * stefan_boltzmann * temperature_k * temperature_k * temperature_k * temperature_k;
}

/// Share of the radiation at the top of the atmosphere that reaches the ground on a clear day (Allen et al. 1998, eq.
/// 37).
inline double clear_sky_transmissivity(double elevation_m) { return 0.75 + 2e-5 * std::fmax(elevation_m, 0.0); }

}  // namespace tilth
