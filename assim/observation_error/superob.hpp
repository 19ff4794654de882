#pragma once

#include "assim/observation_error/averaged_error.hpp"
#include "assim/observation_error/options.hpp"
#include "core/obs/obs_table.hpp"

namespace tilth {

/// The table with the used observations of stream `type` averaged box by box: value, predictions and place with weights
/// in proportion to the inverse error variances, error as `averaged_error_sd` has it, interval from the first begin to
/// the last end, id the lowest of the box. All other rows stay. Sorted by id.
ObsTable superobbed(const ObsTable& table, int type, const BoxOptions& options, const ErrorCorrelation& correlation);

}  // namespace tilth
