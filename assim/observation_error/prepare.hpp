#pragma once

#include <span>
#include <vector>

#include "assim/observation_error/options.hpp"
#include "core/obs/obs_table.hpp"

namespace tilth {

/// Robust weights of this rank's observations (`observations[].qc`), one per row: factors on the inverse error
/// variance; 1 for flagged observations and where no stream asks for it. `per_type`: one per stream.
std::vector<double> robust_weights(const ObsTable& mine, std::span<const ObsErrorOptions> per_type);

/// The observations as a method sees them: weighted, averaged into superobservations, whitened along their sequences in
/// time, in this order. Rows keep the meaning they have anywhere (value, predictions and error variance, independent
/// errors), so that every method can use them. Without any option the result is the table itself, bit for bit.
///
/// `mine`: all observations this rank owns; those with a flag stay as they are. `weight`: from `robust_weights`.
ObsTable prepare_observations(const ObsTable& mine, std::span<const ObsErrorOptions> per_type,
                              std::span<const double> weight);

}  // namespace tilth
