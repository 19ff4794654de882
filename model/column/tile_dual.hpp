#pragma once

#include "core/base/simd/dual.hpp"
#include "model/column/tile.hpp"

namespace tilth::column {

/// After a step on dual numbers: the places of derivatives report the health of their value and no residual.
template <class Directions>
TILTH_INLINE void report_values(const TileStep& job) {
  constexpr int n = simd::lanes<Directions>;
  for (int value = 0; value < job.stride; value += 2 * n)
    for (int i = value + n; i < value + 2 * n; ++i) {
      job.healthy[i] = job.healthy[value];
      job.water_residual[i] = job.carbon_residual[i] = 0.0;
    }
}

}  // namespace tilth::column
