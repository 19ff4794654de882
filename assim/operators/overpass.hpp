#pragma once

#include <limits>

#include "assim/operators/observation_operator.hpp"

namespace tilth {

/// When an instrument in a sun-synchronous orbit looks.
struct OverpassOptions {
  double overpass_local_time = std::numeric_limits<double>::quiet_NaN();
  void describe(Schema& s);
};

/// Lowest sun (cosine of the zenith angle, 5 degrees above the horizon) under which an optical instrument is predicted.
inline constexpr double lowest_sun_cosine = 0.0871557427476581735;

/// Cosine of the sun's zenith angle at the time of the observation, may be negative. @pre seen.timed
double sun_cosine_at(const ObservedColumn& seen);

/// Mean over the UTC day of the observation of the cosine of the sun's zenith angle, 0 when it is below the horizon.
double mean_sun_cosine(const ObservedColumn& seen);

/// Angle of view: the observation's own, else `fallback_deg`; cosine, at least that of 80 degrees.
double view_cosine(const ObservedColumn& seen, double fallback_deg);

}  // namespace tilth
