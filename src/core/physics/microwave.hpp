#pragma once

#include <numbers>

#include "core/base/simd/math.hpp"

namespace tilth::physics {

using simd::exp;
using simd::log;
using simd::max;
using simd::min;
using simd::sqrt;

inline constexpr double l_band_hz = 1.41e9;

/// Relative permittivity of a medium, real and imaginary (positive: loss) part.
template <class T>
struct Permittivity {
  T real, imaginary;
};

/// Real and imaginary part of the principal root.
template <class T>
TILTH_INLINE Permittivity<T> square_root(const Permittivity<T>& e) {
  const T size = sqrt(e.real * e.real + e.imaginary * e.imaginary);
  const T real = sqrt(0.5 * (size + e.real));
  return {real, 0.5 * e.imaginary / real};
}

/// Refraction and attenuation of dry soil, and of its bound and free water, by clay content (Mironov et al. 2009).
struct SoilDielectric {
  Permittivity<double> dry, bound, free;  ///< refractive index n and normalised attenuation k
  double bound_most = 0.0;                ///< largest content of bound water, m3 m-3
};

/// @param clay in percent  @param frequency in Hz
inline SoilDielectric soil_dielectric(double clay, double frequency) {
  constexpr double vacuum = 8.854e-12, at_high_frequency = 4.9;  // F m-1; permittivity of water
  const double omega = 2.0 * std::numbers::pi * frequency;
  const auto water = [&](double at_rest, double relaxation_s, double conductivity) {  // eqs. 16-17: Debye
    const double x = omega * relaxation_s, step = (at_rest - at_high_frequency) / (1.0 + x * x);
    return square_root<double>({at_high_frequency + step, step * x + conductivity / (omega * vacuum)});
  };
  SoilDielectric s;  // regressions on clay, eqs. 17-25
  s.dry = {1.634 - 0.539e-2 * clay + 0.2748e-4 * clay * clay, 0.03952 - 0.04038e-2 * clay};
  s.bound_most = 0.02863 + 0.30673e-2 * clay;
  s.bound =
      water(79.8 - 85.4e-2 * clay + 32.7e-4 * clay * clay, 1.062e-11 + 3.450e-14 * clay, 0.3112 + 0.467e-2 * clay);
  s.free = water(100.0, 8.5e-12, 0.3631 + 1.217e-2 * clay);
  return s;
}

/// Permittivity of moist soil, moisture in m3 m-3: refraction and attenuation add up by volume.
template <class T>
TILTH_INLINE Permittivity<T> soil_permittivity(const SoilDielectric& s, T moisture) {
  const T bound = min(T(s.bound_most), moisture), free = max(0.0, moisture - s.bound_most);
  const T n = s.dry.real + (s.bound.real - 1.0) * bound + (s.free.real - 1.0) * free;
  const T k = s.dry.imaginary + s.bound.imaginary * bound + s.free.imaginary * free;
  return {n * n - k * k, 2.0 * n * k};
}

/// Soil of which the share `liquid` of the water is not frozen; frozen soil 5 + 0.5 i (MODEL 6.5).
template <class T>
TILTH_INLINE Permittivity<T> with_ice(const Permittivity<T>& thawed, T liquid) {
  return {5.0 + liquid * (thawed.real - 5.0), 0.5 + liquid * (thawed.imaginary - 0.5)};
}

/// Power reflectivity of a smooth surface seen at an angle of cosine `mu` (Fresnel).
template <class T>
struct Reflectivity {
  T horizontal, vertical;
};
template <class T>
TILTH_INLINE Reflectivity<T> fresnel(const Permittivity<T>& e, double mu) {
  const Permittivity<T> s = square_root<T>({e.real - (1.0 - mu * mu), e.imaginary});
  const auto ratio = [](T a, T b, T c, T d) { return (a * a + b * b) / (c * c + d * d); };
  const T real = e.real * mu, imaginary = e.imaginary * mu;
  return {ratio(mu - s.real, -s.imaginary, mu + s.real, s.imaginary),
          ratio(real - s.real, imaginary - s.imaginary, real + s.real, imaginary + s.imaginary)};
}

/// Temperature of the soil that emits in L band (K): between the top and depth, by wetness (Wigneron et al. 2001).
template <class T>
TILTH_INLINE T emitting_temperature(T top, T deep, T moisture) {
  const T wet = exp(0.3 * log(max(1e-4, min(1.0, moisture / 0.3))));
  return deep + (top - deep) * wet;
}

/// Vegetation over soil to a radiometer: `tau` at nadir, single scattering albedo `omega`, roughness `h`.
template <class T>
struct MicrowaveScene {
  T reflectivity;             ///< of the smooth soil
  T roughness_h, tau, omega;  ///< all dimensionless
  T ground_kelvin, canopy_kelvin;
};

/// Brightness temperature (K) at an angle of cosine `mu`: tau-omega (Mo et al. 1982; Wigneron et al. 2007).
template <class T>
TILTH_INLINE T brightness_temperature(const MicrowaveScene<T>& s, double mu) {
  const T r = s.reflectivity * exp(-(mu * mu) * s.roughness_h);
  const T g = exp(-s.tau * (1.0 / mu));
  return s.ground_kelvin * (1.0 - r) * g + s.canopy_kelvin * (1.0 - s.omega) * (1.0 - g) * (1.0 + r * g);
}

/// Water of the vegetation (kg m-2): leaves hold `per_leaf_area` when turgid, wood `per_carbon` (kg per kg) of its part
/// above ground. `stress` is 1 without water stress; leaves keep the share `least` of their water (MODEL 6.6).
struct WaterContent {
  double per_leaf_area, per_carbon, least;
};
template <class T>
TILTH_INLINE T vegetation_water(const WaterContent& c, T leaf_area, T wood_g_m2, T stress) {
  constexpr double above_ground = 0.7, kg_per_g = 1e-3;
  const T relative = c.least + (1.0 - c.least) * stress;
  return c.per_leaf_area * leaf_area * relative + c.per_carbon * above_ground * kg_per_g * wood_g_m2 * sqrt(relative);
}

/// Optical depth of a band of shorter waves: `factor` times that of L band, saturating at `most`.
template <class T>
TILTH_INLINE T saturating_depth(T l_band, double factor, double most) {
  return most * (1.0 - exp(-(factor / most) * l_band));
}

}  // namespace tilth::physics
