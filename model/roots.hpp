#pragma once

#include "core/physics/humidity.hpp"

namespace tilth::physics {

/// Depths of the layer interfaces of the standard column, m (0.02 0.05 0.08 0.15 0.30 0.50 0.90 2.00 m thick).
inline constexpr double layer_thickness[8] = {0.02, 0.05, 0.08, 0.15, 0.30, 0.50, 0.90, 2.00};
inline constexpr double layer_bottom[8] = {0.02, 0.07, 0.15, 0.30, 0.60, 1.10, 2.00, 4.00};

/// Root share of each layer (sum 1) from the share 1 - beta^d above depth d in cm (Jackson et al. 1996), cut at the
/// rooting depth `depth` (m).
template <class T>
void root_profile(T beta, T depth, int layers, const double* dz, T* share) {
  const T b2 = beta * beta, b5 = b2 * b2 * beta, b7 = b5 * b2, b15 = b7 * b7 * beta, b30 = b15 * b15, b60 = b30 * b30;
  const T b110 = b60 * b30 * b15 * b5, b200 = b110 * b60 * b30, b400 = b200 * b200;
  const T left[9] = {1.0, b2, b7, b15, b30, b60, b110, b200, b400};
  T sum = 0.0;
  double top = 0.0;
  for (int k = 0; k < layers; ++k) {
    const T inside = min(T(1.0), max(T(0.0), (depth - top) * (1.0 / dz[k])));
    share[k] = (left[k] - left[k + 1]) * inside;
    sum = sum + share[k];
    top += dz[k];
  }
  const T scale = 1.0 / sum;
  for (int k = 0; k < layers; ++k) share[k] = share[k] * scale;
}

/// Stress of a layer, 1 wet to 0 dry: sigmoid in the logarithm of the potential; `log_head` is ln(-head in m),
/// `log_half` the same at half stress.
template <class T>
TILTH_INLINE T layer_stress(T log_head, T log_half, T steepness) {
  return sigmoid((log_half - log_head) * steepness);
}

/// ln of the head (m) that belongs to ln of a potential in MPa.
inline constexpr double log_head_per_mpa = 4.624694552002532;  // ln(1e6 / (1000 * 9.80665))

}  // namespace tilth::physics
