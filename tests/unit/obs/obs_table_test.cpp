#include "core/obs/obs_table.hpp"

#include <gtest/gtest.h>

namespace tilth {
namespace {

TEST(ObsTable, SortsAllArraysTogether) {
  ObsTable t;
  t.members = 3;
  const std::vector<std::int64_t> order{30, 10, 40, 20};
  t.hx_mean.assign(1, 0.0);
  t.resize(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::int64_t id = order[i];
    t.id[i] = id;
    t.type[i] = std::int32_t(id + 1);
    t.point[i] = id + 2;
    t.column[i] = std::int32_t(id + 3);
    t.begin[i] = {id + 4};
    t.end[i] = {id + 5};
    t.lon[i] = double(id + 6);
    t.lat[i] = double(id + 7);
    t.value[i] = double(id + 8);
    t.error_sd[i] = double(id + 9);
    t.flag[i] = std::uint32_t(id + 10);
    t.hx_mean[i] = double(id + 11);
    for (int m = 0; m < t.stride(); ++m) t.predictions(i)[m] = double(id) + 0.1 * m;
  }
  t.sort_by_id();
  for (std::size_t i = 0; i < 4; ++i) {
    const auto id = std::int64_t(10 * (i + 1));
    EXPECT_EQ(t.id[i], id);
    EXPECT_EQ(t.type[i], id + 1);
    EXPECT_EQ(t.point[i], id + 2);
    EXPECT_EQ(t.column[i], id + 3);
    EXPECT_EQ(t.begin[i].seconds, id + 4);
    EXPECT_EQ(t.end[i].seconds, id + 5);
    EXPECT_EQ(t.lon[i], double(id + 6));
    EXPECT_EQ(t.lat[i], double(id + 7));
    EXPECT_EQ(t.value[i], double(id + 8));
    EXPECT_EQ(t.error_sd[i], double(id + 9));
    EXPECT_EQ(t.flag[i], id + 10);
    EXPECT_EQ(t.hx_mean[i], double(id + 11));
    for (int m = 0; m < t.stride(); ++m) EXPECT_EQ(t.predictions(i)[m], double(id) + 0.1 * m);
  }
}

TEST(ObsTable, SortsWithoutPredictionsAndWhenEmpty) {
  ObsTable t;
  t.sort_by_id();
  EXPECT_EQ(t.size(), 0u);
  t.members = 4;
  t.resize(2);
  t.id = {2, 1};
  t.hx.clear();
  t.sort_by_id();
  EXPECT_EQ(t.id[0], 1);
  EXPECT_TRUE(t.hx.empty());
}

TEST(ObsTable, NewObservationsAreUsedAndHaveNoColumn) {
  ObsTable t;
  t.members = 2;
  t.resize(3);
  EXPECT_EQ(t.flag[2], std::uint32_t(qc_used));
  EXPECT_EQ(t.column[2], -1);
  EXPECT_EQ(t.hx.size(), 24u);
}

}  // namespace
}  // namespace tilth
