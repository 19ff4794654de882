#include "model/forcing/sphere_lattice.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.hpp"
#include "core/base/sphere.hpp"

namespace tilth {
namespace {

constexpr double pi = std::numbers::pi;
constexpr std::int64_t row_numbers = 1 << 20;  // node = row * row_numbers + place in the row

}  // namespace

SphereLattice::SphereLattice(double spacing_km) {
  require(spacing_km >= 50.0 && spacing_km <= 5000.0, "correlation length ", spacing_km, " km: must be 50 to 5000 km");
  intervals_ = std::max(2, int(std::lround(pi * earth_radius_km / spacing_km)));
}

int SphereLattice::nodes_in_row(int row) const {
  if (row == 0 || row == intervals_) return 1;  // a pole is one place
  const double latitude = pi * (double(row) / intervals_ - 0.5);
  return std::max(3, int(std::lround(2.0 * intervals_ * std::cos(latitude))));
}

SphereLattice::Stencil SphereLattice::stencil(double lon, double lat) const {
  const double y = std::clamp((lat + 90.0) / 180.0, 0.0, 1.0) * intervals_;
  const int row = std::min(int(y), intervals_ - 1);
  const double turn = lon / 360.0 - std::floor(lon / 360.0);
  Stencil s;
  double squares = 0.0;
  for (int side = 0; side < 2; ++side) {
    const int n = nodes_in_row(row + side);
    const double x = turn * n, share = side == 0 ? 1.0 - (y - row) : y - row;
    const int i = std::min(int(x), n - 1);
    const std::int64_t first = (row + side) * row_numbers;
    s.node[2 * side] = first + i;
    s.node[2 * side + 1] = first + (i + 1) % n;
    s.weight[2 * side] = n == 1 ? share : share * (1.0 - (x - i));
    s.weight[2 * side + 1] = n == 1 ? 0.0 : share * (x - i);
  }
  for (const double w : s.weight) squares += w * w;
  for (double& w : s.weight) w /= std::sqrt(squares);
  return s;
}

}  // namespace tilth
