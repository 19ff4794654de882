#include "assim/calibration/draws.hpp"
#include "assim/calibration/mcmc/adaptive_metropolis.hpp"
#include "assim/calibration/mcmc/convergence.hpp"
#include "assim/calibration/mcmc/de_mcz.hpp"
#include "core/base/error.hpp"
#include "unit/calibration/search_case.hpp"

namespace tilth::calibration::test {
namespace {

// A normal density with means 1 and -2, standard deviations 0.5 and 2, correlation 0.8.
double correlated(const Vector& x) {
  const double a = (x(0) - 1.0) / 0.5, b = (x(1) + 2.0) / 2.0;
  return 0.5 * (a * a - 1.6 * a * b + b * b) / 0.36;
}
const Box wide{Vector{{-9.0, -30.0}}, Vector{{11.0, 30.0}}};

void expect_moments(const Chains& chains, std::int64_t burn) {
  const Matrix x = chains.sample(burn);
  const Vector mean = x.colwise().mean().transpose();
  const Matrix centred = x.rowwise() - mean.transpose();
  const Matrix C = centred.transpose() * centred / double(x.rows() - 1);
  const double n = bulk_ess(chains.draws(0, burn));
  EXPECT_GT(n, 500.0);
  EXPECT_NEAR(mean(0), 1.0, 4.0 * 0.5 / std::sqrt(n));  // four standard errors
  EXPECT_NEAR(mean(1), -2.0, 4.0 * 2.0 / std::sqrt(n));
  EXPECT_NEAR(std::sqrt(C(0, 0)), 0.5, 0.05);
  EXPECT_NEAR(std::sqrt(C(1, 1)), 2.0, 0.2);
  EXPECT_NEAR(C(0, 1) / std::sqrt(C(0, 0) * C(1, 1)), 0.8, 0.04);
  for (const Index p : {0, 1}) EXPECT_LT(split_rhat(chains.draws(p, burn)), 1.02);
}

TEST(AdaptiveMetropolis, SamplesACorrelatedNormalDistribution) {
  AdaptiveMetropolis sampler(wide, Vector{{0.0, 0.0}}, {.chains = 4, .iterations = 6000});
  run(sampler, correlated);
  expect_moments(sampler.chains(), 1000);
  EXPECT_GT(sampler.chains().acceptance(), 0.2);
  EXPECT_LT(sampler.chains().acceptance(), 0.5);
}

TEST(DeMcz, SamplesACorrelatedNormalDistribution) {
  DeMcz sampler(wide, Vector{{0.0, 0.0}}, {.chains = 4, .iterations = 6000});
  run(sampler, correlated);
  expect_moments(sampler.chains(), 1000);
}

const Matrix of_posterior = (Matrix(2, 2) << 0.25, 0.8, 0.8, 4.0).finished();

// Chains that know the covariance are in the posterior from the start: nothing is left out, and few iterations do.
TEST(AdaptiveMetropolis, NeedsNoBurnWithTheCovarianceOfThePosterior) {
  const auto chains = [](const Matrix& covariance) {
    AdaptiveMetropolisOptions options{.chains = 8, .iterations = 250};
    options.covariance = covariance;
    AdaptiveMetropolis sampler(wide, Vector{{1.0, -2.0}}, options);
    run(sampler, correlated);
    return std::max(split_rhat(sampler.chains().draws(0, 0)), split_rhat(sampler.chains().draws(1, 0)));
  };
  EXPECT_LT(chains(of_posterior), 1.1);
  EXPECT_GT(chains(Matrix()), 1.2);
}

TEST(AdaptiveMetropolis, SamplesACorrelatedNormalDistributionFromAWrongCovariance) {
  AdaptiveMetropolisOptions options{.chains = 4, .iterations = 6000};
  options.covariance = 0.1 * Matrix::Identity(2, 2);
  AdaptiveMetropolis sampler(wide, Vector{{0.0, 0.0}}, options);
  run(sampler, correlated);
  expect_moments(sampler.chains(), 1000);
}

TEST(DeMcz, SamplesACorrelatedNormalDistributionFromItsCovariance) {
  DeMczOptions options{.chains = 4, .iterations = 6000};
  options.covariance = of_posterior;
  DeMcz sampler(wide, Vector{{1.0, -2.0}}, options);
  run(sampler, correlated);
  expect_moments(sampler.chains(), 100);
}

TEST(ChainStarts, RefuseACovarianceThatIsNone) {
  AdaptiveMetropolisOptions options;
  options.covariance = -Matrix::Identity(2, 2);
  EXPECT_THROW(AdaptiveMetropolis(wide, Vector{{0.0, 0.0}}, options), Error);
}

TEST(DeMcz, VisitsBothModes) {
  const Function f = [](const Vector& x) {
    return -std::log(std::exp(-0.5 * std::pow((x(0) + 5.0) / 0.5, 2)) +
                     std::exp(-0.5 * std::pow((x(0) - 5.0) / 0.5, 2)));
  };
  const Box line{Vector{{-10.0}}, Vector{{10.0}}};
  DeMcz sampler(line, Vector{{5.0}}, {.chains = 4, .iterations = 5000});
  run(sampler, f);
  const Matrix x = sampler.chains().sample(1000);
  EXPECT_NEAR(double((x.array() < 0.0).count()) / double(x.rows()), 0.5, 0.12);
}

TEST(ChainSampler, HasTheExactDensityOnABoundWithFailedRuns) {
  // exp(-x) on [0, 2], where runs above 1.5 fail: mean 1 - 1.5 e^-1.5 / (1 - e^-1.5) on [0, 1.5].
  const Function f = [](const Vector& x) { return x(0) > 1.5 ? double(NAN) : x(0); };
  const double e = std::exp(-1.5), mean = 1.0 - 1.5 * e / (1.0 - e);
  const Box line{Vector{{0.0}}, Vector{{2.0}}};
  AdaptiveMetropolis am(line, Vector{{0.5}}, {.chains = 4, .iterations = 8000});
  DeMcz de(line, Vector{{0.5}}, {.chains = 4, .iterations = 8000});
  for (ChainSampler* sampler : std::initializer_list<ChainSampler*>{&am, &de}) {
    run(*sampler, f);
    const Matrix draws = sampler->chains().draws(0, 500);
    EXPECT_NEAR(draws.mean(), mean, 4.0 * 0.4 / std::sqrt(bulk_ess(draws)));
    EXPECT_LE(draws.maxCoeff(), 1.5);
    EXPECT_FALSE(sampler->record().failed.empty());
  }
}

TEST(ChainSampler, ContinuesFromItsNumbersExactly) {
  const AdaptiveMetropolisOptions options{.chains = 3, .iterations = 400, .settle = 50};
  AdaptiveMetropolis am(wide, Vector{{0.0, 0.0}}, options), am2(wide, Vector{{0.0, 0.0}}, options);
  expect_exact_continuation(am, am2, correlated, 150);
  DeMcz de(wide, Vector{{0.0, 0.0}}), de2(wide, Vector{{0.0, 0.0}});
  expect_exact_continuation(de, de2, correlated, 150);
}

Matrix normal_draws(Index iterations, Index chains, double memory) {
  const Draws draws(5, Stream::bootstrap);
  Matrix x(iterations, chains);
  for (Index c = 0; c < chains; ++c)
    for (Index i = 0; i < iterations; ++i) {
      const double z = draws.normal(i, c);
      x(i, c) = i == 0 ? z : memory * x(i - 1, c) + std::sqrt(1.0 - memory * memory) * z;
    }
  return x;
}

TEST(Convergence, CountsTheDrawsOfAnAutoregressiveSequence) {
  // The effective number of an AR(1) sequence is n (1 - phi) / (1 + phi).
  const Matrix independent = normal_draws(2000, 4, 0.0), slow = normal_draws(10000, 4, 0.8);
  EXPECT_NEAR(bulk_ess(independent) / 8000.0, 1.0, 0.12);
  EXPECT_NEAR(mean_ess(independent) / 8000.0, 1.0, 0.12);
  EXPECT_NEAR(bulk_ess(slow) / (40000.0 / 9.0), 1.0, 0.15);
  EXPECT_GT(tail_ess(slow), 3000.0);
  EXPECT_LT(tail_ess(slow), 16000.0);
  EXPECT_LT(split_rhat(independent), 1.01);
}

TEST(Convergence, SeesChainsThatDisagree) {
  Matrix shifted = normal_draws(500, 4, 0.0), scaled = shifted, drifting = shifted;
  shifted.col(0).array() += 1.0;
  scaled.col(1) *= 3.0;
  for (Index i = 0; i < 500; ++i) drifting.row(i).array() += double(i) / 250.0;
  EXPECT_GT(split_rhat(shifted), 1.05);
  EXPECT_GT(split_rhat(scaled), 1.05);    // only the folded form sees it
  EXPECT_GT(split_rhat(drifting), 1.05);  // only the halves see it
  EXPECT_EQ(split_rhat(Matrix::Constant(20, 2, 3.0)), 1.0);
  EXPECT_THROW(split_rhat(Matrix::Zero(4, 2)), Error);
}

}  // namespace
}  // namespace tilth::calibration::test
