#include "assim/adaptive_inflation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assim/desroziers.hpp"
#include "core/base/error.hpp"
#include "support/shared.hpp"
#include "unit/assim/analysis_problem.hpp"

namespace tilth::test {
namespace {

/// Logarithm of N(D; 0, theta^2) N(lambda; prior), without constants.
double log_posterior(double lambda, const InflationEstimate& prior, const InflationEvidence& e) {
  const double root = 1.0 + e.gamma * (std::sqrt(lambda) - 1.0);
  const double v = root * root * e.prior_variance + e.error_variance, away = (lambda - prior.lambda) / prior.sd;
  return -0.5 * (std::log(v) + e.departure * e.departure / v + away * away);
}

TEST(AdaptiveInflation, ExpectedDepartureVarianceInflatesTheCorrelatedPart) {
  EXPECT_NEAR(departure_variance(4.0, {2.0, 0.5, 0.0, 1.0}), 8.5, 1e-14);
  EXPECT_NEAR(departure_variance(4.0, {2.0, 0.5, 0.0, 0.5}), 5.0, 1e-14);
  EXPECT_NEAR(departure_variance(4.0, {2.0, 0.5, 0.0, 0.0}), 2.5, 1e-14);
}

TEST(AdaptiveInflation, ModeIsTheLargestDensityOfAFineScan) {
  const double departures[] = {0.0, 0.3, 1.0, 1.6, 3.0, 8.0}, spreads[] = {0.05, 0.3, 1.0, 4.0};
  for (const double gamma : {1.0, 0.6, 0.05})
    for (const double D : departures)
      for (const double sd : spreads)
        for (const double prior_variance : {0.1, 1.0, 25.0}) {
          const InflationEstimate prior{1.5, sd};
          const InflationEvidence evidence{prior_variance, 1.0, D, gamma};
          const double mode = inflation_mode(prior, evidence);
          double best = log_posterior(std::max(mode, 1e-12), prior, evidence);
          for (int i = 1; i <= 4000; ++i)
            EXPECT_LE(log_posterior(0.005 * i, prior, evidence), best + 1e-12)
                << "gamma " << gamma << " D " << D << " sd " << sd << " variance " << prior_variance << " at " << i;
        }
}

TEST(AdaptiveInflation, ADepartureAsLargeAsExpectedKeepsLambda) {
  const InflationEstimate prior{2.25, 0.5};
  const InflationEvidence evidence{4.0, 1.0, std::sqrt(10.0), 1.0};  // 2.25 * 4 + 1
  EXPECT_NEAR(inflation_mode(prior, evidence), 2.25, 1e-14);
}

TEST(AdaptiveInflation, AVeryUnsurePriorLeavesTheDepartureAlone) {
  // With a flat prior the likelihood is largest where theta^2 = D^2.
  EXPECT_NEAR(inflation_mode({1.0, 1e4}, {1.0, 1.0, 3.0, 1.0}), 8.0, 1e-4);
  EXPECT_NEAR(inflation_mode({1.0, 1e-6}, {1.0, 1.0, 3.0, 1.0}), 1.0, 1e-10);
}

TEST(AdaptiveInflation, LambdaStaysPositiveHoweverSmallTheDeparture) {
  const double mode = inflation_mode({1.0, 50.0}, {25.0, 0.01, 0.0, 1.0});
  EXPECT_GT(mode, 0.0);
  EXPECT_LT(mode, 1e-10);
}

TEST(AdaptiveInflation, SpreadFallsButNotBelowItsFloorNorAboveThePrior) {
  const InflationEvidence evidence{1.0, 1.0, 2.0, 1.0};
  const InflationLimits free{0.1, 100.0, 0.01};
  const InflationEstimate prior{1.2, 0.5}, posterior = update_inflation(prior, evidence, free);
  EXPECT_LT(posterior.sd, prior.sd);
  EXPECT_GT(posterior.sd, 0.3);
  // the normal distribution through the two densities
  const double drop =
      log_posterior(posterior.lambda, prior, evidence) - log_posterior(posterior.lambda + prior.sd, prior, evidence);
  EXPECT_NEAR(0.5 * prior.sd * prior.sd / (posterior.sd * posterior.sd), drop, 1e-12);
  EXPECT_EQ(update_inflation(prior, evidence, {0.1, 100.0, 0.45}).sd, std::max(0.45, posterior.sd));
  EXPECT_EQ(update_inflation({1.2, 0.3}, evidence, {0.1, 100.0, 0.6}).sd, 0.3);
}

TEST(AdaptiveInflation, KeepsItsLimitsAndIsUntouchedWithoutEvidence) {
  const InflationEstimate prior{1.2, 0.5};
  EXPECT_EQ(update_inflation(prior, {1.0, 1.0, 50.0, 1.0}, {1.0, 1.5, 0.1}).lambda, 1.5);
  EXPECT_EQ(update_inflation(prior, {1.0, 1.0, 0.0, 1.0}, {1.15, 5.0, 0.1}).lambda, 1.15);
  for (const InflationEvidence& none : {InflationEvidence{1.0, 1.0, 5.0, 0.0}, InflationEvidence{0.0, 1.0, 5.0, 1.0}}) {
    const InflationEstimate same = update_inflation(prior, none, {2.0, 3.0, 0.1});
    EXPECT_EQ(same.lambda, prior.lambda);
    EXPECT_EQ(same.sd, prior.sd);
  }
  EXPECT_THROW(update_inflation({0.0, 0.5}, {1.0, 1.0, 1.0, 1.0}, {}), Error);
  EXPECT_THROW(update_inflation(prior, {1.0, 1.0, std::nan(""), 1.0}, {}), Error);
}

TEST(AdaptiveInflation, DampingForgetsTowardsOne) {
  EXPECT_EQ(damped_inflation(1.4, 1.0), 1.4);
  EXPECT_EQ(damped_inflation(1.4, 0.0), 1.0);
  EXPECT_NEAR(damped_inflation(1.4, 0.9), 1.36, 1e-15);
}

TEST(InnovationInflation, IsTheExcessOfTheInnovationsOverTheirErrors) {
  InnovationSums sums;
  add(sums, 2.0, 1.0, 0.5);   // d^2 / r = 8, spread 2
  add(sums, -1.0, 3.0, 1.0);  // 1, 3
  EXPECT_NEAR(innovation_inflation(sums), (9.0 - 2.0) / 5.0, 1e-15);
  EXPECT_THROW(innovation_inflation(InnovationSums{}), Error);
}

TEST(InnovationInflation, IsRelaxedAndNeverBelowOne) {
  EXPECT_NEAR(relaxed_inflation(1.2, 2.2, 0.1), 1.3, 1e-15);
  EXPECT_NEAR(relaxed_inflation(1.5, -3.0, 0.1), 1.35, 1e-15);  // a negative estimate counts as 0
  EXPECT_EQ(relaxed_inflation(1.01, 0.0, 0.5), 1.0);
  EXPECT_EQ(relaxed_inflation(1.2, 2.2, 0.0), 1.2);
}

TEST(Desroziers, RecoversTheErrorsOfAScalarKalmanFilter) {
  // B = 2, R = 0.5, K = B / (B + R) = 0.8: d_oa = (1 - K) d_ob, so every statistic is a multiple of mean(d_ob^2) = 2.5.
  DepartureProducts sums;
  for (const double d : {std::sqrt(2.5), -std::sqrt(2.5)}) add(sums, d, 0.2 * d);
  const ErrorVariances e = desroziers(sums);
  EXPECT_NEAR(e.observation, 0.5, 1e-15);
  EXPECT_NEAR(e.background, 2.0, 1e-15);
  EXPECT_NEAR(e.analysis, 0.8 * 0.5, 1e-15);
  EXPECT_NEAR(e.innovation, 2.5, 1e-15);
}

TEST(AdaptiveInflation, AgreesWithTheReferenceData) {
  TILTH_SHARED_OR_SKIP(truth, "truth/05_adaptive_inflation.json");
  const auto& in = truth["inputs"];
  const auto& out = truth["expected"];
  const Matrix rows = matrix_of(in["rows"]);
  const Vector mode = vector_of(out["mode"]);
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    const InflationEvidence evidence{rows(i, 2), rows(i, 3), rows(i, 4), rows(i, 5)};
    EXPECT_NEAR(inflation_mode({rows(i, 0), rows(i, 1)}, evidence), mode(i), 1e-5) << i;
  }
  const Matrix Y = matrix_of(in["Y"]), d_ob = matrix_of(in["d_ob"]), d_oa = matrix_of(in["d_oa"]);
  const Vector d = vector_of(in["d"]), r = vector_of(in["r"]), HPH = covariance_of(Y).diagonal();
  InnovationSums sums;
  for (Eigen::Index i = 0; i < d.size(); ++i) add(sums, d(i), HPH(i), r(i));
  EXPECT_NEAR(innovation_inflation(sums), out["lambda_innov"], 1e-12);

  const ErrorCovariances e = desroziers(Eigen::MatrixXd(d_ob), Eigen::MatrixXd(d_oa));
  EXPECT_LT(largest_difference(e.observation, matrix_of(out["R_est"])), 1e-12);
  EXPECT_LT(largest_difference(e.background, matrix_of(out["HBH_est"])), 1e-12);
  EXPECT_LT(largest_difference(e.analysis, matrix_of(out["HAH_est"])), 1e-12);
  EXPECT_LT(largest_difference(e.innovation, matrix_of(out["S_est"])), 1e-12);
}

}  // namespace
}  // namespace tilth::test
