// The daily step compiled for sse2 (options in model/kernels.cmake); no header with shared inline functions may come in
// here.
#include "model/daily/daily_kernels.hpp"
#include "model/daily/daily_step.hpp"

namespace tilth::daily::isa_sse2 {

void step(const TileStep& job) { step_tile<simd::Pack<xsimd::sse2>>(job); }

}  // namespace tilth::daily::isa_sse2
