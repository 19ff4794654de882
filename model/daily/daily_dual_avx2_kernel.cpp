// The daily step with derivatives compiled for avx2 (options in model/kernels.cmake); no header with shared inline
// functions may come in here.
#include "core/base/simd/dual.hpp"
#include "model/column/tile_dual.hpp"
#include "model/daily/daily_kernels.hpp"
#include "model/daily/daily_step.hpp"

namespace tilth::daily::isa_avx2 {

void dual_step(const TileStep& job) {
  using Directions = simd::Pack<xsimd::avx2>;
  step_tile<simd::Dual<Directions>>(job);
  column::report_values<Directions>(job);
}

}  // namespace tilth::daily::isa_avx2
