#include "assim/distribution/bnrh_update.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assim/distribution/probit_regression.hpp"
#include "assim/inflation.hpp"
#include "core/base/error.hpp"
#include "core/base/normal.hpp"
#include "core/base/scalar_log.hpp"
#include "support/shared.hpp"
#include "unit/assim/analysis_problem.hpp"

namespace tilth::test {
namespace {

TEST(Likelihood, IsTheNormalDensityOfTheDepartureUpToAFactor) {
  const auto l = gaussian_likelihood(std::vector<double>{0.0, 1.0, 3.0}, 1.0, 4.0);
  EXPECT_NEAR(l[0] / l[1], std::exp(-1.0 / 8.0), 1e-15);
  EXPECT_NEAR(l[2] / l[1], std::exp(-4.0 / 8.0), 1e-15);
  EXPECT_NEAR(l[0] + l[1] + l[2], 1.0, 1e-15);
}

TEST(Likelihood, TruncationDividesByTheMassInsideTheBounds) {
  const std::vector<double> x = {0.0, 0.5};
  const Bounds bounds{.lower = 0.0, .upper = 2.0};
  const auto l = truncated_gaussian_likelihood(x, 0.4, 0.25, bounds);
  const auto density = [](double m) {
    return normal_density((0.4 - m) / 0.5) / (normal_cdf((2.0 - m) / 0.5) - normal_cdf(-m / 0.5));
  };
  EXPECT_NEAR(l[1] / l[0], density(0.5) / density(0.0), 1e-14);
}

TEST(Likelihood, OfAFarObservationIsNotZeroEverywhere) {
  const auto l = gaussian_likelihood(std::vector<double>{0.0, 1.0}, 1e4, 1.0);
  EXPECT_NEAR(l[1], 1.0, 1e-15);
  EXPECT_THROW(gaussian_likelihood(std::vector<double>{0.0, 1.0}, 0.0, 0.0), Error);
}

TEST(BnrhUpdate, AFlatLikelihoodMovesNothing) {
  const std::vector<double> prior = {0.62, 0.11, 0.48, 0.97, 0.0, 0.55, 0.55};
  const auto posterior = bnrh_update(Bnrh(prior, {.lower = 0.0}), std::vector<double>(7, 0.3));
  for (std::size_t k = 0; k < prior.size(); ++k) EXPECT_NEAR(posterior[k], prior[k], 1e-15) << k;
}

TEST(BnrhUpdate, HasItsClosedFormForTwoMembers) {
  // Weights 1 and 3: bins 1, 2, 3 over 6; the quantiles 1/3 and 2/3 lie half way up the inner bin and one third up the
  // tail.
  const std::vector<double> prior = {0.0, 1.0};
  const auto posterior = bnrh_update(Bnrh(prior), std::vector<double>{1.0, 3.0});
  EXPECT_NEAR(posterior[0], 0.5, 1e-15);                                     // (1/3 - 1/6) / (1/3) of the inner bin
  const double s = std::sqrt(0.5), above = (1.0 / 3.0) * (1.0 / 3.0) / 0.5;  // of the upper tail's 1/3
  EXPECT_NEAR(posterior[1], 1.0 + s * (normal_quantile(1.0 / 3.0) - normal_quantile(above)), 1e-14);
}

TEST(BnrhUpdate, RefusesAnImpossibleLikelihood) {
  const Bnrh prior(std::vector<double>{0.0, 1.0});
  EXPECT_THROW(bnrh_update(prior, std::vector<double>{0.0, 0.0}), Error);
  EXPECT_THROW(bnrh_update(prior, std::vector<double>{1.0, -1.0}), Error);
  EXPECT_THROW(bnrh_update(prior, std::vector<double>{1.0, std::nan("")}), Error);
}

/// Members drawn from Gamma(2, 1): the sum of two exponential numbers.
std::vector<double> gamma_members(int members) {
  const Random random(42, Purpose::test);
  std::vector<double> x(members);
  for (int k = 0; k < members; ++k)
    x[k] = -scalar_log(random.uniform({.member = k})) - scalar_log(random.uniform({.member = k, .draw = 1}));
  return x;
}

struct Moments {
  double mean = 0.0, sd = 0.0, below = 0.0;
};

/// Mean, spread and share below 0.2 of the Bayesian posterior of Gamma(2, 1) given y, by the trapezoidal rule.
Moments gamma_posterior(double y, double variance, bool truncated) {
  const double h = 1e-4, sd = std::sqrt(variance);
  double mass = 0.0, first = 0.0, second = 0.0, below = 0.0;
  for (int i = 1; i < 120000; ++i) {
    const double x = h * i;
    double p = x * std::exp(-x) * normal_density((y - x) / sd);
    if (truncated) p /= normal_cdf(x / sd);
    mass += p;
    first += p * x;
    second += p * x * x;
    if (x < 0.2) below += p;
  }
  return {first / mass, std::sqrt(second / mass - first * first / (mass * mass)), below / mass};
}

Moments moments(std::span<const double> x, double limit) {
  double below = 0.0;
  for (const double v : x) below += v < limit;
  return {member_mean(x), member_spread(x), below / double(x.size())};
}

class BoundedBayes : public ::testing::TestWithParam<bool> {};

TEST_P(BoundedBayes, LargeEnsemblesReachTheExactPosteriorOfAGammaPrior) {
  const double y = 0.7, r = 0.25;
  const Bounds positive{.lower = 0.0};
  const std::vector<double> members = gamma_members(5000);
  const Bnrh prior(members, positive);
  const auto posterior = bnrh_update(
      prior, GetParam() ? truncated_gaussian_likelihood(members, y, r, positive) : gaussian_likelihood(members, y, r));
  const Moments got = moments(posterior, 0.2), exact = gamma_posterior(y, r, GetParam());
  EXPECT_NEAR(got.mean, exact.mean, 0.02);  // sampling error of 5000 members: about 0.4 / sqrt(effective size)
  EXPECT_NEAR(got.sd, exact.sd, 0.02);
  EXPECT_NEAR(got.below, exact.below, 0.01);
  for (const double x : posterior) EXPECT_GE(x, 0.0);

  TILTH_SHARED_OR_SKIP(truth, "truth/25_bounded_bayes_limit.json");
  const auto& expected = truth["expected"][GetParam() ? "truncated_like" : "plain_like"];
  EXPECT_NEAR(got.mean, expected["mean"]["value"], double(expected["mean"]["tol"]));
  EXPECT_NEAR(got.sd, expected["sd"]["value"], double(expected["sd"]["tol"]));
  EXPECT_NEAR(got.below, expected["prob_below_0p2"]["value"], double(expected["prob_below_0p2"]["tol"]));
}
INSTANTIATE_TEST_SUITE_P(Likelihoods, BoundedBayes, ::testing::Values(true, false));

}  // namespace
}  // namespace tilth::test
