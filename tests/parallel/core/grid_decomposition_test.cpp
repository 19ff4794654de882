#include "core/grid/decomposition.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/error.hpp"
#include "core/grid/hilbert.hpp"
#include "parallel/core/grid_fixture.hpp"

namespace tilth {
namespace {

using test::dealt_grid;
using test::equal_weights;
using test::whole_grid;

std::vector<std::int64_t> ids(const Grid& grid) {
  std::vector<std::int64_t> list;
  for (const GridPoint& p : grid.points) list.push_back(p.id);
  return list;
}

class Decomposition : public ::testing::TestWithParam<const char*> {
 protected:
  const Comm comm = Comm::world();
  const Grid whole = whole_grid(6.0);
  PartitionOptions options() const {
    PartitionOptions o;
    o.method = GetParam();
    return o;
  }
};

INSTANTIATE_TEST_SUITE_P(Methods, Decomposition, ::testing::Values("hilbert", "ptscotch"),
                         [](const auto& method) { return std::string(method.param); });

TEST_P(Decomposition, GivesEveryPointToOneRankWithItsDataUnchanged) {
  Grid mine = dealt_grid(whole, comm);
  decompose(comm, mine, equal_weights(mine), options());
  std::vector<std::int64_t> all = comm.all_gather(std::span<const std::int64_t>(ids(mine)));
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, ids(whole));
  for (const GridPoint& p : mine.points) {
    const GridPoint& original = whole.points[std::size_t(p.id)];
    EXPECT_EQ(p.name, original.name);
    EXPECT_EQ(p.cell, original.cell);
    EXPECT_EQ(p.lon, original.lon);
    EXPECT_EQ(p.lat, original.lat);
    EXPECT_EQ(p.area_m2, original.area_m2);
    EXPECT_EQ(p.surface.elevation_m, original.surface.elevation_m);
    EXPECT_EQ(p.surface.wind_height_m, original.surface.wind_height_m);
    ASSERT_EQ(p.surface.tiles.size(), original.surface.tiles.size());
    EXPECT_EQ(p.surface.tiles[1].pft, original.surface.tiles[1].pft);
    EXPECT_EQ(p.surface.tiles[1].fraction, original.surface.tiles[1].fraction);
  }
}

TEST_P(Decomposition, OrdersEachRanksPointsAlongTheCurve) {
  Grid mine = dealt_grid(whole, comm);
  decompose(comm, mine, equal_weights(mine), options());
  EXPECT_TRUE(std::is_sorted(mine.points.begin(), mine.points.end(), [](const GridPoint& a, const GridPoint& b) {
    return hilbert_index(a.lon, a.lat) < hilbert_index(b.lon, b.lat);
  }));
}

TEST_P(Decomposition, AcceptsPointsThatOneRankLoadedAlone) {
  Grid mine = whole;
  if (!comm.root()) mine.points.clear();
  decompose(comm, mine, equal_weights(mine), options());
  EXPECT_EQ(comm.sum(std::int64_t(mine.points.size())), whole.global_count);
  EXPECT_GT(mine.points.size(), 0u);
}

double uneven_weight(std::int64_t id) { return id % 17 == 0 ? 40.0 : 1.0 + 0.1 * double(id % 5); }

TEST(HilbertDecomposition, BalancesWeightsToWithinOnePoint) {
  const Comm comm = Comm::world();
  Grid mine = dealt_grid(whole_grid(6.0), comm);
  std::vector<double> weight;
  for (const GridPoint& p : mine.points) weight.push_back(uneven_weight(p.id));
  double total = 0.0;
  for (const GridPoint& p : whole_grid(6.0).points) total += uneven_weight(p.id);
  decompose(comm, mine, weight, {});
  double load = 0.0;
  for (const GridPoint& p : mine.points) load += uneven_weight(p.id);
  EXPECT_LT(std::abs(load - total / comm.size()), 40.0 + 1e-3);  // 2^-20 of the largest weight per point is rounded
}

TEST(HilbertDecomposition, DoesNotDependOnWhoLoadedThePoints) {
  const Comm comm = Comm::world();
  const Grid whole = whole_grid(10.0);
  Grid dealt = dealt_grid(whole, comm), alone = whole;
  if (comm.rank() != comm.size() - 1) alone.points.clear();
  decompose(comm, dealt, equal_weights(dealt), {});
  decompose(comm, alone, equal_weights(alone), {});
  EXPECT_EQ(ids(dealt), ids(alone));
}

TEST(HilbertDecomposition, LeavesNoRankEmptyWhenOnePointOutweighsAllOthers) {
  const Comm comm = Comm::world();
  Grid mine = dealt_grid(whole_grid(10.0), comm);
  std::vector<double> weight;
  for (const GridPoint& p : mine.points) weight.push_back(p.id == 3 ? 1e9 : 0.0);
  decompose(comm, mine, weight, {});
  EXPECT_GE(mine.points.size(), 1u);
}

TEST(HilbertDecomposition, SharesPointsAtTheSamePlaceById) {
  const Comm comm = Comm::world();
  Grid grid;
  grid.global_count = 8;
  for (std::int64_t id = 0; id < 8 && comm.root(); ++id) {
    GridPoint p;
    p.id = id;
    p.surface.tiles = {{0, 1.0}};
    grid.points.push_back(p);
  }
  decompose(comm, grid, equal_weights(grid), {});
  const std::vector<std::int64_t> all = comm.all_gather(std::span<const std::int64_t>(ids(grid)));
  EXPECT_EQ(all, (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_LE(grid.points.size(), std::size_t(8 / comm.size() + 1));
}

TEST(HilbertDecomposition, RefusesMoreRanksThanPoints) {
  const Comm comm = Comm::world();
  Grid grid = whole_grid(10.0);
  grid.points.resize(comm.root() ? std::size_t(comm.size() - 1) : 0);
  try {
    decompose(comm, grid, equal_weights(grid), {});
    FAIL() << "no error";
  } catch (const Error& e) {
    const std::string expected = text(comm.size(), " ranks for ", comm.size() - 1, " land points");
    EXPECT_NE(std::string(e.what()).find(expected), std::string::npos) << e.what();
  }
}

TEST(HilbertDecomposition, RefusesBadPointsOnAllRanks) {
  const Comm comm = Comm::world();
  const Grid good = dealt_grid(whole_grid(10.0), comm);
  const bool last = comm.rank() == comm.size() - 1;
  Grid grid = good;
  if (last) grid.points.front().lat = std::nan("");
  EXPECT_THROW(decompose(comm, grid, equal_weights(grid), {}), Error);
  grid = good;
  if (last) grid.points.front().id = grid.global_count;
  EXPECT_THROW(decompose(comm, grid, equal_weights(grid), {}), Error);
  grid = good;
  if (last) grid.points.front().id = 0;
  if (comm.root()) grid.points.back().id = 0;
  EXPECT_THROW(decompose(comm, grid, equal_weights(grid), {}), Error);
  grid = good;
  std::vector<double> weight = equal_weights(grid);
  if (last) weight.front() = -1.0;
  EXPECT_THROW(decompose(comm, grid, weight, {}), Error);
}

TEST(Locate, FindsOwnersAndIndicesAndKnowsWhatIsNotThere) {
  const Comm comm = Comm::world();
  Grid whole = whole_grid(10.0);
  std::erase_if(whole.points, [](const GridPoint& p) { return p.id == 5; });  // a gap in the ids
  Grid mine = dealt_grid(whole, comm);
  decompose(comm, mine, equal_weights(mine), {});
  std::vector<std::int64_t> wanted{5, -1, whole.global_count, whole.global_count + 7};
  for (const GridPoint& p : whole.points) wanted.push_back(p.id);
  if (comm.rank() == 1) wanted.resize(4);
  const std::vector<Location> at = locate(comm, mine, wanted);
  ASSERT_EQ(at.size(), wanted.size());
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(at[i].rank, -1) << wanted[i];
  for (std::size_t i = 4; i < at.size(); ++i) {
    ASSERT_GE(at[i].rank, 0);
    if (at[i].rank != comm.rank()) continue;
    EXPECT_EQ(mine.points[std::size_t(at[i].index)].id, wanted[i]);
  }
  const auto found_here = std::count_if(at.begin(), at.end(), [&](const Location& l) { return l.rank == comm.rank(); });
  if (comm.rank() != 1) {
    EXPECT_EQ(std::size_t(found_here), mine.points.size());
  }
}

}  // namespace
}  // namespace tilth
