#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "assim/block_bootstrap.hpp"
#include "assim/moment_scores.hpp"

namespace tilth {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

TEST(BlockBootstrap, EveryReplicateHasAsManyRecordsAsTheSequence) {
  const BlockBootstrap draws(Random(3, Purpose::bootstrap), 1, 46, 5, 20);
  for (int b = 0; b < draws.replicates(); ++b) {
    const auto times = draws.times(b);
    EXPECT_EQ(std::accumulate(times.begin(), times.end(), 0.0), 46.0);
  }
  EXPECT_EQ(draws.replicates(), 20);
  EXPECT_DOUBLE_EQ(draws.blocks(), 9.2);
}

TEST(BlockBootstrap, DrawsBlocksOfNeighboursFromEveryPlace) {
  constexpr int n = 12, block = 4, replicates = 2000;
  const BlockBootstrap draws(Random(3, Purpose::bootstrap), 1, n, block, replicates);
  std::vector<double> mean(n, 0.0);
  for (int b = 0; b < replicates; ++b)
    for (int i = 0; i < n; ++i) mean[std::size_t(i)] += draws.times(b)[std::size_t(i)] / replicates;
  // Three blocks from nine places; record i is in min(i + 1, 4, n - i) of these.
  for (int i = 0; i < n; ++i)
    EXPECT_NEAR(mean[std::size_t(i)], 3.0 * std::min({i + 1, block, n - i}) / 9.0, 4.0 * std::sqrt(3.0 / 2000.0)) << i;
  const BlockBootstrap one(Random(3, Purpose::bootstrap), 1, 1, 1, 2);  // nothing to choose from
  EXPECT_EQ(one.times(1)[0], 1.0);
}

TEST(BlockBootstrap, LengthOfBlocksSolvesItsEquation) {
  EXPECT_EQ(block_length({}), 1);
  EXPECT_EQ(block_length(std::vector<double>(50, 0.1)), 1);  // none that differ
  EXPECT_EQ(block_length(std::vector<double>{1, 2, 3, 4, 5, 6}), 2);
  std::vector<double> x;  // 0 0 1 1 0 0 1 1 ...: about no correlation with the next
  for (int i = 0; i < 90; ++i) x.push_back(i / 2 % 2);
  EXPECT_NEAR(lag1_autocorrelation(x), 0.0, 0.02);
  EXPECT_EQ(block_length(x), 2);
  x.clear();
  for (int i = 0; i < 90; ++i) x.push_back(i / 10 % 2);  // changes every ten: 1 - 2 / 10
  const double shown = lag1_autocorrelation(x), rho = shown + (1.0 + 4.0 * shown) / 90.0;
  EXPECT_NEAR(shown, 0.8, 0.02);
  const int L = block_length(x);
  const auto right = [&](int l) { return std::pow(90.0 - l + 1.0, 2.0 / 3.0 * (1.0 - (1.0 - rho) / (1.0 + rho))); };
  EXPECT_GE(L, right(L));
  EXPECT_LT(L - 1, right(L - 1));
}

TEST(StudentQuantile, HasItsTabulatedValues) {
  EXPECT_NEAR(student_quantile(0.975, 2), 4.302653, 0.04);  // the series is cut
  EXPECT_NEAR(student_quantile(0.975, 4), 2.776445, 0.003);
  EXPECT_NEAR(student_quantile(0.95, 10), 1.812461, 1e-4);
  EXPECT_NEAR(student_quantile(0.025, 30), -2.042272, 1e-6);
}

TEST(BootstrapInterval, ReflectsTheReplicatesAboutTheEstimateAndStretches) {
  std::vector<double> replicates(101);
  std::iota(replicates.begin(), replicates.end(), 0.0);  // 2.5 and 97.5 % at 2.5 and 97.5
  const double many = 1e12, stretch = std::sqrt(5.0 / 4.0) * student_quantile(0.975, 4) / 1.959964;
  const Interval plain = bootstrap_interval(40.0, replicates, many, IntervalScale::plain, 0.95);
  EXPECT_NEAR(plain.low, 40.0 - 57.5, 1e-6);
  EXPECT_NEAR(plain.high, 40.0 + 37.5, 1e-6);
  const Interval few = bootstrap_interval(40.0, replicates, 5.0, IntervalScale::plain, 0.95);
  EXPECT_NEAR(few.low, 40.0 - stretch * 57.5, 1e-5);
  EXPECT_NEAR(few.high, 40.0 + stretch * 37.5, 1e-5);
}

TEST(BootstrapInterval, OnAScaleIsThatOfTheTransformedReplicates) {
  const auto transformed = [](IntervalScale scale, double value, double a, double b) {
    return bootstrap_interval(value, std::vector<double>{a, b}, 1e12, scale, 0.999999999);
  };
  Interval i = transformed(IntervalScale::positive, 2.0, 1.0, 6.0);
  EXPECT_NEAR(i.low, 2.0 * 2.0 / 6.0, 1e-7);
  EXPECT_NEAR(i.high, 2.0 * 2.0 / 1.0, 1e-7);
  i = transformed(IntervalScale::below_one, 0.5, 0.0, 0.75);
  EXPECT_NEAR(i.low, 1.0 - 0.5 * 0.5 / 0.25, 1e-7);
  EXPECT_NEAR(i.high, 1.0 - 0.5 * 0.5 / 1.0, 1e-7);
  i = transformed(IntervalScale::correlation, 0.6, 0.2, 0.8);
  EXPECT_NEAR(i.low, std::tanh(2.0 * std::atanh(0.6) - std::atanh(0.8)), 1e-7);
  EXPECT_NEAR(i.high, std::tanh(2.0 * std::atanh(0.6) - std::atanh(0.2)), 1e-7);
  i = transformed(IntervalScale::share, 0.5, 0.2, 0.6);
  EXPECT_NEAR(i.low, 0.4, 1e-7);
  EXPECT_NEAR(i.high, 0.8, 1e-7);
}

TEST(BootstrapInterval, IsThatOfTheReplicatesWhereTheScaleEndsAndNotANumberWhereNothingIsKnown) {
  const std::vector<double> perfect(20, 0.0);
  const Interval zero = bootstrap_interval(0.0, perfect, 5.0, IntervalScale::positive, 0.95);
  EXPECT_EQ(zero.low, 0.0);
  EXPECT_EQ(zero.high, 0.0);
  EXPECT_TRUE(std::isnan(bootstrap_interval(none, perfect, 5.0, IntervalScale::plain, 0.95).low));
  EXPECT_TRUE(std::isnan(bootstrap_interval(0.0, perfect, 1.0, IntervalScale::plain, 0.95).high));
  EXPECT_TRUE(std::isnan(bootstrap_interval(0.0, {}, 5.0, IntervalScale::plain, 0.95).low));
  std::vector<double> gaps(20, 1.0);
  std::fill_n(gaps.begin(), 2, none);
  EXPECT_EQ(percentile_interval(gaps, 0.95).low, 1.0);
  gaps[2] = none;  // less than nine tenths
  EXPECT_TRUE(std::isnan(percentile_interval(gaps, 0.95).low));
}

/// One cell over time: truth and errors are AR(1) processes of variance 1 and `error_sd`^2, errors with a bias.
struct Process {
  int records;
  double truth_memory, error_memory, error_sd, bias;
};

std::vector<double> autoregressive(const Random& random, const Process& p, double memory, std::int64_t experiment,
                                   std::int64_t id) {
  std::vector<double> x(std::size_t(p.records));
  double last = 0.0;
  for (int i = 0; i < p.records; ++i) {
    const double z = random.normal({i, experiment, id, 0});
    last = x[std::size_t(i)] = i == 0 ? z : memory * last + std::sqrt(1.0 - memory * memory) * z;
  }
  return x;
}

std::vector<Moments> moments_by_record(const std::vector<double>& o, const std::vector<double>& error) {
  const double n = double(o.size()), mo = std::accumulate(o.begin(), o.end(), 0.0) / n;
  const double mm = mo + std::accumulate(error.begin(), error.end(), 0.0) / n;
  std::vector<Moments> out(o.size());
  for (std::size_t i = 0; i < o.size(); ++i) {
    const double e = error[i], b = o[i] - mo, a = o[i] + e - mm;
    Moments& s = out[i];
    s.weight = 1.0, s.error = e, s.square = e * e, s.forecast = o[i] + e, s.truth = o[i];
    s.forecast_variance = a * a, s.truth_variance = b * b, s.product = a * b, s.error_variance = (a - b) * (a - b);
  }
  return out;
}

ScoreValues scores_of_drawn(const std::vector<Moments>& records, std::span<const double> times) {
  Moments sum;
  for (std::size_t i = 0; i < records.size(); ++i)
    for (int k = 0; k < Moments::count; ++k) sum.begin()[k] += (times.empty() ? 1.0 : times[i]) * records[i].begin()[k];
  return scores_of(sum, 0);
}

// As the verification does: the longest of what errors, squared errors and the truth ask for.
int length_of(const std::vector<Moments>& records) {
  std::vector<double> error, square, truth;
  for (const Moments& m : records)
    error.push_back(m.error), square.push_back(m.square), truth.push_back(m.truth_variance);
  return std::max({block_length(error), block_length(square), block_length(truth)});
}

/// Shares of the 95 % intervals of some scores that hold what an endless sequence gives. `block`: 0: as the program.
ScoreValues coverage(const Process& p, int experiments, int block) {
  const Random random(11, Purpose::test);
  constexpr int replicates = 200;
  const double s2 = p.error_sd * p.error_sd, square = s2 + p.bias * p.bias;
  const std::pair<Score, double> endless[] = {{Score::bias, p.bias},
                                              {Score::rmse, std::sqrt(square)},
                                              {Score::ubrmse, p.error_sd},
                                              {Score::r, 1.0 / std::sqrt(1.0 + s2)},
                                              {Score::nse, 1.0 - square}};
  ScoreValues held{};
  for (int x = 0; x < experiments; ++x) {
    auto error = autoregressive(random, p, p.error_memory, x, 1);
    for (double& e : error) e = p.error_sd * e + p.bias;
    const auto records = moments_by_record(autoregressive(random, p, p.truth_memory, x, 0), error);
    const BlockBootstrap draws(Random(std::uint64_t(x), Purpose::bootstrap), 0, p.records,
                               block > 0 ? block : length_of(records), replicates);
    std::vector<ScoreValues> drawn;
    for (int b = 0; b < replicates; ++b) drawn.push_back(scores_of_drawn(records, draws.times(b)));
    const ScoreValues value = scores_of_drawn(records, {});
    for (const auto& [score, truth] : endless) {
      const std::size_t k = std::size_t(score);
      std::vector<double> values;
      for (const ScoreValues& v : drawn) values.push_back(v[k]);
      const Interval i = bootstrap_interval(value[k], values, draws.blocks(), interval_scale(score), 0.95);
      held[k] += (i.low <= truth && truth <= i.high) / double(experiments);
    }
  }
  return held;
}

// Of 300 experiments: a share of 0.9 is known to +- 0.035 (two standard deviations).
TEST(BootstrapInterval, OfABiasErrorCorrelationAndSkillHoldsThemNearlyAsOftenAsItShould) {
  const Process year{92, 0.5, 0.5, 0.5, 0.5}, long_memory{92, 0.8, 0.8, 0.5, 0.5}, years{300, 0.8, 0.8, 0.5, 0.5};
  const auto least = [](const Process& p, double share) {
    const ScoreValues held = coverage(p, 300, 0);
    for (const Score score : {Score::bias, Score::rmse, Score::ubrmse, Score::r, Score::nse}) {
      EXPECT_GT(held[std::size_t(score)], share) << score_names[std::size_t(score)] << ' ' << p.records;
      EXPECT_LT(held[std::size_t(score)], 0.99) << score_names[std::size_t(score)] << ' ' << p.records;
    }
  };
  least(year, 0.87);
  least(long_memory, 0.80);  // an e-folding time of 4.5 records: 10 independent values in all
  least(years, 0.84);
}

TEST(BootstrapInterval, OfRecordsDrawnOneByOneIsFarTooNarrow) {
  const ScoreValues held = coverage({92, 0.8, 0.8, 0.5, 0.5}, 200, 1);
  EXPECT_LT(held[std::size_t(Score::bias)], 0.6);  // the standard error is three times what it takes
}

// Two forecasts whose errors have the same statistics, of the same truth: how often their difference is significant.
TEST(BootstrapInterval, OfAChangeBetweenEqualForecastsSeldomExcludesZero) {
  const Random random(13, Purpose::test);
  const Process p{92, 0.5, 0.6, 0.5, 0.0};
  constexpr int experiments = 300, replicates = 200;
  int significant = 0;
  for (int x = 0; x < experiments; ++x) {
    const auto o = autoregressive(random, p, p.truth_memory, x, 0), shared = autoregressive(random, p, 0.6, x, 1);
    std::vector<std::vector<Moments>> records;
    for (int f = 0; f < 2; ++f) {
      auto error = autoregressive(random, p, 0.6, x, 2 + f);
      for (std::size_t i = 0; i < error.size(); ++i) error[i] = 0.4 * shared[i] + 0.3 * error[i];
      records.push_back(moments_by_record(o, error));
    }
    const int block = std::max(length_of(records[0]), length_of(records[1]));
    const BlockBootstrap draws(Random(std::uint64_t(x), Purpose::bootstrap), 0, p.records, block, replicates);
    const auto change = [&](std::span<const double> times) {
      const std::size_t k = std::size_t(Score::rmse);
      return 1.0 - scores_of_drawn(records[1], times)[k] / scores_of_drawn(records[0], times)[k];
    };
    std::vector<double> drawn;
    for (int b = 0; b < replicates; ++b) drawn.push_back(change(draws.times(b)));
    const Interval i = bootstrap_interval(change({}), drawn, draws.blocks(), IntervalScale::below_one, 0.95);
    significant += i.low > 0.0 || i.high < 0.0;
  }
  EXPECT_LT(double(significant) / experiments, 0.12);  // 0.05, and two standard deviations of 300 trials, and 0.045
  EXPECT_GT(significant, 3);
}

}  // namespace
}  // namespace tilth
