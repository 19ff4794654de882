// The hourly step compiled for scalar (options in model/kernels.cmake); no header with shared inline functions may come
// in here.
#include "model/hourly/hourly_kernels.hpp"
#include "model/hourly/hourly_step.hpp"

namespace tilth::hourly::isa_scalar {

void step(const HourStep& job) { step_tile<double>(job); }
void close(const HourStep& job) { close_tile<double>(job); }

}  // namespace tilth::hourly::isa_scalar
