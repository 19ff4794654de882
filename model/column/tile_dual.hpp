#pragma once

#include "core/base/simd/dual.hpp"
#include "model/column/tile.hpp"

namespace tilth::column {

/// Sets the derivatives of a row of dual numbers to 0.
template <class Directions>
TILTH_INLINE void clear_derivatives(double* row, int stride) {
  constexpr int n = simd::lanes<Directions>;
  for (int value = 0; value < stride; value += 2 * n)
    for (int i = value + n; i < value + 2 * n; ++i) row[i] = 0.0;
}

/// After a step on dual numbers: the places of derivatives report the health of their value and no residual.
template <class Directions>
TILTH_INLINE void report_values(const TileStep& job) {
  constexpr int n = simd::lanes<Directions>;
  for (int value = 0; value < job.stride; value += 2 * n)
    for (int i = value + n; i < value + 2 * n; ++i) job.healthy[i] = job.healthy[value];
  clear_derivatives<Directions>(job.water_residual, job.stride);
  clear_derivatives<Directions>(job.carbon_residual, job.stride);
}

}  // namespace tilth::column
