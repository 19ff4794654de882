#include "assim/distribution/probit_regression.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assim/distribution/bnrh_update.hpp"
#include "assim/inflation.hpp"
#include "support/shared.hpp"
#include "unit/assim/analysis_problem.hpp"

namespace tilth::test {
namespace {

const Marginal normal{}, positive{Marginal::Kind::bnrh, {.lower = 0.0}}, free_bnrh{Marginal::Kind::bnrh, {}};

std::vector<double> values(const nlohmann::json& list) { return list.get<std::vector<double>>(); }

TEST(ProbitRegression, WithNormalMarginalsIsLinearRegression) {
  const std::vector<double> prior = {1.0, 2.0, 4.0, 5.0}, posterior = {1.5, 2.25, 3.75, 4.5};
  std::vector<double> row = {3.0, 1.0, 0.0, -2.0};
  probit_regression(ProbitStep(prior, posterior, normal), row, normal, 0.5);
  const double slope = -1.1;  // sum of x y' = -11, of y'^2 = 10
  const double increments[] = {0.5, 0.25, -0.25, -0.5}, before[] = {3.0, 1.0, 0.0, -2.0};
  for (int k = 0; k < 4; ++k) EXPECT_NEAR(row[k], before[k] + 0.5 * slope * increments[k], 1e-15) << k;
}

TEST(ProbitRegression, AVariableOfTheObservationsOwnRanksFollowsItsQuantiles) {
  // The row is a monotone function of the observed quantity: its probits are the same, and so are its new quantiles.
  const std::vector<double> prior = {0.3, 2.2, 1.1, 0.7, 3.0};
  std::vector<double> row, posterior = bnrh_update(Bnrh(prior, positive.bounds), std::vector<double>{1, 4, 3, 2, 2});
  for (const double x : prior) row.push_back(std::exp(x));
  const std::vector<double> before = row;
  probit_regression(ProbitStep(prior, posterior, positive), row, free_bnrh, 1.0);
  const Bnrh observed(prior, positive.bounds), state(before);
  for (std::size_t k = 0; k < row.size(); ++k)
    EXPECT_NEAR(state.probit(row[k]), observed.probit(posterior[k]), 1e-13) << k;
}

TEST(ProbitRegression, KeepsBoundsHoweverFarTheObservation) {
  const std::vector<double> prior = {0.3, 2.2, 1.1, 0.7, 3.0};
  const ProbitStep step(prior, bnrh_update(Bnrh(prior), gaussian_likelihood(prior, -50.0, 0.01)), free_bnrh);
  for (const bool rising : {true, false}) {
    std::vector<double> row = {0.0, 0.8, 0.5, 0.0, 1.0};
    if (!rising) row = {1.0, 0.0, 0.3, 1.0, 0.0};
    probit_regression(step, row, {Marginal::Kind::bnrh, {.lower = 0.0, .upper = 1.0}}, 1.0);
    for (const double x : row) EXPECT_TRUE(x >= 0.0 && x <= 1.0) << x;
  }
}

TEST(ProbitRegression, ChangesNoBitWithoutWeightSpreadOrIncrement) {
  const std::vector<double> prior = {0.3, 2.2, 1.1, 0.7, 0.9, 5.1}, same(6, 0.1);
  const std::vector<double> far = {3e8, 2e8, 1e8, 4e8, 5e8, 6e8};  // so that round-off of a regression would show
  const ProbitStep step(prior, far, normal), still(prior, prior, positive), flat(same, far, normal);
  for (const Marginal& marginal : {normal, positive}) {
    std::vector<double> row = {0.1, 0.7, 0.3, 1.9, 0.4, 0.2};
    const std::vector<double> before = row;
    probit_regression(step, row, marginal, 0.0);
    probit_regression(still, row, marginal, 1.0);
    probit_regression(flat, row, marginal, 1.0);
    EXPECT_EQ(row, before);
    std::vector<double> constant = same;  // the mean of equal numbers need not be their value
    probit_regression(step, constant, marginal, 1.0);
    EXPECT_EQ(constant, same);
  }
}

TEST(ProbitRegression, CorrelationIsThatOfTheProbits) {
  const std::vector<double> prior = {0.3, 2.2, 1.1, 0.7}, posterior = prior;
  const ProbitStep step(prior, posterior, positive);
  EXPECT_NEAR(ProbitRow(std::vector<double>{1.0, 90.0, 3.0, 2.0}, free_bnrh).correlation(step), 1.0, 1e-15);
  EXPECT_NEAR(ProbitRow(std::vector<double>{-1.0, -90.0, -3.0, -2.0}, free_bnrh).correlation(step), -1.0, 1e-15);
  EXPECT_EQ(ProbitRow(std::vector<double>(4, 7.0), free_bnrh).correlation(step), 0.0);
}

class BoundedReference : public ::testing::TestWithParam<const char*> {};

TEST_P(BoundedReference, AgreesInEveryKey) {
  TILTH_SHARED_OR_SKIP(truth, "truth/12_qceff_bnrh.json");
  const auto& in = truth["inputs"][GetParam()];
  const auto& out = truth["expected"][GetParam()];
  const auto close = [&](const std::vector<double>& got, const char* key) {
    const Vector expected = vector_of(out[key]),
                 computed = Eigen::Map<const Vector>(got.data(), Eigen::Index(got.size()));
    ASSERT_EQ(expected.size(), computed.size()) << key;
    EXPECT_LT(largest_difference(computed, expected), allowed(expected, 1e-12)) << key;
  };
  Bounds bounds;
  if (in["has_lower"]) bounds.lower = in["lower"];
  if (in["has_upper"]) bounds.upper = in["upper"];
  const std::vector<double> ens = values(in["ens"]);
  const double y = in["y"], r = in["r"];
  const Bnrh prior(ens, bounds);
  close(prior.quantiles(), "quantiles");
  close(prior.probits(), "probit");
  std::vector<double> cdf, increments, sorted_likelihood;
  for (const double x : values(in["grid"])) cdf.push_back(prior.cdf(x));
  close(cdf, "cdf_grid");
  EXPECT_EQ(prior.left().uniform(), double(out["uniform_left"]) == 1.0);
  EXPECT_EQ(prior.right().uniform(), double(out["uniform_right"]) == 1.0);

  const auto likelihood = truncated_gaussian_likelihood(ens, y, r, bounds);
  for (const auto k : prior.order()) sorted_likelihood.push_back(likelihood[std::size_t(k)]);
  close(sorted_likelihood, "likelihood_sorted");
  close(bnrh_posterior_cdf(prior, likelihood), "post_cum_at_sorted");
  const auto posterior = bnrh_update(prior, likelihood);
  close(posterior, "posterior");
  for (std::size_t k = 0; k < ens.size(); ++k) increments.push_back(posterior[k] - ens[k]);
  close(increments, "increments");
  close(bnrh_update(prior, gaussian_likelihood(ens, y, r)), "posterior_plain_like");

  const ProbitStep step(ens, posterior, {Marginal::Kind::bnrh, bounds});
  close({step.increment().begin(), step.increment().end()}, "probit_increment");
  std::vector<double> row = values(in["state_normal"]);
  probit_regression(step, row, normal, 1.0);
  close(row, "state_normal_post");
  row = values(in["state_positive"]);
  probit_regression(step, row, positive, 1.0);
  close(row, "state_positive_post");
}
INSTANTIATE_TEST_SUITE_P(Cases, BoundedReference, ::testing::Values("unbounded", "below", "both", "tight", "ties"));

}  // namespace
}  // namespace tilth::test
