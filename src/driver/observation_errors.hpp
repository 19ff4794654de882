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

/// Error standard deviation of a value (or truth) as the options of its stream declare it, else its operator.
double declared_error_sd(const Stream& stream, double value);

/// What the assimilation assumes: the larger of that and the one its file gives (0: none). Of a simulated instrument
/// that counts footprints: the declared one when the stream declares any, else that of the file.
double assumed_error_sd(const Stream& stream, double value, double given);

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
