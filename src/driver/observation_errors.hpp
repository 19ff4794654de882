#pragma once

#include <span>
#include <vector>

#include "assim/observation_error/options.hpp"
#include "core/obs/obs_table.hpp"
#include "driver/domain.hpp"
#include "driver/observation_store.hpp"

namespace tilth {

/// Error options of every stream, by type.
std::vector<ObsErrorOptions> error_options(const Domain& domain);

/// Flags what thinning leaves out and returns the robust weight of every observation, for the feedback.
std::vector<double> thin_and_weigh(const Domain& domain, ObsTable& obs);

/// This rank's observations as the analysis takes them (see prepare_observations). `weight`: from `thin_and_weigh`.
ObsTable analysed_observations(const Domain& domain, const ObsTable& obs, std::span<const double> weight);

/// Adds the representativeness error of their stream to records that have a column.
void add_representativeness(const Domain& domain, std::vector<ObsRecord>& records);

/// Means over whole intervals from `start`, of the good observations of a point; at least a quarter of the days must be
/// there. Errors of an interval are correlated as `error.correlation` and `error.correlation_time` say.
std::vector<ObsRecord> averaged(std::vector<ObsRecord> records, Time start, const ObservationOptions& options);

/// `Error` on all ranks when a stream with `error.correlation_time` has two observations of a point at the same time
/// that neither superob nor thinning brings together. Collective.
void require_sequences(const Domain& domain, const std::vector<ObsRecord>& records);

}  // namespace tilth
