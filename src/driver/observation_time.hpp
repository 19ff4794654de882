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
  bool timed = false;     ///< `at` is when the instrument looks; false: it stands for the interval
};

/// UTC, within the UTC day that starts at `day`, of a local solar time (h) at a longitude (degrees).
Time overpass_time(Time day, double local_h, double lon);

/// The weight of a model step for an observation.
///
/// Shorter than a day: the steps it overlaps count, by time, when it averages; else the step of its middle. A day or
/// longer: with an overpass, the step of every overpass inside it; without, the means of the days it overlaps, by time;
/// when it does not average, the day (or step) of its middle alone. An instant at 00:00 UTC of an instrument with an
/// overpass is a date: that UTC day. A step of a whole day stands for all its hours.
SeenAt seen_at(const ObservationTime& obs, const StepSpan& step);

}  // namespace tilth
