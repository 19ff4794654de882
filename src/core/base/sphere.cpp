#include "core/base/sphere.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tilth {

std::array<double, 3> unit_vector(double lon, double lat) {
  constexpr double radians = std::numbers::pi / 180.0;
  const double lambda = std::remainder(lon, 360.0) * radians;  // exact: 10 and 370 give the same bits
  const double phi = lat * radians;
  return {std::cos(phi) * std::cos(lambda), std::cos(phi) * std::sin(lambda), std::sin(phi)};
}

double great_circle_km(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  const double x = a[1] * b[2] - a[2] * b[1];
  const double y = a[2] * b[0] - a[0] * b[2];
  const double z = a[0] * b[1] - a[1] * b[0];
  const double dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  return earth_radius_km * std::atan2(std::sqrt(x * x + y * y + z * z), dot);
}

double great_circle_km(double lon_a, double lat_a, double lon_b, double lat_b) {
  return great_circle_km(unit_vector(lon_a, lat_a), unit_vector(lon_b, lat_b));
}

double chord(double distance_km) {
  const double half_angle = std::clamp(0.5 * distance_km / earth_radius_km, 0.0, 0.5 * std::numbers::pi);
  return 2.0 * std::sin(half_angle);
}

}  // namespace tilth
