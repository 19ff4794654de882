#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/base/error.hpp"
#include "core/base/sphere.hpp"
#include "core/grid/decomposition.hpp"
#include "parallel/core/grid_fixture.hpp"

namespace tilth {
namespace {

class NearestPoints : public ::testing::Test {
 protected:
  void SetUp() override {
    decompose(comm, mine, test::equal_weights(mine), {});
    // date line from both sides, poles, on points, half-way between points, far out at sea, and a spiral of places
    for (const auto& [x, y] : {std::pair{180.0, 0.0},
                               {-180.0, 3.0},
                               {179.99, -20.0},
                               {-179.99, -20.0},
                               {0.0, 90.0},
                               {77.0, 90.0},
                               {0.0, -90.0},
                               {-177.0, 3.0},
                               {-174.0, 6.0},
                               {540.0, 0.0},
                               {0.0, 0.0}}) {
      lon.push_back(x);
      lat.push_back(y);
    }
    for (int k = comm.rank(); k < 300; k += 7) {
      lon.push_back(std::fmod(137.50776405 * k, 360.0) - 180.0);
      lat.push_back(std::asin((k + 0.5) / 150.0 - 1.0) * 57.29577951);
    }
  }
  std::int64_t brute_force(double x, double y, double reach_km) const {
    std::int64_t best = -1, best_mm = std::numeric_limits<std::int64_t>::max();
    for (const GridPoint& p : whole.points) {  // ascending ids: the first of equals stays
      const double distance_km = great_circle_km(x, y, p.lon, p.lat);
      const std::int64_t mm = std::llround(distance_km * 1e6);
      if (distance_km <= reach_km && mm < best_mm) {
        best = p.id;
        best_mm = mm;
      }
    }
    return best;
  }
  const Comm comm = Comm::world();
  const Grid whole = test::whole_grid(6.0);
  Grid mine = test::dealt_grid(whole, comm);
  std::vector<double> lon, lat;
};

TEST_F(NearestPoints, AreThoseOfBruteForceWithTiesToTheLowerId) {
  for (const double reach_km : {0.0, 200.0, 800.0, 6000.0, 30000.0}) {
    const std::vector<std::int64_t> found = nearest_points(comm, mine, lon, lat, reach_km);
    ASSERT_EQ(found.size(), lon.size());
    for (std::size_t i = 0; i < lon.size(); ++i)
      EXPECT_EQ(found[i], brute_force(lon[i], lat[i], reach_km))
          << lon[i] << " " << lat[i] << " reach " << reach_km << " rank " << comm.rank();
  }
}

TEST_F(NearestPoints, MayBeAskedByOneRankOnly) {
  if (comm.rank() != comm.size() - 1) {
    lon.clear();
    lat.clear();
  }
  const std::vector<std::int64_t> found = nearest_points(comm, mine, lon, lat, 500.0);
  for (std::size_t i = 0; i < lon.size(); ++i) EXPECT_EQ(found[i], brute_force(lon[i], lat[i], 500.0));
}

TEST_F(NearestPoints, RefusePlacesThatAreNone) {
  std::vector<double> bad = lat;
  if (comm.root()) bad.front() = 91.0;
  EXPECT_THROW(nearest_points(comm, mine, lon, bad, 500.0), Error);
  EXPECT_THROW(nearest_points(comm, mine, lon, lat, std::nan("")), Error);
}

}  // namespace
}  // namespace tilth
