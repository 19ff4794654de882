#include <gtest/gtest.h>

#include "assim/calibration/cost/cost_function.hpp"
#include "assim/calibration/optimise/gauss_newton.hpp"
#include "core/base/error.hpp"
#include "unit/calibration/calibration_case.hpp"

namespace tilth::calibration::test {
namespace {

// Rosenbrock's function as squares: f = 1/2 |r|^2 with r = (10 (y - x^2), 1 - x).
Vector residuals(const Vector& x) { return Vector{{10.0 * (x(1) - x(0) * x(0)), 1.0 - x(0)}}; }
Matrix derivatives(const Vector& x) { return Matrix{{-20.0 * x(0), 10.0}, {-1.0, 0.0}}; }

void step(GaussNewton& search) {
  const Vector x = search.ask();
  search.tell(residuals(x), derivatives(x));
}

TEST(GaussNewton, FindsTheMinimumOfRosenbrockInFewRuns) {
  GaussNewton search({Vector::Constant(2, -3.0), Vector::Constant(2, 3.0)}, Vector{{-1.2, 1.0}});
  while (!search.finished()) step(search);
  EXPECT_LT(largest(search.best() - Vector::Ones(2)), 1e-6);
  EXPECT_LT(search.evaluations(), 60);
}

TEST(GaussNewton, EndsOnABoundWhereTheMinimumLiesOutside) {
  GaussNewton search({Vector::Constant(2, -2.0), Vector{{0.5, 2.0}}}, Vector{{-1.0, 0.3}});
  while (!search.finished()) step(search);
  EXPECT_LT(largest(search.best() - Vector{{0.5, 0.25}}), 1e-6);
}

TEST(GaussNewton, SolvesALinearProblemInTwoStepsThroughTheCostFunction) {
  const Matrix G{{1.0, 0.5}, {0.0, 2.0}, {1.0, -1.0}};
  const Vector y{{1.0, 0.5, 2.0}};
  const Background prior{Vector{{0.0, 1.0}}, Matrix{{0.5, 0.1}, {0.1, 0.3}}};
  const CostFunction cost({{.name = "y", .value = y, .sigma = Vector{{0.4}}}}, prior);
  GaussNewton search({Vector::Constant(2, -9.0), Vector::Constant(2, 9.0)}, prior.mean,
                     {.first_damping = 1e-12, .value_tolerance = 0.0});
  while (!search.finished()) search.tell(cost.residuals(search.ask(), G * search.ask()), cost.residual_jacobian(G));
  const Eigen::MatrixXd H = cost.observation_hessian(G) + cost.background_hessian();
  const Vector exact = prior.mean + H.llt().solve(G.transpose() * (y - G * prior.mean) / 0.16);
  EXPECT_LT(largest(search.best() - exact), 1e-9);
  EXPECT_LE(search.evaluations(), 40);
}

TEST(GaussNewton, StepsBackFromFailedRunsAndContinuesExactly) {
  const Box box{Vector::Constant(2, -3.0), Vector::Constant(2, 3.0)};
  const auto failing = [](GaussNewton& search) {
    const Vector x = search.ask();
    const Vector r = x(1) < -0.2 ? Vector::Constant(2, NAN) : residuals(x);
    search.tell(r, derivatives(x));
  };
  GaussNewton whole(box, Vector{{-1.2, 1.0}}), half = whole, fresh(box, Vector::Zero(2));
  for (int i = 0; i < 5; ++i) failing(half);
  fresh.restore(half.numbers());
  while (!whole.finished()) failing(whole);
  while (!fresh.finished()) failing(fresh);
  EXPECT_EQ(whole.best(), fresh.best());
  EXPECT_EQ(whole.evaluations(), fresh.evaluations());
  EXPECT_LT(largest(whole.best() - Vector::Ones(2)), 1e-6);
  GaussNewton lost(box, Vector{{0.0, -1.0}});
  EXPECT_THROW(failing(lost), Error);
}

}  // namespace
}  // namespace tilth::calibration::test
