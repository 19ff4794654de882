// The daily step compiled for scalar (options in model/kernels.cmake); no header with shared inline functions may come
// in here.
#include "model/daily/daily_kernels.hpp"
#include "model/daily/daily_step.hpp"

namespace tilth::daily::isa_scalar {

void step(const TileStep& job) { step_tile<double>(job); }

}  // namespace tilth::daily::isa_scalar
