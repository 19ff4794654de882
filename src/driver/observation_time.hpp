#pragma once

#include "core/base/time.hpp"
#include "model/land_model.hpp"

namespace tilth {

/// When an observation sees its place.
struct ObservationTime {
  Time begin, end;    ///< its interval; equal for an instant
  bool mean = false;  ///< it averages over the interval, else it sees its middle
  double overpass_h;  ///< local solar time of the overpass when the interval is a day or longer; NaN: none
  double lon = 0.0;   ///< degrees
};

/// What one model step is to an observation.
struct SeenAt {
  double weight = 0.0;    ///< 0: nothing
  Time at{};              ///< time of the observation within the step
  bool whole_day = true;  ///< daily means are wanted rather than values of the step
};

/// The weight of a model step for an observation. Intervals of a day or longer count the days that begin inside them:
/// their means, or the step of each day in which the overpass lies. Shorter ones count the steps they overlap, by time.
/// A step of a whole day stands for all its hours.
SeenAt seen_at(const ObservationTime& obs, const StepSpan& step);

}  // namespace tilth
