#include "driver/observation_time.hpp"

#include <algorithm>
#include <cmath>

#include "core/obs/obs_table.hpp"

namespace tilth {

namespace {

/// Seconds that two intervals share.
std::int64_t shared_seconds(Time begin, Time end, Time other_begin, Time other_end) {
  return std::max<std::int64_t>(0, std::min(end, other_end) - std::max(begin, other_begin));
}

bool is_inside(Time t, const StepSpan& step) { return t >= step.begin && t < step.end; }

// An observation shorter than a day, or an instant.
SeenAt seen_within_day(const ObservationTime& obs, const StepSpan& step, bool whole_day) {
  const Time centre = middle(obs.begin, obs.end);
  if (!obs.mean || obs.begin == obs.end) return {is_inside(centre, step) ? 1.0 : 0.0, centre, whole_day, true};
  const std::int64_t shared = shared_seconds(obs.begin, obs.end, step.begin, step.end);
  return {double(shared) / double(obs.end - obs.begin),
          middle(std::max(obs.begin, step.begin), std::min(obs.end, step.end)), whole_day, true};
}

}  // namespace

Time overpass_time(Time day, double local_h, double lon) {
  double h = std::fmod(local_h - lon / 15.0, 24.0);
  if (h < 0.0) h += 24.0;
  return day + std::min<std::int64_t>(std::llround(h * 3600.0), seconds_per_day - 1);
}

SeenAt seen_at(const ObservationTime& obs, const StepSpan& step) {
  const Time day = midnight(step.begin);
  const bool whole_day = step.begin == day && step.end - step.begin >= seconds_per_day;
  const bool overpass = !std::isnan(obs.overpass_h);
  const bool is_date = overpass && obs.begin == obs.end && obs.begin == midnight(obs.begin);
  const Time end = is_date ? obs.end + seconds_per_day : obs.end;
  if (end - obs.begin < seconds_per_day) return seen_within_day(obs, step, whole_day);
  const Time centre = middle(obs.begin, end);
  if (overpass) {
    const Time at = overpass_time(day, obs.overpass_h, obs.lon);
    const bool counts = obs.mean ? at >= obs.begin && at < end : day == midnight(centre);
    return {counts && is_inside(at, step) ? 1.0 : 0.0, at, whole_day, true};
  }
  if (!obs.mean) return {is_inside(centre, step) ? 1.0 : 0.0, centre, whole_day, false};
  const std::int64_t shared = shared_seconds(obs.begin, end, day, day + seconds_per_day);
  return {step.ends_day ? double(shared) / double(seconds_per_day) : 0.0, middle(day, day + seconds_per_day), true,
          false};
}

}  // namespace tilth
