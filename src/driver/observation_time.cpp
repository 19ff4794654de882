#include "driver/observation_time.hpp"

#include <algorithm>
#include <cmath>

#include "core/obs/obs_table.hpp"

namespace tilth {

namespace {

/// UTC of a local solar time within the UTC day that starts at `day`.
Time overpass(Time day, double local_h, double lon) {
  double h = std::fmod(local_h - lon / 15.0, 24.0);
  if (h < 0.0) h += 24.0;
  return day + std::min<std::int64_t>(std::int64_t(h * 3600.0), seconds_per_day - 1);
}

}  // namespace

SeenAt seen_at(const ObservationTime& obs, const StepSpan& step) {
  const Time day = midnight(step.begin), centre = middle(obs.begin, obs.end);
  const bool whole_day = step.begin == day && step.end - step.begin >= seconds_per_day;
  const bool within_day = obs.end - obs.begin < seconds_per_day;
  const auto inside = [&](Time t) { return t >= step.begin && t < step.end; };
  if (within_day && !whole_day) {
    if (!obs.mean || obs.begin == obs.end) return {inside(centre) ? 1.0 : 0.0, centre, false};
    const Time from = std::max(obs.begin, step.begin), to = std::min(obs.end, step.end);
    return {to > from ? double(to - from) / double(seconds_per_day) : 0.0, middle(step.begin, step.end), false};
  }
  // Days of the observation: those that begin inside its interval, or the one of its middle.
  const Time first = obs.mean ? midnight(obs.begin) : midnight(centre);
  const bool active = obs.mean ? (day >= first && (day < obs.end || day == first)) : day == first;
  if (!active) return {};
  if (!within_day && !std::isnan(obs.overpass_h)) {
    const Time at = overpass(day, obs.overpass_h, obs.lon);
    return {inside(at) ? 1.0 : 0.0, at, whole_day};
  }
  if (obs.mean) return {step.ends_day ? 1.0 : 0.0, middle(day, day + seconds_per_day), true};
  return {inside(centre) ? 1.0 : 0.0, centre, whole_day};
}

}  // namespace tilth
