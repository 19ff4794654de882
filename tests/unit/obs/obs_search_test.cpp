#include <gtest/gtest.h>

#include <cmath>

#include "core/base/sphere.hpp"
#include "core/obs/halo.hpp"

namespace tilth {
namespace {

/// Observations around the sphere, some at the same place, some on both sides of the date line and at the poles.
ObsTable around_the_sphere(int n) {
  ObsTable t;
  t.resize(std::size_t(n));
  for (int i = 0; i < n; ++i) {
    const int place = i - i % 3;
    t.id[std::size_t(i)] = 10 * i;
    t.lon[std::size_t(i)] = i < 6 ? 180.0 * (i % 2 ? 1 : -1) : std::fmod(137.50776405 * place, 360.0) - 180.0;
    t.lat[std::size_t(i)] = i < 3 ? 90.0 : std::asin(2.0 * (place + 0.5) / n - 1.0) * 57.29577951308232;
  }
  return t;
}

TEST(ObsSearch, FindsWhatBruteForceFindsSortedWithTies) {
  const ObsTable table = around_the_sphere(900);
  const ObsSearch search(table);
  std::vector<std::int32_t> found;
  std::size_t most = 0;
  for (const auto& [lon, lat] : {std::pair{180.0, 0.0}, {-180.0, -60.0}, {50.0, 90.0}, {0.0, -89.0}, {33.0, 44.0}}) {
    for (const double radius_km : {0.0, 150.0, 900.0, 5000.0, 20100.0}) {
      search.within(lon, lat, radius_km, found);
      std::vector<std::int32_t> expected;
      for (std::size_t i = 0; i < table.size(); ++i)
        if (great_circle_km(lon, lat, table.lon[i], table.lat[i]) <= radius_km) expected.push_back(std::int32_t(i));
      EXPECT_EQ(found, expected) << lon << " " << lat << " " << radius_km;
      most = std::max(most, found.size());
    }
  }
  EXPECT_EQ(most, 900u);
}

TEST(ObsSearch, FindsNothingInAnEmptyTable) {
  const ObsSearch search{ObsTable{}};
  std::vector<std::int32_t> found{3};
  search.within(0.0, 0.0, 20100.0, found);
  EXPECT_TRUE(found.empty());
}

}  // namespace
}  // namespace tilth
