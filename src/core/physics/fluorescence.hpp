#pragma once

#include "core/physics/humidity.hpp"

namespace tilth::physics {

/// Rate constants of fluorescence and photochemistry, and the yield of fluorescence (Lee et al. 2015 after van der Tol
/// et al. 2014): `transport` is actual over potential electron transport, t leaf temperature in C.
template <class T>
TILTH_INLINE T fluorescence_yield(T transport, T t, T kn_slope) {
  constexpr double kf = 0.05, kp = 4.0, kn_offset = 0.5944;
  const T kd = max(T(0.087), 0.03 * t + 0.0773);
  const T x = 1.0 - transport;
  const T kn = max(0.0, (kn_slope * x - kn_offset) * x);
  const T photochemistry = transport * kp / (kf + kd + kp);
  return kf / (kf + kd + kn) * (1.0 - photochemistry);
}

}  // namespace tilth::physics
