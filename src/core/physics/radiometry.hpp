#pragma once

#include "core/base/simd/math.hpp"
#include "core/physics/constants.hpp"

namespace tilth::physics {

using simd::exp;
using simd::max;
using simd::sqrt;

/// Share of the view that leaves fill, seen at an angle of cosine `mu`, spherical leaves (MODEL 6.7).
template <class T>
TILTH_INLINE T leaf_cover(T leaf_area, double mu) {
  return 1.0 - exp(-(0.5 / mu) * max(0.0, leaf_area));
}

/// Infrared emission of leaves and ground per Stefan-Boltzmann constant (K4), and the emissivity of the mixture.
template <class T>
struct ThermalView {
  T emission, emissivity;
};
template <class T>
TILTH_INLINE ThermalView<T> thermal_view(T leaf_kelvin, T ground_kelvin, T cover) {
  constexpr double leaf_emissivity = 0.98, ground_emissivity = 0.96;
  const T leaf2 = leaf_kelvin * leaf_kelvin, ground2 = ground_kelvin * ground_kelvin;
  const T leaf = cover * leaf_emissivity, ground = (1.0 - cover) * ground_emissivity;
  return {leaf * (leaf2 * leaf2) + ground * (ground2 * ground2), leaf + ground};
}

/// Fourth root, x > 0.
template <class T>
TILTH_INLINE T fourth_root(T x) {
  return sqrt(sqrt(x));
}

}  // namespace tilth::physics
