#pragma once

#include <span>

#include "assim/observation_error/options.hpp"
#include "core/obs/obs_table.hpp"

namespace tilth {

/// Multiplies the weight of the used observations of stream `type` by their robust weight: a factor in [1e-6, 1] on the
/// inverse error variance, from the departure of the mean prediction in units of sqrt(spread^2 + error^2).
/// `weight`: one per row of the table.
void apply_robust_weights(const ObsTable& table, int type, const RobustOptions& options, std::span<double> weight);

}  // namespace tilth
