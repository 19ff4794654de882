#pragma once

#include "core/base/simd/math.hpp"

namespace tilth::physics {

using simd::exp;

/// Reflectance of soil over that of dry soil: exponential in the degree of saturation (0 to 1), half when saturated
/// (form of Lobell & Asner 2002; the numbers are our choice).
template <class T>
TILTH_INLINE T soil_darkening(T saturation) {
  constexpr double wet_over_dry = 0.5, darkening_rate = 4.0;
  return wet_over_dry + (1.0 - wet_over_dry) * exp(-darkening_rate * saturation);
}

inline constexpr double largest_soil_reflectance = 0.95;

}  // namespace tilth::physics
