#include "assim/sampling_error.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "core/base/error.hpp"
#include "core/random/random.hpp"

namespace tilth {
namespace {

TEST(SampleCorrelation, HasItsClosedForms) {
  const std::vector<double> a = {1.0, 2.0, 3.0}, b = {5.0, 7.0, 9.0}, c = {1.0, 0.0, 1.0}, same = {0.1, 0.1, 0.1};
  EXPECT_NEAR(sample_correlation(a, b), 1.0, 1e-15);
  EXPECT_EQ(sample_correlation(a, c), 0.0);
  EXPECT_EQ(sample_correlation(a, same), 0.0);
  EXPECT_NEAR(sample_correlation(std::vector<double>{0, 1, 0}, std::vector<double>{0, 1, 1}), 0.5, 1e-15);
}

TEST(SampleCorrelation, OfIndependentPairsScattersByTheNoiseLevel) {
  const Random random(7, Purpose::test);
  constexpr int N = 10, trials = 20000;
  double sum = 0.0;
  std::vector<double> a(N), b(N);
  for (int t = 0; t < trials; ++t) {
    for (int k = 0; k < N; ++k) {
      a[k] = random.normal({.cycle = t, .member = k});
      b[k] = random.normal({.cycle = t, .member = k, .id = 1});
    }
    const double r = sample_correlation(a, b);
    sum += r * r;
  }
  EXPECT_NEAR(std::sqrt(sum / trials), correlation_noise(N), 0.01);  // exact level, 1 % sampling error
}

TEST(SamplingError, FactorRunsFromZeroToOneMonotonically) {
  for (const int N : {4, 5, 10, 40, 200}) {
    const SamplingError& table = sampling_error(N);
    EXPECT_EQ(table.factor(0.0), 0.0);
    EXPECT_EQ(table.factor(1.0), 1.0);
    double previous = 0.0;
    for (int i = 1; i <= 1000; ++i) {
      const double f = table.factor(0.001 * i);
      EXPECT_GE(f, previous) << N << " " << i;
      EXPECT_LE(f, 1.0);
      EXPECT_EQ(f, table.factor(-0.001 * i));
      previous = f;
    }
  }
}

TEST(SamplingError, GrowsWithTheEnsembleTowardsNoCorrection) {
  double previous = 0.0;
  for (const int N : {5, 10, 20, 40, 80, 160}) {
    EXPECT_GT(sampling_error(N).factor(0.5), previous);
    previous = sampling_error(N).factor(0.5);
  }
  EXPECT_NEAR(sampling_error(2000).factor(0.5), 1.0, 0.01);
  EXPECT_NEAR(sampling_error(2000).factor(0.9), 1.0, 0.002);
}

TEST(SamplingError, OfALargeEnsembleFollowsItsExpansion) {
  // To first order in 1/N (Laplace's method by hand): E[rho] = r (1 - 3.5 (1 - r^2) / N) and
  // Var[b] / E[b]^2 = (1 - r^2)^2 / (r^2 N) + (1 - r^2) / N.
  constexpr int N = 4000;
  for (const double r : {0.3, 0.5, 0.8}) {
    const double first_order = (1.0 - r * r) / (r * r * N) * (1.0 + 3.5 * r * r);
    EXPECT_NEAR((1.0 - sampling_error(N).factor(r)) / first_order, 1.0, 50.0 / N) << r;
  }
}

TEST(SamplingError, ExpectedCorrelationIsTheQuadratureOfTheHotellingDensity) {
  // E[rho | r] from the density of r given rho (Hotelling 1953), up to factors without rho:
  // (1 - rho^2)^((N-1)/2) (1 - rho r)^-(N-3/2) 2F1(1/2, 1/2; N - 1/2; (1 + rho r) / 2), by Simpson's rule.
  constexpr int N = 8, steps = 4000;
  for (const double r : {0.1, 0.5, 0.85}) {
    double mass = 0.0, first = 0.0;
    for (int i = 1; i < steps; ++i) {
      const double rho = -1.0 + 2.0 * i / steps, x = 0.5 * (1.0 + rho * r);
      double term = 1.0, series = 1.0;
      for (int k = 0; k < 60; ++k) series += term *= (k + 0.5) * (k + 0.5) / ((N - 0.5 + k) * (k + 1)) * x;
      const double density = std::pow(1.0 - rho * rho, 0.5 * (N - 1)) * std::pow(1.0 - rho * r, -(N - 1.5)) * series;
      mass += (i % 2 == 1 ? 4 : 2) * density;
      first += (i % 2 == 1 ? 4 : 2) * density * rho;
    }
    EXPECT_NEAR(sampling_error(N).expected_correlation(r), first / mass, 1e-9) << r;  // of Simpson's rule
    EXPECT_EQ(sampling_error(N).expected_correlation(-r), -sampling_error(N).expected_correlation(r));
  }
}

/// The factor of Anderson (2012) by drawing: true correlations uniform, samples of N pairs, those near r kept.
double drawn_factor(int members, double r, double width, int trials) {
  const Random random(11, Purpose::test);
  std::vector<double> a(members), b(members);
  double count = 0.0, rho_sum = 0.0, b_sum = 0.0, b_square = 0.0;
  for (int t = 0; t < trials; ++t) {
    const double rho = 2.0 * (t + 0.5) / trials - 1.0, root = std::sqrt(1.0 - rho * rho);
    double a_mean = 0.0, b_mean = 0.0, aa = 0.0, bb = 0.0;
    for (int k = 0; k < members; ++k) {
      a[k] = random.normal({.cycle = t, .member = k});
      b[k] = rho * a[k] + root * random.normal({.cycle = t, .member = k, .id = 1});
      a_mean += a[k] / members;
      b_mean += b[k] / members;
    }
    if (std::abs(sample_correlation(a, b) - r) > width) continue;
    for (int k = 0; k < members; ++k) {
      aa += (a[k] - a_mean) * (a[k] - a_mean);
      bb += (b[k] - b_mean) * (b[k] - b_mean);
    }
    const double regression = rho * std::sqrt(bb / aa);
    count += 1.0;
    rho_sum += rho;
    b_sum += regression;
    b_square += regression * regression;
  }
  const double mean = b_sum / count, variance = (b_square - count * mean * mean) / (count - 1.0);
  return rho_sum / count / r / (1.0 + (1.0 + 1.0 / members) * variance / (mean * mean));
}

TEST(SamplingError, AgreesWithDrawing) {
  // about 2 % of the draws fall in the window: 1 to 2 % sampling error
  for (const double r : {0.3, 0.6, 0.9})
    EXPECT_NEAR(sampling_error(10).factor(r), drawn_factor(10, r, 0.02, 200000), 0.02) << r;
}

TEST(SamplingError, NeedsFourMembers) { EXPECT_THROW(SamplingError(3), Error); }

constexpr CorrelationTaper shapes[] = {CorrelationTaper::none, CorrelationTaper::hard, CorrelationTaper::gaspari_cohn,
                                       CorrelationTaper::furrer_bengtsson, CorrelationTaper::sampling_error};

TEST(CorrelationTaper, GrowsWithTheCorrelationUpToNearlyOne) {
  for (const CorrelationTaper shape : shapes) {
    double previous = 0.0;
    for (int i = 0; i <= 100; ++i) {
      const double w = correlation_taper(shape, 0.01 * i, 40, 2.0);
      EXPECT_GE(w, previous);
      EXPECT_LE(w, 1.0);
      EXPECT_EQ(w, correlation_taper(shape, -0.01 * i, 40, 2.0));
      previous = w;
    }
    EXPECT_GT(previous, 0.95);
  }
}

TEST(CorrelationTaper, SuppressesNoise) {
  EXPECT_EQ(correlation_taper(CorrelationTaper::hard, 0.0, 40, 2.0), 0.0);
  EXPECT_EQ(correlation_taper(CorrelationTaper::furrer_bengtsson, 0.0, 40, 0.0), 0.0);
  EXPECT_EQ(correlation_taper(CorrelationTaper::sampling_error, 0.0, 40, 0.0), 0.0);
  EXPECT_LT(correlation_taper(CorrelationTaper::gaspari_cohn, 0.0, 40, 2.0), 0.03);
  EXPECT_EQ(correlation_taper(CorrelationTaper::none, 0.0, 40, 2.0), 1.0);
}

TEST(CorrelationTaper, ShapesHaveTheirClosedForms) {
  const double threshold = 2.0 / std::sqrt(39.0);
  EXPECT_EQ(correlation_taper(CorrelationTaper::hard, threshold - 1e-9, 40, 2.0), 0.0);
  EXPECT_EQ(correlation_taper(CorrelationTaper::hard, -threshold - 1e-9, 40, 2.0), 1.0);
  EXPECT_NEAR(correlation_taper(CorrelationTaper::gaspari_cohn, threshold, 40, 2.0), 5.0 / 24.0, 1e-12);
  EXPECT_NEAR(correlation_taper(CorrelationTaper::furrer_bengtsson, 0.5, 40, 0.0), 0.25 / (0.25 + 1.25 / 40), 1e-15);
}

TEST(CorrelationTaper, WordsNameTheShapes) {
  const auto words = correlation_taper_words();
  ASSERT_EQ(words.size(), std::size(shapes));
  for (std::size_t i = 0; i < words.size(); ++i) EXPECT_EQ(correlation_taper_of(words[i]), shapes[i]);
  EXPECT_THROW(correlation_taper_of("soft"), Error);
}

}  // namespace
}  // namespace tilth
