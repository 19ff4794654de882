// The hourly step with derivatives compiled for avx512 (options in model/kernels.cmake); no header with shared inline
// functions may come in here.
#include "core/base/simd/dual.hpp"
#include "model/column/tile_dual.hpp"
#include "model/hourly/hourly_kernels.hpp"
#include "model/hourly/hourly_step.hpp"

namespace tilth::hourly::isa_avx512 {

using Directions = simd::Pack<xsimd::avx512dq>;

void dual_step(const HourStep& job) { step_tile<simd::Dual<Directions>>(job); }
void dual_close(const HourStep& job) {
  close_tile<simd::Dual<Directions>>(job);
  column::report_values<Directions>(job.tile);
  column::clear_derivatives<Directions>(job.energy_residual, job.tile.stride);
}

}  // namespace tilth::hourly::isa_avx512
