#include "core/grid/grid.hpp"

#include <gtest/gtest.h>

namespace tilth {
namespace {

TEST(PftNames, AreFoundByTheirIndexAndOnlyThey) {
  for (int pft = 0; pft < pft_count; ++pft) EXPECT_EQ(pft_index(pft_names[std::size_t(pft)]), pft);
  EXPECT_EQ(pft_index("BAR"), 0);
  EXPECT_EQ(pft_index("CR4"), 13);
  EXPECT_EQ(pft_index("ent"), -1);
  EXPECT_EQ(pft_index(""), -1);
}

}  // namespace
}  // namespace tilth
