// The hourly step compiled for avx512 (options in model/kernels.cmake); no header with shared inline functions may come
// in here.
#include "model/hourly/hourly_kernels.hpp"
#include "model/hourly/hourly_step.hpp"

namespace tilth::hourly::isa_avx512 {

void step(const HourStep& job) { step_tile<simd::Pack<xsimd::avx512dq>>(job); }
void close(const HourStep& job) { close_tile<simd::Pack<xsimd::avx512dq>>(job); }

}  // namespace tilth::hourly::isa_avx512
