#include "core/state/ensemble.hpp"

#include <gtest/gtest.h>

#include <cstdint>

#include "core/base/error.hpp"

namespace tilth {
namespace {

Grid grid_with_tiles(const std::vector<int>& tiles) {
  Grid grid;
  for (const int n : tiles) {
    GridPoint p;
    p.id = grid.global_count++;
    for (int t = 0; t < n; ++t) p.surface.tiles.push_back({t, 1.0 / n});
    grid.points.push_back(p);
  }
  return grid;
}

TEST(Ensemble, GivesEveryRowItsOwnAlignedPlace) {
  const Grid grid = grid_with_tiles({2, 1, 5});
  for (const int members : {1, 7, 8, 9, 40}) {
    Ensemble ensemble(grid, 3, members);
    EXPECT_EQ(ensemble.columns(), 3);
    EXPECT_EQ(ensemble.tiles(0), 2);
    EXPECT_EQ(ensemble.tiles(2), 5);
    EXPECT_EQ(ensemble.first_tile(2), 3);
    EXPECT_EQ(ensemble.bytes(), 8LL * 8 * 3 * padded(members));
    double next = 0.0;
    for (int c = 0; c < 3; ++c) {
      ColumnView column = ensemble.column(c);
      for (int t = 0; t < column.tiles(); ++t) {
        for (int r = 0; r < 3; ++r) {
          EXPECT_EQ(std::uintptr_t(column.row(t, r)) % 64, 0u);
          EXPECT_EQ(column.members_of(t, r).size(), std::size_t(members));
          for (int m = 0; m < column.stride(); ++m) column.row(t, r)[m] = next++;
        }
      }
    }
    for (std::size_t i = 0; i < ensemble.data().size(); ++i) ASSERT_EQ(ensemble.data()[i], double(i));
  }
}

TEST(Ensemble, FillsPaddingWithTheLastMember) {
  Ensemble ensemble(grid_with_tiles({1, 2}), 2, 10);
  for (std::size_t i = 0; i < ensemble.data().size(); ++i) ensemble.data()[i] = double(i);
  ensemble.fill_padding();
  for (std::size_t row = 0; row < ensemble.data().size(); row += 16)
    for (std::size_t m = 0; m < 16; ++m) EXPECT_EQ(ensemble.data()[row + m], double(row + (m < 10 ? m : 9)));
}

TEST(Ensemble, MayHaveNoColumns) {
  Ensemble ensemble(Grid{}, 4, 8);
  EXPECT_EQ(ensemble.columns(), 0);
  EXPECT_EQ(ensemble.bytes(), 0);
  ensemble.fill_padding();
}

TEST(Ensemble, RefusesImpossibleShapes) {
  EXPECT_THROW(Ensemble(grid_with_tiles({1}), 3, 0), Error);
  EXPECT_THROW(Ensemble(grid_with_tiles({1}), 0, 3), Error);
  EXPECT_THROW(Ensemble(grid_with_tiles({1, 0}), 3, 3), Error);
  EXPECT_THROW(Ensemble(grid_with_tiles({max_tiles + 1}), 3, 3), Error);
}

}  // namespace
}  // namespace tilth
