#pragma once

#include "core/physics/humidity.hpp"

namespace tilth::physics {

/// Share of shortwave radiation that is diffuse, from the clearness index of the step (Erbs et al. 1982, eq. 1): its
/// mean shortwave over that at the top of the atmosphere, both W m-2 on the horizontal. 1 when the sun is down.
template <class T>
TILTH_INLINE T diffuse_fraction(T shortwave, double toa_w_m2) {
  constexpr double least_toa = 1e-3;  // W m-2: less is night
  if (toa_w_m2 < least_toa) return T(1.0);
  const T k = clamp(shortwave / toa_w_m2, 0.0, 1.0);
  const T cloudy = 1.0 - 0.09 * k;
  const T between = 0.9511 + k * (-0.1604 + k * (4.388 + k * (-16.638 + k * 12.336)));
  return select(k > 0.8, T(0.165), select(k > 0.22, between, cloudy));
}

}  // namespace tilth::physics
