#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "assim/event_scores.hpp"
#include "assim/inflation.hpp"
#include "assim/moment_scores.hpp"
#include "assim/scores.hpp"
#include "support/shared.hpp"

namespace tilth {
namespace {

// Sums of one cell over time.
Moments sums_of(const std::vector<double>& m, const std::vector<double>& o) {
  Moments s;
  double mm = 0.0, mo = 0.0;
  for (std::size_t i = 0; i < m.size(); ++i) mm += m[i] / double(m.size()), mo += o[i] / double(o.size());
  for (std::size_t i = 0; i < m.size(); ++i) {
    const double a = m[i] - mm, b = o[i] - mo;
    s.weight += 1.0, s.error += m[i] - o[i], s.square += (m[i] - o[i]) * (m[i] - o[i]);
    s.forecast += m[i], s.truth += o[i];
    s.forecast_variance += a * a, s.truth_variance += b * b, s.product += a * b, s.error_variance += (a - b) * (a - b);
  }
  return s;
}

double at(const ScoreValues& v, Score s) { return v[std::size_t(s)]; }

TEST(MomentScores, KlingGuptaOfAScaledSeriesCountsTheScaleTwice) {
  const std::vector<double> o{1.0, 2.0, 4.0, 7.0};
  std::vector<double> m = o;
  for (double& x : m) x *= 1.3;  // r = 1, alpha = beta = 1.3
  EXPECT_NEAR(at(scores_of(sums_of(m, o), 0), Score::kge), 1.0 - 0.3 * std::sqrt(2.0), 1e-12);
  EXPECT_NEAR(at(scores_of(sums_of(m, o), 0), Score::r), 1.0, 1e-12);
}

TEST(MomentScores, SquareErrorIsSquareOfBiasPlusUnbiasedSquare) {
  const ScoreValues v = scores_of(sums_of({2, 2, 5, 7}, {1, 2, 3, 6}), 0);
  EXPECT_NEAR(at(v, Score::rmse) * at(v, Score::rmse),
              at(v, Score::bias) * at(v, Score::bias) + at(v, Score::ubrmse) * at(v, Score::ubrmse), 1e-12);
  EXPECT_NEAR(at(v, Score::nse), 1.0 - 6.0 / 14.0, 1e-12);
}

TEST(MomentScores, AreNotNumbersWithoutCasesOrVariance) {
  EXPECT_TRUE(std::isnan(at(scores_of({}, 0), Score::rmse)));
  const ScoreValues v = scores_of(sums_of({1, 2, 3}, {2, 2, 2}), 0);
  EXPECT_TRUE(std::isnan(at(v, Score::r)) && std::isnan(at(v, Score::nse)) && std::isnan(at(v, Score::kge)));
  EXPECT_NEAR(at(v, Score::rmse), std::sqrt(2.0 / 3.0), 1e-12);
}

TEST(MomentScores, AnomalyCorrelationIsThatOfTheDeparturesFromTheClimatology) {
  Moments s = sums_of({1, 2, 3, 6}, {1, 2, 4, 5});
  s.anomaly_forecast = 4.0, s.anomaly_truth = 9.0, s.anomalies = -3.0;
  const ScoreValues v = scores_of(s, 0);
  EXPECT_NEAR(at(v, Score::anomaly_r), -0.5, 1e-15);
  EXPECT_GT(at(v, Score::r), 0.9);
  s.anomaly_truth = 0.0;
  EXPECT_TRUE(std::isnan(at(scores_of(s, 0), Score::anomaly_r)));
}

TEST(MomentScores, SpreadIsComparedWithTheErrorAfterThatOfTheObservations) {
  Moments s;
  s.weight = 2.0, s.square = 2.0 * 5.0, s.spread = 2.0 * 3.0, s.observation = 2.0 * 1.0;
  EXPECT_NEAR(at(scores_of(s, 3), Score::spread_skill), std::sqrt((4.0 / 3.0 * 3.0 + 1.0) / 5.0), 1e-15);
  EXPECT_NEAR(at(scores_of(s, 0), Score::spread_skill), std::sqrt((3.0 + 1.0) / 5.0), 1e-15);
}

TEST(MomentScores, WhatIsNotKnownOfAnyCaseIsNotAScoreAndWhatIsKnownOfSomeTheirMean) {
  Moments s = sums_of({1, 2}, {1, 3});
  EXPECT_TRUE(std::isnan(at(scores_of(s, 5), Score::crps)) && std::isnan(at(scores_of(s, 5), Score::coverage90)));
  s.crps = 3.0, s.crps_known = 1.0, s.inside = s.inside_known = 2.0;
  EXPECT_EQ(at(scores_of(s, 5), Score::crps), 3.0);
  EXPECT_EQ(at(scores_of(s, 5), Score::coverage90), 1.0);
  for (const Score one : {Score::spread, Score::spread_skill, Score::coverage90, Score::crps_fair})
    EXPECT_TRUE(std::isnan(at(scores_of(s, 1), one))) << score_names[std::size_t(one)];
}

TEST(Loss, IsTheDistanceFromWhatIsPerfect) {
  EXPECT_EQ(loss(Score::rmse, 2.0), 2.0);
  EXPECT_EQ(loss(Score::bias, -2.0), 2.0);
  EXPECT_NEAR(loss(Score::coverage90, 0.95), 0.05, 1e-15);
  EXPECT_NEAR(loss(Score::coverage90, 0.7), 0.2, 1e-15);
  EXPECT_EQ(loss(Score::spread_skill, 0.75), 0.25);
  for (const Score one : {Score::r, Score::anomaly_r, Score::nse, Score::kge, Score::roc_area, Score::skill_open_loop,
                          Score::skill_climatology})
    EXPECT_EQ(loss(one, 0.25), 0.75) << score_names[std::size_t(one)];
}

TEST(Loss, AndScaleOfIntervalsGoTogether) {
  for (int k = 0; k < score_count; ++k) {
    const Score score = Score(k);
    const bool counts_down = loss(score, 0.25) == 0.75 && loss(score, -1.0) == 2.0 && score != Score::spread_skill;
    const IntervalScale scale = interval_scale(score);
    EXPECT_EQ(counts_down,
              scale == IntervalScale::below_one || scale == IntervalScale::correlation || score == Score::roc_area)
        << score_names[std::size_t(k)];
  }
  EXPECT_EQ(interval_scale(Score::bias), IntervalScale::plain);  // may have either sign
}

// The members of the reference case through the sums of the verification: the second way to the same numbers.
TEST(MomentScores, AgreeWithTheReference) {
  TILTH_SHARED_OR_SKIP(truth, "truth/10_diagnostics.json");
  const auto& in = truth["inputs"];
  const auto& out = truth["expected"];
  const int N = int(in["F"][0].size());
  const double error_sd = in["so"];
  Moments s;
  std::vector<double> ranks(std::size_t(N) + 1, 0.0);
  for (std::size_t t = 0; t < in["F"].size(); ++t) {
    const auto x = in["F"][t].get<std::vector<double>>();
    const double o = in["o"][t], mean = member_mean(x), sd = member_spread(x);
    s.weight += 1.0, s.error += mean - o, s.square += (mean - o) * (mean - o), s.spread += sd * sd;
    s.observation += error_sd * error_sd, s.crps += crps(x, o), s.crps_fair += crps_fair(x, o);
    s.crps_known += 1.0, s.crps_fair_known += 1.0;
    EXPECT_TRUE(add_rank(x, o, 1.0, ranks));
  }
  EXPECT_EQ(ranks, out["hist"].get<std::vector<double>>());
  const ScoreValues v = scores_of(s, N);
  const std::pair<const char*, Score> keys[] = {{"crps_mean", Score::crps},
                                                {"crps_fair_mean", Score::crps_fair},
                                                {"rmse", Score::rmse},
                                                {"bias", Score::bias},
                                                {"spread", Score::spread}};
  for (const auto& [key, score] : keys) EXPECT_NEAR(at(v, score), out[key], 1e-12) << key;
  const double corrected = out["spread_corrected"], rmse = out["rmse"];
  EXPECT_NEAR(at(v, Score::spread_skill), std::hypot(corrected, error_sd) / rmse, 1e-12);
}

TEST(EventScores, AreaIsOneForSeparatedAndHalfForEqualClasses) {
  EventCounts separated(4), equal(4);
  separated.hits[4] = 3.0, separated.misses[0] = 5.0;
  for (std::size_t k = 0; k < 5; ++k) equal.hits[k] = 1.0, equal.misses[k] = 2.0;
  EXPECT_DOUBLE_EQ(roc_area(separated), 1.0);
  EXPECT_DOUBLE_EQ(roc_area(equal), 0.5);
  EXPECT_TRUE(std::isnan(roc_area(EventCounts(4))));
}

TEST(EventScores, AreaIsThatUnderTheCurve) {
  EventCounts c(3);
  c.hits = {1.0, 0.0, 2.0, 4.0};
  c.misses = {5.0, 3.0, 1.0, 0.5};
  const auto curve = roc_curve(c);
  double area = 0.0;
  for (std::size_t k = 0; k + 1 < curve.size(); ++k)
    area +=
        0.5 * (curve[k].hit_rate + curve[k + 1].hit_rate) * (curve[k].false_alarm_rate - curve[k + 1].false_alarm_rate);
  EXPECT_NEAR(area, roc_area(c), 1e-14);
  EXPECT_DOUBLE_EQ(curve.front().hit_rate, 1.0);
  EXPECT_DOUBLE_EQ(curve.back().false_alarm_rate, 0.0);
}

TEST(EventScores, TiesShareTheirRanksAndNothingIsCountedWhereAllAreEqual) {
  std::vector<double> histogram(4, 0.0);
  EXPECT_FALSE(add_rank(std::vector<double>{0, 0, 0}, 0.0, 1.0, histogram));
  EXPECT_TRUE(add_rank(std::vector<double>{0, 0, 5}, 0.0, 1.0, histogram));
  EXPECT_NEAR(histogram[0], 1.0 / 3.0, 1e-15);
  EXPECT_NEAR(histogram[2], 1.0 / 3.0, 1e-15);
  EXPECT_EQ(histogram[3], 0.0);
}

}  // namespace
}  // namespace tilth
