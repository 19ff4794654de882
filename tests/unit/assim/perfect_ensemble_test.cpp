// What scores are when the truth is one more draw from the distribution of the members.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "assim/event_scores.hpp"
#include "assim/inflation.hpp"
#include "assim/moment_scores.hpp"
#include "assim/scores.hpp"
#include "core/base/normal.hpp"
#include "core/base/quantile.hpp"
#include "core/random/random.hpp"

namespace tilth {
namespace {

constexpr int cases = 20000;

/// Sums of the verification, and ranks, of ensembles of N about means that differ from case to case.
struct Verified {
  Moments sums;
  std::vector<double> ranks;
};

// Members are `spread` times as far from their centre as the truth is, and `shift` off.
Verified verified(int N, bool uniform, double spread = 1.0, double shift = 0.0) {
  const Random random(23, Purpose::test);
  Verified out{{}, std::vector<double>(std::size_t(N) + 1, 0.0)};
  std::vector<double> x(static_cast<std::size_t>(N));
  for (int c = 0; c < cases; ++c) {
    const double centre = 10.0 * std::sin(c);
    const auto draw = [&](int k) { return uniform ? random.uniform({k, c, N, 1}) - 0.5 : random.normal({k, c, N, 0}); };
    for (int k = 0; k < N; ++k) x[std::size_t(k)] = centre + shift + spread * draw(k);
    const double o = centre + draw(N), mean = member_mean(x);
    Moments m;
    m.weight = m.inside_known = m.crps_known = m.crps_fair_known = 1.0;
    m.error = mean - o, m.square = m.error * m.error, m.spread = std::pow(member_spread(x), 2);
    m.crps = crps(x, o), m.crps_fair = crps_fair(x, o);
    add_rank(x, o, 1.0, out.ranks);
    std::sort(x.begin(), x.end());
    m.inside = o >= sorted_quantile(x, 0.05) && o <= sorted_quantile(x, 0.95) ? 1.0 : 0.0;
    for (int k = 0; k < Moments::count; ++k) out.sums.begin()[k] += m.begin()[k];
  }
  return out;
}

double score(const Verified& v, int N, Score s) { return scores_of(v.sums, N)[std::size_t(s)]; }

double chi_square(const std::vector<double>& ranks) {
  const double expected = cases / double(ranks.size());
  double sum = 0.0;
  for (const double n : ranks) sum += (n - expected) * (n - expected) / expected;
  return sum;
}

TEST(PerfectEnsemble, CoversNineTenthsLessWhatFewMembersCannot) {
  for (const int N : {5, 10, 40}) {
    // The expected content of the order statistics i and j is (j - i) / (N + 1), linear between them for a uniform
    // distribution: 0.9 (N - 1) / (N + 1). That of a normal one is flat between members in the tails: a little less.
    const double nominal = 0.9 * (N - 1.0) / (N + 1.0), tolerance = 4.0 * std::sqrt(0.25 / cases);
    EXPECT_NEAR(score(verified(N, true), N, Score::coverage90), nominal, tolerance) << N;
    EXPECT_NEAR(score(verified(N, false), N, Score::coverage90), nominal, tolerance + 0.02) << N;
  }
}

TEST(PerfectEnsemble, HasAFlatRankHistogramAndOneOfAnotherSpreadOrMeanHasNot) {
  for (const int N : {5, 20}) {
    const double limit = N + 4.0 * std::sqrt(2.0 * N);  // mean and standard deviation of chi square: N, sqrt(2 N)
    EXPECT_LT(chi_square(verified(N, false).ranks), limit) << N;
    EXPECT_GT(chi_square(verified(N, false, 0.8).ranks), 5.0 * limit) << N;
    EXPECT_GT(chi_square(verified(N, false, 1.0, 0.2).ranks), 5.0 * limit) << N;
  }
}

TEST(PerfectEnsemble, HasAFairCrpsThatDoesNotDependOnItsSize) {
  const double expected = 1.0 / std::sqrt(std::acos(-1.0));  // of a normal distribution: E|x - x'| / 2
  const double tolerance = 4.0 * 0.7 / std::sqrt(double(cases));
  for (const int N : {2, 5, 20}) {
    const Verified v = verified(N, false);
    EXPECT_NEAR(score(v, N, Score::crps_fair), expected, tolerance) << N;
    EXPECT_NEAR(score(v, N, Score::crps), expected * (1.0 + 1.0 / N), tolerance) << N;
  }
}

TEST(PerfectEnsemble, HasASpreadThatEqualsItsErrorOnceItsSizeIsCounted) {
  const double tolerance = 4.0 / std::sqrt(2.0 * cases);
  for (const int N : {2, 5, 20}) {
    const Verified v = verified(N, false);
    EXPECT_NEAR(score(v, N, Score::spread_skill), 1.0, tolerance) << N;
    EXPECT_NEAR(score(v, N, Score::spread) / score(v, N, Score::rmse), std::sqrt(N / (N + 1.0)), tolerance) << N;
    EXPECT_NEAR(score(v, 0, Score::spread_skill), std::sqrt(N / (N + 1.0)), tolerance) << N;  // not an ensemble
  }
}

TEST(PerfectEnsemble, IsReliable) {
  const Random random(29, Purpose::test);
  constexpr int N = 10;
  EventCounts counts(N);
  for (int c = 0; c < cases; ++c) {  // an event with a probability that differs from case to case
    const double probability = random.uniform({c, 0, 0, 0});
    int k = 0;
    for (int m = 0; m < N; ++m) k += random.uniform({c, 1, m, 0}) < probability;
    (random.uniform({c, 2, 0, 0}) < probability ? counts.hits : counts.misses)[std::size_t(k)] += 1.0;
  }
  // With uniform probabilities and k of N members: (k + 1) / (N + 2), the rule of succession.
  const auto points = reliability(counts, N);
  ASSERT_EQ(points.size(), 10u);
  for (int bin = 0; bin < 9; ++bin) {  // the last one holds 9 and 10 of 10
    const ReliabilityPoint& p = points[std::size_t(bin)];
    EXPECT_NEAR(p.forecast_probability, bin / 10.0, 1e-12);
    EXPECT_NEAR(p.observed_frequency, (bin + 1.0) / 12.0, 4.0 * 0.5 / std::sqrt(p.weight)) << bin;
    EXPECT_NEAR(p.weight, cases / 11.0, 4.0 * std::sqrt(cases / 11.0)) << bin;
  }
  EXPECT_NEAR(points.back().forecast_probability, 0.95, 0.01);
}

}  // namespace
}  // namespace tilth
