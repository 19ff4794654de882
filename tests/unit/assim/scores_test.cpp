#include "assim/scores.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "core/base/error.hpp"
#include "core/base/normal.hpp"
#include "support/shared.hpp"
#include "unit/assim/analysis_problem.hpp"

namespace tilth::test {
namespace {

TEST(Crps, OfOneOrEqualMembersIsTheAbsoluteError) {
  EXPECT_EQ(crps(std::vector<double>{2.0}, 5.0), 3.0);
  EXPECT_EQ(crps(std::vector<double>{2.0, 2.0, 2.0}, 1.5), 0.5);
}

TEST(Crps, IsTheIntegralOfTheSquaredDifferenceOfTheSteps) {
  // Members 0, 1, 4 and o = 2: (F - step)^2 is 1/9 on (0, 1), 4/9 on (1, 2), 1/9 on (2, 4).
  const std::vector<double> members = {4.0, 0.0, 1.0};
  EXPECT_NEAR(crps(members, 2.0), 1.0 / 9 + 4.0 / 9 + 2.0 / 9, 1e-15);
  EXPECT_NEAR(crps_fair(members, 2.0), 5.0 / 3 - 8.0 / 6, 1e-15);  // mean |x - o| - sum over pairs / (N (N - 1))
}

TEST(Crps, OfAGaussianHasItsKnownValuesAndIsTheLimitOfManyQuantiles) {
  EXPECT_NEAR(crps_gaussian(0.0, 1.0, 0.0), (std::sqrt(2.0) - 1.0) / std::sqrt(std::numbers::pi), 1e-15);
  EXPECT_EQ(crps_gaussian(1.0, 0.0, 3.0), 2.0);
  EXPECT_NEAR(crps_gaussian(0.0, 1.0, 50.0), 50.0 - 1.0 / std::sqrt(std::numbers::pi), 1e-13);
  constexpr int N = 20000;
  std::vector<double> members(N);
  for (int k = 0; k < N; ++k) members[k] = 1.0 + 2.0 * normal_quantile((k + 0.5) / N);
  EXPECT_NEAR(crps(members, 2.5), crps_gaussian(1.0, 2.0, 2.5), 1e-4);  // of a rule with 20000 points
}

TEST(Rank, CountsMembersStrictlyBelow) {
  const std::vector<double> members = {3.0, 1.0, 2.0};
  EXPECT_EQ(rank_of(members, 0.0), 0);
  EXPECT_EQ(rank_of(members, 2.0), 1);
  EXPECT_EQ(rank_of(members, 2.5), 2);
  EXPECT_EQ(rank_of(members, 9.0), 3);
}

TEST(Scores, OfTwoCasesByHand) {
  ScoreSums sums(2);
  add(sums, std::vector<double>{0.0, 2.0}, 2.0, 1.0);    // mean 1, variance 2, reduced 1 / sqrt(3)
  add(sums, std::vector<double>{-1.0, 1.0}, -3.0, 1.0);  // mean 0, variance 2, reduced -3 / sqrt(3)
  const Scores s = scores(sums);
  EXPECT_NEAR(s.bias, 1.0, 1e-15);
  EXPECT_NEAR(s.rmse, std::sqrt(5.0), 1e-15);
  EXPECT_NEAR(s.spread, std::sqrt(2.0), 1e-15);
  EXPECT_NEAR(s.spread_corrected, std::sqrt(3.0), 1e-15);
  EXPECT_NEAR(s.rcrv_bias, -1.0 / std::sqrt(3.0), 1e-15);
  EXPECT_NEAR(s.rcrv_sd, 4.0 / std::sqrt(6.0), 1e-15);
  EXPECT_NEAR(s.chi2, 10.0 / 6.0, 1e-15);
  EXPECT_NEAR(s.log_score, 0.5 * (std::log(6.0 * std::numbers::pi) + 10.0 / 6.0), 1e-15);
  EXPECT_EQ(sums.histogram, (std::vector<std::int64_t>{1, 1, 0}));
}

TEST(Scores, RefuseNotANumberAndNoSpreadAtAll) {
  ScoreSums sums(2);
  EXPECT_THROW(add(sums, std::vector<double>{0.0, std::nan("")}, 2.0, 1.0), Error);
  EXPECT_THROW(add(sums, std::vector<double>{0.0, 1.0}, std::nan(""), 1.0), Error);
  EXPECT_THROW(add(sums, std::vector<double>{1.0, 1.0}, 2.0, 0.0), Error);
  EXPECT_EQ(sums.count, 0);
}

TEST(Scores, AgreeWithTheReferenceInEveryKey) {
  TILTH_SHARED_OR_SKIP(truth, "truth/10_diagnostics.json");
  const auto& out = truth["expected"];
  const Matrix F = matrix_of(truth["inputs"]["F"]);
  const Vector o = vector_of(truth["inputs"]["o"]), step = vector_of(out["crps"]), fair = vector_of(out["crps_fair"]),
               gauss = vector_of(out["crps_gauss"]), rank = vector_of(out["rank"]);
  ScoreSums sums{int(F.cols())};
  for (Eigen::Index t = 0; t < F.rows(); ++t) {
    const std::span<const double> members(F.row(t).data(), std::size_t(F.cols()));
    const double mean = F.row(t).mean(),
                 sd = std::sqrt((F.row(t).array() - mean).square().sum() / double(F.cols() - 1));
    EXPECT_NEAR(crps(members, o(t)), step(t), 1e-12);
    EXPECT_NEAR(crps_fair(members, o(t)), fair(t), 1e-12);
    EXPECT_NEAR(crps_gaussian(mean, sd, o(t)), gauss(t), 1e-12);
    EXPECT_EQ(rank_of(members, o(t)), rank(t));
    add(sums, members, o(t), truth["inputs"]["so"]);
  }
  EXPECT_EQ(sums.histogram, out["hist"].get<std::vector<std::int64_t>>());
  const Scores s = scores(sums);
  const std::pair<const char*, double> keys[] = {{"crps_mean", s.crps},      {"crps_fair_mean", s.crps_fair},
                                                 {"rmse", s.rmse},           {"bias", s.bias},
                                                 {"spread", s.spread},       {"spread_corrected", s.spread_corrected},
                                                 {"rcrv_bias", s.rcrv_bias}, {"rcrv_sd", s.rcrv_sd},
                                                 {"chi2", s.chi2},           {"logscore", s.log_score}};
  for (const auto& [key, value] : keys) EXPECT_NEAR(value, out[key], 1e-12) << key;
}

}  // namespace
}  // namespace tilth::test
