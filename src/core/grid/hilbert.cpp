#include "core/grid/hilbert.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "core/base/sphere.hpp"

namespace tilth {
namespace {

struct FacePlace {
  int face;
  double u, v;  // gnomonic face coordinates, -1..1
};

/// Face of the cube hit by the direction and the place on it; axes chosen so that the curve runs on from face to face.
FacePlace face_place(const std::array<double, 3>& p) {
  const auto [x, y, z] = p;
  const double ax = std::abs(x), ay = std::abs(y), az = std::abs(z);
  if (ax >= ay && ax >= az) return x > 0 ? FacePlace{0, y / x, z / x} : FacePlace{3, z / x, y / x};
  if (ay >= az) return y > 0 ? FacePlace{1, -x / y, z / y} : FacePlace{4, z / y, -x / y};
  return z > 0 ? FacePlace{2, -x / z, -y / z} : FacePlace{5, -y / z, -x / z};
}

/// Integer cell 0..2^levels-1 of an equiangular coordinate.
std::uint32_t cell(double gnomonic) {
  const double unit = 0.5 + std::atan(gnomonic) * (2.0 / std::numbers::pi);
  const double scaled = std::floor(std::ldexp(unit, hilbert_levels));
  return std::uint32_t(std::clamp(scaled, 0.0, std::ldexp(1.0, hilbert_levels) - 1.0));
}

constexpr int swap_axes = 1, reverse = 2;
// Turns the earth (by Euler angles z-y-z of 3.125, 1.692 and 5.506) so that edges of the cube and the start of the
// curve cut little land; found by comparing random turns (docs/design-partition.md).
constexpr std::array<std::array<double, 3>, 3> turned_earth = {{
    {{0.097817142356153991, -0.69974898515418416, 0.7076603453896263}},
    {{-0.072949359704350472, -0.71419891573542693, -0.69613095009564518}},
    {{0.99252717725007467, 0.016470171159697723, -0.12090713743186987}},
}};

/// Order of the quadrants (2 * i + j) along the curve, by orientation of the parent.
constexpr int position[4][4] = {{0, 1, 3, 2}, {0, 3, 1, 2}, {2, 3, 1, 0}, {2, 1, 3, 0}};
/// Change of orientation when entering the quadrant at a position of the curve.
constexpr int turn[4] = {swap_axes, 0, 0, reverse + swap_axes};

}  // namespace

std::uint64_t cube_hilbert_index(const std::array<double, 3>& direction) {
  const FacePlace place = face_place(direction);
  const std::uint32_t i = cell(place.u), j = cell(place.v);
  int orientation = place.face & swap_axes;
  auto index = std::uint64_t(place.face);
  for (int level = hilbert_levels - 1; level >= 0; --level) {
    const int quadrant = int(2 * ((i >> level) & 1u) + ((j >> level) & 1u));
    const int along = position[orientation][quadrant];
    index = 4 * index + std::uint64_t(along);
    orientation ^= turn[along];
  }
  return index;
}

std::uint64_t hilbert_index(double lon, double lat) {
  const std::array<double, 3> p = unit_vector(lon, lat);
  std::array<double, 3> turned{};
  for (int i = 0; i < 3; ++i)
    turned[i] = turned_earth[i][0] * p[0] + turned_earth[i][1] * p[1] + turned_earth[i][2] * p[2];
  return cube_hilbert_index(turned);
}

}  // namespace tilth
