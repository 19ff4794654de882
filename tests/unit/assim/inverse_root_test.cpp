#include "assim/methods/inverse_root.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tilth {
namespace {

TEST(InverseRoot, IsAccurateOverItsWholeInterval) {
  for (const double kappa : {1.0, 1.1, 2.0, 13.0, 500.0, 1e6, 1e9, 1e15, 1e24}) {
    const InverseRoot& root = inverse_root(kappa);
    for (int i = 0; i <= 200; ++i) {
      const double x = std::pow(kappa, i / 200.0);
      double sum = 0.0;
      for (std::size_t m = 0; m < root.shift.size(); ++m) sum += root.weight[m] / (x + root.shift[m]);
      EXPECT_NEAR(sum * std::sqrt(x), 1.0, 5e-14) << kappa << ' ' << x;
    }
  }
}

TEST(InverseRoot, HasPositiveTermsAndFewOfThem) {
  for (const double kappa : {1.0, 10.0, 1e6}) {
    const InverseRoot& root = inverse_root(kappa);
    EXPECT_EQ(root.shift.size(), root.weight.size());
    EXPECT_LE(root.shift.size(), 30u);
    for (std::size_t m = 0; m < root.shift.size(); ++m) {
      EXPECT_GT(root.shift[m], 0.0);
      EXPECT_GT(root.weight[m], 0.0);
    }
  }
}

TEST(InverseRoot, TakesTheClassThatContainsKappa) {
  EXPECT_EQ(&inverse_root(2.0), &inverse_root(1.5));       // class up to 2
  EXPECT_NE(&inverse_root(2.0), &inverse_root(2.000001));  // class up to 2 sqrt 2
  EXPECT_EQ(&inverse_root(1.0), &inverse_root(1.0));
  EXPECT_NE(&inverse_root(1.0), &inverse_root(1.000001));
}

}  // namespace
}  // namespace tilth
