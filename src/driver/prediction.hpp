#pragma once

#include <limits>
#include <span>
#include <vector>

#include "driver/domain.hpp"
#include "driver/observation_time.hpp"

namespace tilth {

/// An observation as its prediction needs it.
struct Predictand {
  const Stream* stream = nullptr;
  Time begin, end;
  double lon = 0.0;
  double level = std::numeric_limits<double>::quiet_NaN();            ///< NaN: none
  double view_zenith_deg = std::numeric_limits<double>::quiet_NaN();  ///< NaN: not given
};

/// The weight of a model step for an observation.
SeenAt seen_at(const Predictand& observation, const StepSpan& step);

/// Of a column's parameters `all` [tile * per_tile + parameter] those that the stream's operator reads, tile by tile.
void operator_parameters(const Stream& stream, std::span<const double* const> all, std::size_t per_tile,
                         std::vector<const double*>& out);

/// What the operator of an observation sees of a column after a step; `parameters`: those of the operator.
ObservedColumn observed_column(const LandModel& model, const GridPoint& point, const Predictand& observation,
                               const SeenAt& seen, ColumnView column, std::span<const double* const> parameters);

}  // namespace tilth
