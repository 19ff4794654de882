#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "assim/event_scores.hpp"
#include "assim/moment_scores.hpp"

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
