#pragma once

#include "core/base/simd/math.hpp"
#include "core/physics/constants.hpp"

namespace tilth::physics {

using simd::abs;
using simd::any;
using simd::exp;
using simd::log;
using simd::max;
using simd::min;
using simd::normal_cdf;
using simd::pow;
using simd::select;
using simd::sigmoid;
using simd::smooth_min;
using simd::softplus;
using simd::sqrt;
using simd::tanh;

/// `x` kept in lower..upper; NaN stays NaN.
template <class T>
TILTH_INLINE T clamp(T x, double lower, double upper) {
  return min(T(upper), max(T(lower), x));
}

/// Vapour pressure at saturation (Pa) and its slope (Pa K-1).
template <class T>
struct Saturation {
  T pressure, slope;
};

/// Over water, t in C (Alduchov & Eskridge 1996).
template <class T>
TILTH_INLINE Saturation<T> saturation_water(T t) {
  const T over = 1.0 / (t + 243.04);
  const T e = 610.94 * exp(17.625 * t * over);
  return {e, e * (17.625 * 243.04) * over * over};
}

/// Over ice, t in C (Alduchov & Eskridge 1996).
template <class T>
TILTH_INLINE Saturation<T> saturation_ice(T t) {
  const T over = 1.0 / (t + 273.86);
  const T e = 611.21 * exp(22.587 * t * over);
  return {e, e * (22.587 * 273.86) * over * over};
}

/// Latent heat of vaporisation, J kg-1, t in C.
template <class T>
TILTH_INLINE T vaporisation_heat(T t) {
  return 2.501e6 - 2361.0 * t;
}

/// Psychrometric constant, Pa K-1.
template <class T>
TILTH_INLINE T psychrometric(T pressure, T latent_heat) {
  return (air_heat_capacity / epsilon_water) * pressure / latent_heat;
}

/// Penman-Monteith latent heat flux (W m-2; Monteith 1965): `energy` the available energy (W m-2), `slope` of the
/// saturation curve and `gamma` (Pa K-1), `vpd` (Pa), `rho_cp` (J m-3 K-1), resistances of air and surface (s m-1).
template <class T>
TILTH_INLINE T penman_monteith(T energy, T slope, T gamma, T vpd, T rho_cp, T air_resistance, T surface_resistance) {
  return (slope * energy * air_resistance + rho_cp * vpd) /
         (slope * air_resistance + gamma * (air_resistance + surface_resistance));
}

}  // namespace tilth::physics
