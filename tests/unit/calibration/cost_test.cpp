#include <gtest/gtest.h>

#include "assim/calibration/cost/posterior.hpp"
#include "assim/calibration/design/latin_hypercube.hpp"
#include "core/base/error.hpp"
#include "unit/calibration/calibration_case.hpp"

namespace tilth::calibration::test {
namespace {

const Background prior{Vector{{1.0, 2.0}}, Matrix{{0.5, 0.2}, {0.2, 0.4}}};

// Two streams, the first with AR(1) errors and a gap, the second with a full covariance.
std::vector<ObservationStream> two_streams() {
  return {{.name = "flux",
           .value = Vector{{1.0, NAN, 2.0, 0.5}},
           .sigma = Vector{{0.5, 0.5, 0.4, 0.3}},
           .correlation_time = 2.0,
           .time = Vector{{0.0, 1.0, 2.0, 3.5}}},
          {.name = "stock",
           .value = Vector{{3.0, 4.0}},
           .sigma = {},
           .covariance = Matrix{{0.25, 0.1}, {0.1, 0.16}},
           .weight = 0.5}};
}
const Vector h{{0.8, 7.0, 1.5, 1.0, 2.0, 4.5}};

TEST(CostFunction, EqualsTheQuadraticFormsWrittenOut) {
  const CostFunction cost(two_streams(), prior);
  const Vector x{{1.5, 1.0}};
  const Cost J = cost.evaluate(x, h);
  const double t[] = {0.0, 2.0, 3.5}, s[] = {0.5, 0.4, 0.3};
  Eigen::MatrixXd R(3, 3);
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) R(i, j) = s[i] * s[j] * std::exp(-std::abs(t[i] - t[j]) / 2.0);
  const Vector d{{0.2, 0.5, -0.5}}, e{{1.0, -0.5}}, b{{0.5, -1.0}};
  const Eigen::MatrixXd S{{0.25, 0.1}, {0.1, 0.16}};
  EXPECT_NEAR(J.streams[0].chi2, d.dot(R.inverse() * d), 1e-12);
  EXPECT_NEAR(J.streams[1].chi2, e.dot(S.inverse() * e), 1e-12);
  EXPECT_NEAR(J.background, 0.5 * b.dot(Eigen::MatrixXd(prior.covariance).inverse() * b), 1e-12);
  EXPECT_NEAR(J.total, 0.5 * J.streams[0].chi2 + 0.25 * J.streams[1].chi2 + J.background, 1e-12);
  EXPECT_EQ(J.streams[0].used, 3);
  EXPECT_EQ(J.streams[0].missing, 1);
  EXPECT_EQ(cost.used(), 5);
  EXPECT_NEAR(0.5 * cost.residuals(x, h).squaredNorm(), J.total, 1e-12);
}

TEST(CostFunction, IsNotANumberForAFailedRunOnly) {
  const CostFunction cost(two_streams(), prior);
  Vector failed = h;
  failed(1) = NAN;  // no value there
  EXPECT_TRUE(std::isfinite(cost.evaluate(prior.mean, failed).total));
  failed(4) = NAN;
  EXPECT_TRUE(std::isnan(cost.evaluate(prior.mean, failed).total));
}

TEST(CostFunction, HasItsGradient) {
  const CostFunction cost(two_streams(), prior);
  const Matrix G = latin_hypercube(6, 2, 1);
  const Vector x{{1.5, 1.0}};
  const auto J = [&](const Vector& at) { return cost.evaluate(at, h + G * (at - x)).total; };
  const Vector g = cost.gradient(x, h, G);
  for (Index k = 0; k < 2; ++k) {
    const Vector step = 1e-4 * Vector::Unit(2, k);
    EXPECT_NEAR(g(k), (J(x + step) - J(x - step)) / 2e-4, 1e-8);  // J is quadratic: differences are exact
  }
  const Matrix H = cost.observation_hessian(G) + cost.background_hessian();
  const Vector step{{0.3, -0.2}};
  EXPECT_NEAR(J(x + step), J(x) + g.dot(step) + 0.5 * step.dot(H * step), 1e-11);
}

TEST(CostFunction, RefusesWhatDoesNotFit) {
  auto streams = two_streams();
  streams[0].time(2) = 0.0;
  EXPECT_THROW(CostFunction(streams, prior), Error);
  streams = two_streams();
  streams[1].covariance(0, 0) = 0.01;
  EXPECT_THROW(CostFunction(streams, prior), Error);
  streams = two_streams();
  streams[0].sigma(1) = 0.0;
  EXPECT_THROW(CostFunction(streams, prior), Error);
  EXPECT_THROW(CostFunction(two_streams(), {prior.mean, -prior.covariance}), Error);
  EXPECT_THROW(CostFunction(two_streams(), prior).evaluate(prior.mean, h.head(5)), Error);
}

TEST(Posterior, IsThatOfKalmanForALinearModel) {
  const CostFunction cost(two_streams(), prior);
  const Matrix G = latin_hypercube(6, 2, 1);
  const Posterior post = posterior_by_curvature(cost, G);
  const Eigen::MatrixXd H = cost.observation_hessian(G), P = (H + cost.background_hessian()).inverse();
  EXPECT_LT(largest(post.covariance - P), 1e-13);
  EXPECT_NEAR(post.sd(1), std::sqrt(P(1, 1)), 1e-13);
  EXPECT_NEAR(post.reduction(0), 1.0 - std::sqrt(P(0, 0) / 0.5), 1e-13);
  // Degrees of freedom of the signal: trace of I - P B^-1.
  EXPECT_NEAR(post.signal_degrees, 2.0 - (P * cost.background_hessian()).trace(), 1e-12);
  EXPECT_GE(post.spectrum(0), post.spectrum(1));
}

TEST(Posterior, NamesPairsBoundsAndEquallyGoodSets) {
  const Matrix correlation{{1.0, 0.75, -0.2}, {0.75, 1.0, -0.9}, {-0.2, -0.9, 1.0}};
  const auto pairs = correlated_pairs(correlation);
  ASSERT_EQ(pairs.size(), 2U);
  EXPECT_EQ(pairs[0].first, 1);
  EXPECT_EQ(pairs[0].second, 2);
  EXPECT_EQ(pairs[1].correlation, 0.75);
  const Box box{Vector{{0.0, 0.0, -1.0}}, Vector{{2.0, 1.0, 1.0}}};
  EXPECT_EQ(at_bounds(box, Vector{{1e-4, 0.5, 1.0}}), (Eigen::VectorXi{{-1, 0, 1}}));
  const Matrix optima{{0.0, 0.1, 0.0}, {1.0, 0.2, 0.0}, {2.0, 0.3, 0.5}, {0.0, 0.9, 0.0}};
  const Equifinality same = equifinality(box, optima, Vector{{1.0, 1.2, 1.4, NAN}}, 0.5);
  EXPECT_EQ(same.rows, (std::vector<Index>{0, 1, 2}));
  EXPECT_NEAR(same.range(0), 1.0, 1e-15);
  EXPECT_NEAR(same.range(2), 0.25, 1e-15);
  EXPECT_NEAR(same.correlation(0, 1), 1.0, 1e-12);
}

}  // namespace
}  // namespace tilth::calibration::test
