// The hourly step compiled for avx2 (options in model/kernels.cmake); no header with shared inline functions may come
// in here.
#include "model/hourly/hourly_kernels.hpp"
#include "model/hourly/hourly_step.hpp"

namespace tilth::hourly::isa_avx2 {

void step(const HourStep& job) { step_tile<simd::Pack<xsimd::avx2>>(job); }
void close(const HourStep& job) { close_tile<simd::Pack<xsimd::avx2>>(job); }

}  // namespace tilth::hourly::isa_avx2
