#pragma once

#include <vector>

#include "assim/observation_error/options.hpp"
#include "driver/domain.hpp"
#include "driver/observation_store.hpp"

namespace tilth {

/// Error options of every stream, by type.
std::vector<ObsErrorOptions> error_options(const Domain& domain);

/// Adds the representativeness error of their stream to records that have a column.
void add_representativeness(const Domain& domain, std::vector<ObsRecord>& records);

/// Means over whole intervals from `start`, of the good observations of a point; at least a quarter of the days must be
/// there. Errors of an interval are correlated as `error.correlation` and `error.correlation_time` say.
std::vector<ObsRecord> averaged(std::vector<ObsRecord> records, Time start, const ObservationOptions& options);

/// `Error` on all ranks when a stream with `error.correlation_time` has two observations of a point at the same time
/// that neither superob nor thinning brings together. Collective.
void require_sequences(const Domain& domain, const std::vector<ObsRecord>& records);

}  // namespace tilth
