#include <cmath>

#include <gtest/gtest.h>

#include "driver/verify/verification.hpp"

namespace tilth {
namespace {

TEST(Skill, FollowsItsFormulas) {
  const std::vector<double> observed{1, 2, 3, 6}, predicted{2, 2, 5, 7};
  const auto s = skill(observed, predicted);
  EXPECT_NEAR(s.bias, 1.0, 1e-15);
  EXPECT_NEAR(s.rmse, std::sqrt(6.0 / 4.0), 1e-15);
  EXPECT_NEAR(s.nse, 1.0 - 6.0 / 14.0, 1e-15);             // deviations -2 -1 0 3
  EXPECT_NEAR(s.r, 15.0 / std::sqrt(14.0 * 18.0), 1e-15);  // deviations -2 -2 1 3
}

TEST(Skill, IsPerfectForEqualSeriesAndZeroForTheMean) {
  const std::vector<double> observed{0.5, 1.5, 4.0}, mean(3, 2.0);
  const auto perfect = skill(observed, observed), climatology = skill(observed, mean);
  EXPECT_EQ(perfect.nse, 1.0);
  EXPECT_EQ(perfect.rmse, 0.0);
  EXPECT_NEAR(perfect.r, 1.0, 1e-15);
  EXPECT_NEAR(climatology.nse, 0.0, 1e-15);
  EXPECT_TRUE(std::isnan(climatology.r));
}

TEST(Skill, IsUndefinedWithoutVariance) {
  const std::vector<double> constant{2, 2, 2}, predicted{1, 2, 3};
  const auto s = skill(constant, predicted);
  EXPECT_TRUE(std::isnan(s.nse));
  EXPECT_TRUE(std::isnan(s.r));
  EXPECT_NEAR(s.rmse, std::sqrt(2.0 / 3.0), 1e-15);
}

}  // namespace
}  // namespace tilth
