#include "core/grid/hilbert.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <set>
#include <vector>

#include "core/base/sphere.hpp"

namespace tilth {
namespace {

struct Place {
  std::uint64_t index;
  std::array<double, 3> direction;
  bool operator<(const Place& other) const { return index < other.index; }
};

/// Centres of the 6 x 2^level x 2^level cells of the equiangular cube, along the curve.
std::vector<Place> cell_centres(int level) {
  const int n = 1 << level;
  std::vector<Place> places;
  for (int face = 0; face < 6; ++face) {
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < n; ++j) {
        const double u = std::tan(((i + 0.5) / n - 0.5) * std::numbers::pi / 2);
        const double v = std::tan(((j + 0.5) / n - 0.5) * std::numbers::pi / 2);
        const double side = face % 2 == 0 ? 1.0 : -1.0;
        std::array<double, 3> p{};
        p[std::size_t(face / 2)] = side;
        p[std::size_t((face / 2 + 1) % 3)] = u;
        p[std::size_t((face / 2 + 2) % 3)] = v;
        const double length = std::sqrt(1.0 + u * u + v * v);
        for (double& x : p) x /= length;
        places.push_back({cube_hilbert_index(p), p});
      }
    }
  }
  std::sort(places.begin(), places.end());
  return places;
}

TEST(HilbertIndex, StepsOnlyToCellsThatShareAnEdgeAllAroundTheSphere) {
  for (const int level : {1, 2, 3, 4, 5, 6}) {
    const std::vector<Place> places = cell_centres(level);
    // widest step between edge neighbours: 90 degrees / 2^level at the middle of a face edge's direction, and more than
    // sqrt(2) times the narrowest cell (1/sqrt(2)-fold in the corners) for a diagonal step
    const double edge_km = earth_radius_km * std::numbers::pi / 2 / double(1 << level);
    for (std::size_t k = 0; k < places.size(); ++k) {
      const Place &a = places[k], &b = places[(k + 1) % places.size()];
      EXPECT_LE(great_circle_km(a.direction, b.direction), 1.03 * edge_km) << "level " << level << ", cell " << k;
    }
  }
}

TEST(HilbertIndex, OrdersTheCellsOfEveryLevelAsOneRunEach) {
  // the curve visits all of a coarse cell before it leaves it: index / 4^(levels below) counts the coarse cells
  const int level = 4;
  const std::vector<Place> places = cell_centres(level);
  for (std::size_t k = 0; k < places.size(); ++k)
    EXPECT_EQ(places[k].index >> (2 * (hilbert_levels - level)), k) << "cell " << k;
}

TEST(HilbertIndex, KeepsNeighboursOnTheEarthTogether) {
  // cells of level 8 are about 39 km wide; most neighbours at 5 km share one, over the date line and at the pole as
  // well
  int together = 0, all = 0;
  for (double lat = -88.0; lat < 89.0; lat += 4.0) {
    for (const double lon : {-180.0, -97.0, 11.0, 179.99}) {
      const double step = 5.0 / (111.2 * std::cos(lat * std::numbers::pi / 180.0));
      const int shift = 2 * (hilbert_levels - 8);
      together += hilbert_index(lon, lat) >> shift == hilbert_index(lon + step, lat) >> shift;
      ++all;
    }
  }
  EXPECT_GT(together, 0.7 * all);
}

TEST(HilbertIndex, IsDefinedAtThePolesTheDateLineAndTheEdgesOfTheCube) {
  const std::uint64_t end = std::uint64_t{6} << (2 * hilbert_levels);
  std::set<std::uint64_t> indices;
  for (const double lat : {-90.0, -45.0, 0.0, 45.0, 90.0}) {
    for (const double lon : {-180.0, -135.0, -45.0, 0.0, 45.0, 135.0}) {
      EXPECT_LT(hilbert_index(lon, lat), end);
      if (std::abs(lat) < 90.0) indices.insert(hilbert_index(lon, lat));
    }
  }
  EXPECT_EQ(indices.size(), 18u);
}

}  // namespace
}  // namespace tilth
