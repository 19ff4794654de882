#include "assim/distribution/bnrh.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assim/inflation.hpp"
#include "core/base/error.hpp"
#include "core/base/normal.hpp"

namespace tilth {
namespace {

const std::vector<double> three = {4.0, 1.0, 2.0};  // q = 1/4

TEST(Bnrh, MembersSitAtMultiplesOfTheBinMass) {
  const Bnrh b(three);
  EXPECT_EQ(b.quantiles(), (std::vector<double>{0.75, 0.25, 0.5}));
  EXPECT_EQ(b.cdf(1.0), 0.25);
  EXPECT_EQ(b.probits()[2], 0.0);
  EXPECT_NEAR(b.probits()[0], normal_quantile(0.75), 1e-16);
}

TEST(Bnrh, IsUniformBetweenMembers) {
  const Bnrh b(three);
  EXPECT_NEAR(b.cdf(1.5), 0.375, 1e-16);
  EXPECT_NEAR(b.cdf(3.0), 0.625, 1e-16);
  EXPECT_NEAR(b.quantile(0.375), 1.5, 1e-15);
  EXPECT_NEAR(b.quantile(0.625), 3.0, 1e-15);
}

TEST(Bnrh, UnboundedTailsAreNormalWithTheSpreadOfTheEnsemble) {
  const Bnrh b(three);
  const double s = member_spread(three), z = normal_quantile(0.25);
  EXPECT_NEAR(b.cdf(0.0), normal_cdf(z - 1.0 / s), 1e-15);
  EXPECT_NEAR(b.cdf(6.0), normal_cdf(2.0 / s - z), 1e-15);
  EXPECT_NEAR(b.quantile(0.1), 1.0 + s * (normal_quantile(0.1) - z), 1e-14);
  EXPECT_NEAR(b.from_probit(-9.0), 1.0 + s * (-9.0 - z), 1e-13);
  EXPECT_NEAR(b.from_probit(9.0), 4.0 + s * (9.0 + z), 1e-13);  // Phi(9) is 1 in double precision
  EXPECT_NEAR(b.probit(b.from_probit(9.0)), 9.0, 1e-13);
}

TEST(Bnrh, ABoundCutsTheTailAndKeepsItsMass) {
  const Bnrh b(three, {.lower = 0.0});
  const double s = member_spread(three), z = normal_quantile(0.25), outside = normal_cdf(z - 1.0 / s);
  EXPECT_EQ(b.cdf(0.0), 0.0);
  EXPECT_NEAR(b.cdf(0.5), 0.25 * (normal_cdf(z - 0.5 / s) - outside) / (0.25 - outside), 1e-15);
  EXPECT_EQ(b.quantile(0.0), 0.0);
  EXPECT_GE(b.from_probit(-40.0), 0.0);
}

TEST(Bnrh, ATailSqueezedByItsBoundIsUniform) {
  const std::vector<double> near_zero = {1e-3, 1.0, 2.0};
  const Bnrh b(near_zero, {.lower = 0.0});
  EXPECT_TRUE(b.left().uniform());
  EXPECT_FALSE(b.right().uniform());
  EXPECT_NEAR(b.cdf(0.5e-3), 0.125, 1e-15);
  EXPECT_NEAR(b.quantile(0.0625), 0.25e-3, 1e-18);
}

TEST(Bnrh, TiedMembersShareTheMiddleAndMembersOnABoundHalfTheirRange) {
  const std::vector<double> members = {0.0, 0.0, 0.0, 0.3, 0.5, 0.5, 1.0};  // q = 1/8
  const Bnrh b(members, {.lower = 0.0, .upper = 1.0});
  EXPECT_EQ(b.quantiles(), (std::vector<double>{1.5 / 8, 1.5 / 8, 1.5 / 8, 4.0 / 8, 5.5 / 8, 5.5 / 8, 1.0 - 0.5 / 8}));
  for (std::size_t k = 0; k < members.size(); ++k) {
    EXPECT_EQ(b.cdf(members[k]), b.quantiles()[k]) << k;
    EXPECT_EQ(b.quantile(b.quantiles()[k]), members[k]) << k;
  }
}

TEST(Bnrh, QuantileInvertsTheDistributionWithinTheBounds) {
  const std::vector<double> members = {0.62, 0.11, 0.48, 0.97, 0.30, 0.55};
  const Bnrh b(members, {.lower = 0.0, .upper = 1.0});
  double previous = -1.0;
  for (int i = 0; i <= 1000; ++i) {
    const double x = b.quantile(0.001 * i);
    EXPECT_GE(x, std::max(0.0, previous)) << i;
    EXPECT_LE(x, 1.0) << i;
    EXPECT_NEAR(b.cdf(x), 0.001 * i, 1e-14) << i;
    previous = x;
  }
  for (std::size_t k = 0; k < members.size(); ++k) EXPECT_NEAR(b.from_probit(b.probits()[k]), members[k], 1e-15) << k;
}

TEST(Bnrh, WithoutSpreadEveryQuantileIsTheMembersValue) {
  const std::vector<double> same = {0.2, 0.2, 0.2};
  const Bnrh b(same, {.lower = 0.0});
  for (const double u : {0.0, 0.1, 0.5, 0.9, 1.0}) EXPECT_EQ(b.quantile(u), 0.2) << u;
}

TEST(Bnrh, RefusesMembersOutsideTheBoundsAndNotANumber) {
  EXPECT_THROW(Bnrh(three, {.lower = 1.5}), Error);
  EXPECT_THROW(Bnrh(three, {.upper = 3.0}), Error);
  EXPECT_THROW(Bnrh(std::vector<double>{1.0, std::nan("")}), Error);
  EXPECT_THROW(Bnrh(std::vector<double>{1.0}), Error);
}

}  // namespace
}  // namespace tilth
