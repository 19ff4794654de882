#include "assim/observation_error/bias_correction.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "core/random/random.hpp"

namespace tilth {
namespace {

/// n values of a distribution at the probabilities (i + 1/2) / n, shuffled: an ideal sample.
std::vector<double> sample(int n, double (*inverse)(double)) {
  std::vector<double> out;
  for (int i = 0; i < n; ++i) out.push_back(inverse((i * 7919 % n + 0.5) / n));
  return out;
}
double uniform(double p) { return 0.1 + 0.4 * p; }
double squared(double p) { return 0.05 + 0.3 * p * p; }
double exponential(double p) { return -std::log(1.0 - p); }

TEST(CdfMatching, GivesObservationsTheDistributionOfTheModel) {
  const auto observed = sample(1000, uniform), modelled = sample(1000, squared);
  const BiasMap map = cdf_map(observed, modelled, 50);
  // The true map is 0.05 + 0.3 p^2 with p = (x - 0.1) / 0.4; a chord of 1/50 of p is off by at most 0.3 (1/50)^2 / 4.
  for (const double p : {0.02, 0.13, 0.5, 0.77, 0.98})
    EXPECT_NEAR(map(uniform(p)), squared(p), 0.3 * 0.0004 / 4 + 1e-6);
  std::vector<double> corrected;
  for (const double x : observed) corrected.push_back(map(x));
  std::vector<double> expected = modelled;
  std::sort(corrected.begin(), corrected.end());
  std::sort(expected.begin(), expected.end());
  for (std::size_t i = 20; i < 980; ++i) EXPECT_NEAR(corrected[i], expected[i], 1e-4);
}

TEST(CdfMatching, IsExactForALinearRelationEvenBeyondTheSample) {
  auto observed = sample(200, uniform), modelled = observed;
  for (double& x : modelled) x = 0.02 + 0.5 * x;
  const BiasMap map = cdf_map(observed, modelled, 20);
  for (const double x : {-1.0, 0.0, 0.1, 0.3, 0.5, 2.0}) EXPECT_NEAR(map(x), 0.02 + 0.5 * x, 1e-12);
  EXPECT_NEAR(map.error_scale, 0.5, 1e-12);
}

TEST(CdfMatching, ExtrapolatesTheTailsLinearly) {
  const BiasMap map = cdf_map(sample(500, uniform), sample(500, exponential), 10);
  const double last = map.observed.back(), before = map.observed[8];
  const double slope = (map.modelled.back() - map.modelled[8]) / (last - before);
  EXPECT_NEAR(map(last + 0.3), map.modelled.back() + 0.3 * slope, 1e-12);
  const double low = (map.modelled[1] - map.modelled[0]) / (map.observed[1] - map.observed[0]);
  EXPECT_NEAR(map(map.observed[0] - 0.3), map.modelled[0] - 0.3 * low, 1e-12);
}

TEST(CdfMatching, IsMonotoneWithTiesAndWithoutSpread) {
  std::vector<double> observed(100, 0.2), modelled = sample(100, uniform);
  for (int i = 60; i < 100; ++i) observed[i] = 0.2 + 0.001 * i;  // more than half are one value
  const BiasMap map = cdf_map(observed, modelled, 20);
  EXPECT_TRUE(std::is_sorted(map.observed.begin(), map.observed.end(), std::less_equal<>()));
  EXPECT_TRUE(std::is_sorted(map.modelled.begin(), map.modelled.end()));
  const BiasMap constant = cdf_map(std::vector<double>(50, 0.3), modelled, 20);
  EXPECT_NEAR(constant(0.3), 0.3, 1e-12);  // the mean of uniform()
  EXPECT_NEAR(constant(0.4), 0.4, 1e-12);
  EXPECT_EQ(constant.error_scale, 1.0);
}

TEST(LinearRescaling, GivesObservationsTheMeanAndVarianceOfTheModel) {
  const std::vector<double> observed{1.0, 2.0, 3.0, 6.0}, modelled{10.0, 30.0, 20.0, 60.0};
  const BiasMap map = linear_map(observed, modelled);
  const double so = std::sqrt((4.0 + 1.0 + 0.0 + 9.0) / 4.0), sm = std::sqrt((400.0 + 0.0 + 100.0 + 900.0) / 4.0);
  EXPECT_NEAR(map.error_scale, sm / so, 1e-13);
  for (const double x : {-5.0, 3.0, 4.5, 100.0}) EXPECT_NEAR(map(x), 30.0 + sm / so * (x - 3.0), 1e-11);
  const BiasMap flat = linear_map(observed, std::vector<double>(4, 7.0));
  EXPECT_NEAR(flat(5.0), 9.0, 1e-13);
}

TEST(Season, IsTheMonthOrTheQuarterFromDecember) {
  EXPECT_EQ(season_of(time_of(2018, 12, 31), 1), 0);
  EXPECT_EQ(season_of(time_of(2018, 12, 31), 12), 11);
  EXPECT_EQ(season_of(time_of(2018, 12, 1), 4), 0);
  EXPECT_EQ(season_of(time_of(2018, 2, 28), 4), 0);
  EXPECT_EQ(season_of(time_of(2018, 3, 1), 4), 1);
  EXPECT_EQ(season_of(time_of(2018, 11, 30), 4), 3);
}

TEST(BiasCorrectionOptions, NeedOneSourceOfTheClimatology) {
  const auto read = [](const std::string& yaml) {
    BiasCorrectionOptions o;
    read_options(Node::parse(yaml, "test"), o);
    return o;
  };
  EXPECT_FALSE(read("{}").on());
  EXPECT_EQ(read("{bias_correction: {linear: {reference: a, season: month}}}").seasons(), 12);
  EXPECT_THROW(read("{bias_correction: cdf_matching}"), Error);
  EXPECT_THROW(read("{bias_correction: {linear: {reference: a, statistics: b}}}"), Error);
  EXPECT_THROW(read("{bias_correction: {linear: {reference: a, quantiles: 5}}}"), Error);
}

}  // namespace
}  // namespace tilth
