#pragma once

#include "model/land_model.hpp"

namespace tilth::hourly {

/// Traits of the hourly tier with steps of `step_s` seconds.
ModelTraits hourly_traits(std::int64_t step_s);

}  // namespace tilth::hourly
