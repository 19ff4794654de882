#pragma once

#include "model/land_model.hpp"

namespace tilth::daily {

/// Traits of the daily tier.
ModelTraits daily_traits();

}  // namespace tilth::daily
