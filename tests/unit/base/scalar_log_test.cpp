#include "core/base/scalar_log.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

namespace tilth {
namespace {

// Distance to the logarithm in extended precision, in units in the last place of the result.
double error_ulp(double x) {
  const long double exact = std::log(static_cast<long double>(x));
  const double rounded = std::abs(static_cast<double>(exact));
  const double ulp = std::nextafter(rounded, std::numeric_limits<double>::infinity()) - rounded;
  return static_cast<double>(std::abs(scalar_log(x) - exact) / ulp);
}

TEST(ScalarLog, IsWithinOneUlpOverAllPositiveNumbers) {
  std::mt19937_64 engine(3);
  double largest = 0.0;
  for (int i = 0; i < 1'000'000; ++i) {
    const double x = std::bit_cast<double>(engine() & 0x7fffffffffffffff);
    if (std::isfinite(x) && x > 0.0) largest = std::max(largest, error_ulp(x));
  }
  EXPECT_LT(largest, 1.0);
  RecordProperty("largest_error_ulp", std::to_string(largest));
}

TEST(ScalarLog, IsWithinOneUlpWhereItIsSmall) {
  std::mt19937_64 engine(4);
  std::uniform_real_distribution<double> near_one(0.5, 2.0), exponent(-52.0, 0.0);
  double largest = 0.0;
  for (int i = 0; i < 1'000'000; ++i) {
    largest = std::max(largest, error_ulp(near_one(engine)));
    const double step = std::exp2(exponent(engine));
    largest = std::max({largest, error_ulp(1.0 + step), error_ulp(1.0 - 0.5 * step)});
  }
  EXPECT_LT(largest, 1.0);
  RecordProperty("largest_error_ulp", std::to_string(largest));
}

TEST(ScalarLog, IsExactAtOneAndFollowsIeeeAtTheEdges) {
  using Limits = std::numeric_limits<double>;
  EXPECT_EQ(scalar_log(1.0), 0.0);
  EXPECT_EQ(scalar_log(0.0), -Limits::infinity());
  EXPECT_EQ(scalar_log(Limits::infinity()), Limits::infinity());
  EXPECT_TRUE(std::isnan(scalar_log(-1.0)));
  EXPECT_TRUE(std::isnan(scalar_log(Limits::quiet_NaN())));
  EXPECT_LT(error_ulp(Limits::denorm_min()), 1.0);
  EXPECT_LT(error_ulp(Limits::max()), 1.0);
}

}  // namespace
}  // namespace tilth
