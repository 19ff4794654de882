#include "core/base/normal.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

namespace tilth {
namespace {

constexpr long double root_half = 0.70710678118654752440084436210485L;
long double exact_cdf(double x) { return 0.5L * std::erfc(-static_cast<long double>(x) * root_half); }

TEST(Normal, DistributionIsExactToTheLastDigitsInBothTails) {
  double largest = 0.0;
  for (int i = -37499; i <= 8000; ++i) {
    const double x = i * 1e-3 + 1e-5 * (i % 7);
    const long double exact = exact_cdf(x);
    largest = std::max(largest, double(std::abs(normal_cdf(x) - exact) / exact));
  }
  EXPECT_LT(largest, 2e-15);  // two exponentials of 4e-16 and two polynomials
}

TEST(Normal, DensityIsItsClosedForm) {
  EXPECT_NEAR(normal_density(0.0), 1.0 / std::sqrt(2.0 * std::numbers::pi), 1e-16);
  for (int i = -3700; i <= 3700; ++i) {
    const double x = 0.01 * i;
    const long double exact =
        std::exp(-0.5L * static_cast<long double>(x) * x) / std::sqrt(2.0L * std::numbers::pi_v<long double>);
    EXPECT_NEAR(double(normal_density(x) / exact), 1.0, 2e-15) << x;
  }
  EXPECT_EQ(normal_density(40.0), 0.0);
}

TEST(Normal, QuantileInvertsTheDistribution) {
  for (int i = -37000; i <= 8000; ++i) {
    const double z = i * 1e-3, p = normal_cdf(z), back = normal_quantile(p);
    // rounding of p moves z by p * epsilon / density
    const double conditioning = p * 2e-15 / normal_density(z);
    EXPECT_NEAR(back, z, 2e-15 * std::abs(z) + conditioning) << z;
  }
}

TEST(Normal, QuantileHasItsKnownValues) {
  EXPECT_NEAR(normal_quantile(0.25), -0.6744897501960817432, 1e-15);
  EXPECT_NEAR(normal_quantile(0.001), -3.0902323061678135415, 1e-14);
  EXPECT_NEAR(normal_quantile(1e-20), -9.2623400897984075796, 1e-14);
  EXPECT_EQ(normal_quantile(0.5), 0.0);
  for (const double p : {0.01, 0.2, 0.3125, 0.46875}) EXPECT_NEAR(normal_quantile(p), -normal_quantile(1.0 - p), 1e-15);
}

TEST(Normal, EndsAreInfinityAndImpossibleProbabilitiesNaN) {
  EXPECT_EQ(normal_quantile(0.0), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(normal_quantile(1.0), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(normal_quantile(-1e-9)));
  EXPECT_TRUE(std::isnan(normal_quantile(1.5)));
  EXPECT_EQ(normal_cdf(-50.0), 0.0);
  EXPECT_EQ(normal_cdf(50.0), 1.0);
  EXPECT_TRUE(std::isnan(normal_cdf(std::nan(""))));
}

}  // namespace
}  // namespace tilth
