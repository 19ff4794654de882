#include "core/grid/sphere_tree.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/base/sphere.hpp"

namespace tilth {
namespace {

/// A spiral of places over the whole sphere with pairs that coincide.
struct Places {
  std::vector<double> lon, lat;
  explicit Places(int n) {
    for (int i = 0; i < n; ++i) {
      const int k = i - i % 2;
      lat.push_back(std::asin(2.0 * (k + 0.5) / n - 1.0) * 180.0 / 3.14159265358979);
      lon.push_back(std::fmod(137.50776405 * k, 360.0) - 180.0);
    }
  }
};

TEST(SphereTree, FindsWhatBruteForceFindsInAscendingOrder) {
  const Places places(600);
  const SphereTree tree(places.lon, places.lat);
  std::vector<std::int32_t> found;
  for (const auto& [lon, lat] : {std::pair{180.0, 10.0}, {-179.9, -60.0}, {12.0, 89.9}, {0.0, -90.0}, {33.0, 44.0}}) {
    for (const double radius_km : {0.0, 300.0, 2000.0, 9000.0, 20016.0, 30000.0}) {
      tree.within(unit_vector(lon, lat), radius_km, found);
      std::vector<std::int32_t> expected;
      for (std::size_t i = 0; i < places.lon.size(); ++i)
        if (great_circle_km(unit_vector(lon, lat), tree.place(std::int32_t(i))) <= radius_km)
          expected.push_back(std::int32_t(i));
      EXPECT_EQ(found, expected) << lon << " " << lat << " " << radius_km;
      EXPECT_EQ(tree.any_within(unit_vector(lon, lat), radius_km), !expected.empty());
    }
  }
}

TEST(SphereTree, IncludesPlacesAtExactlyTheRadius) {
  const Places places(200);
  const SphereTree tree(places.lon, places.lat);
  const auto from = unit_vector(20.0, 30.0);
  std::vector<std::int32_t> found;
  for (std::int32_t i = 0; i < 200; ++i) {
    const double distance_km = great_circle_km(from, tree.place(i));
    tree.within(from, distance_km, found);
    EXPECT_TRUE(std::find(found.begin(), found.end(), i) != found.end());
    EXPECT_TRUE(tree.any_within(from, distance_km));
  }
}

TEST(SphereTree, IsSilentWhenEmpty) {
  const SphereTree tree({}, {});
  std::vector<std::int32_t> found{1, 2};
  tree.within(unit_vector(0.0, 0.0), 1000.0, found);
  EXPECT_TRUE(found.empty());
  EXPECT_FALSE(tree.any_within(unit_vector(0.0, 0.0), 30000.0));
  EXPECT_TRUE(std::isinf(tree.nearest_km(unit_vector(0.0, 0.0))));
}

}  // namespace
}  // namespace tilth
