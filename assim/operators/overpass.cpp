#include "assim/operators/overpass.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/physics/solar.hpp"

namespace tilth {

void OverpassOptions::describe(Schema& s) {
  s.real("overpass_local_time", overpass_local_time)
      .in(0.0, 24.0)
      .units("h")
      .about(
          "Local solar time at which the instrument looks, for observations that only tell the day; none: not said.");
}

double sun_cosine_at(const ObservedColumn& seen) { return cos_zenith(seen.at, seen.point.lon, seen.point.lat); }

double mean_sun_cosine(const ObservedColumn& seen) {
  const SolarDay day = solar_day(seen.at, seen.point.lat);
  return day.toa_mean_w_m2 * day.distance_au * day.distance_au / solar_constant_w_m2;
}

double view_cosine(const ObservedColumn& seen, double fallback_deg) {
  constexpr double largest_deg = 80.0;
  const double own = std::isnan(seen.view_zenith_deg) ? fallback_deg : std::abs(seen.view_zenith_deg);
  return std::cos(std::min(own, largest_deg) * std::numbers::pi / 180.0);
}

}  // namespace tilth
