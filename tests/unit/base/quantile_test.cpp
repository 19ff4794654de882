#include "core/base/quantile.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace tilth {
namespace {

TEST(SortedQuantile, IsLinearBetweenTheValuesAndEndsAtTheExtremes) {
  const std::vector<double> x{1.0, 3.0, 7.0};
  EXPECT_EQ(sorted_quantile(x, 0.0), 1.0);
  EXPECT_EQ(sorted_quantile(x, 0.25), 2.0);
  EXPECT_EQ(sorted_quantile(x, 0.5), 3.0);
  EXPECT_EQ(sorted_quantile(x, 0.75), 5.0);
  EXPECT_EQ(sorted_quantile(x, 1.0), 7.0);
  EXPECT_EQ(sorted_quantile(std::vector<double>{4.0}, 0.9), 4.0);
}

}  // namespace
}  // namespace tilth
