#include "driver/analyse/places.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/base/sphere.hpp"

namespace tilth {

Places::Places(const Comm& comm, const GeometryOptions& geometry, std::span<const double> points,
               std::span<const double> observations)
    : line_(geometry.kind == "line"), sphere_(geometry.kind == "sphere") {
  if (!line_) return;
  period_ = geometry.period;
  if (period_ == 0.0) {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const auto& list : {points, observations})
      for (const double x : list) {
        low = std::min(low, x);
        high = std::max(high, x);
      }
    low = comm.min(low);
    high = comm.max(high);
    origin_ = low;
    period_ = high > low ? 4.0 * (high - low) : 1.0;
  }
  km_per_unit_ = 2.0 * std::numbers::pi * earth_radius_km / period_;
}

double Places::longitude(double x) const { return normalised(360.0 * ((x - origin_) / period_) - 180.0); }

double Places::normalised(double lon) {
  const double wrapped = std::remainder(lon, 360.0);
  return wrapped >= 180.0 ? wrapped - 360.0 : wrapped;
}

}  // namespace tilth
