#include "driver/verify/regions.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace tilth {
namespace {

int holders(double lon, double lat, std::vector<Region> regions) {
  return int(std::count_if(regions.begin(), regions.end(), [&](const Region& r) { return r.contains(lon, lat); }));
}

TEST(Region, HoldsItsWestAndNorthEdgesOnly) {
  const Region box{"box", -10.0, 20.0, 5.0, 15.0};
  EXPECT_TRUE(box.contains(-10.0, 15.0));
  EXPECT_FALSE(box.contains(20.0, 10.0));
  EXPECT_FALSE(box.contains(0.0, 5.0));
  EXPECT_FALSE(box.contains(-10.001, 10.0));
  EXPECT_FALSE(box.contains(0.0, 15.001));
}

TEST(Region, CrossesTheDateLineAndTakesLongitudesUpTo360) {
  const Region pacific{"pacific", 170.0, -160.0, -30.0, 30.0}, same{"same", 170.0, 200.0, -30.0, 30.0};
  for (const Region& r : {pacific, same}) {
    EXPECT_TRUE(r.contains(179.0, 0.0));
    EXPECT_TRUE(r.contains(-170.0, 0.0));
    EXPECT_TRUE(r.contains(190.0, 0.0));
    EXPECT_FALSE(r.contains(-150.0, 0.0));
    EXPECT_FALSE(r.contains(0.0, 0.0));
  }
}

TEST(Region, StandardBeltsShareNoCellAndLeaveNoneOut) {
  const std::vector<Region> all = standard_regions();
  ASSERT_EQ(all.size(), 4u);
  const std::vector<Region> belts(all.begin() + 1, all.end());
  for (double lat = -90.0; lat <= 90.0; lat += 0.5) {
    EXPECT_TRUE(all[0].contains(179.9, lat) && all[0].contains(-180.0, lat));
    EXPECT_EQ(holders(12.0, lat, belts), 1) << lat;
  }
  EXPECT_EQ(belts[0].contains(0.0, 23.5), false);
  EXPECT_EQ(belts[1].contains(0.0, 23.5), true);
  EXPECT_EQ(belts[2].contains(0.0, -90.0), true);
}

}  // namespace
}  // namespace tilth
