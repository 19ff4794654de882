#include <gtest/gtest.h>

#include "assim/calibration/cost/cost_function.hpp"
#include "assim/calibration/optimise/gauss_newton.hpp"
#include "core/base/error.hpp"
#include "unit/calibration/calibration_case.hpp"

namespace tilth::calibration::test {
namespace {

using Residuals = std::function<Vector(const Vector&)>;

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

// Derivatives by central differences.
Matrix differences(const Residuals& r, const Vector& x) {
  Matrix J(r(x).size(), x.size());
  for (Index d = 0; d < x.size(); ++d) {
    const double h = 1e-6 * std::max(1.0, std::abs(x(d)));
    Vector up = x, down = x;
    up(d) += h;
    down(d) -= h;
    J.col(d) = (r(up) - r(down)) / (2.0 * h);
  }
  return J;
}

GaussNewton least_squares(const Residuals& r, const Box& box, const Vector& start) {
  GaussNewton search(box, start);
  while (!search.finished()) search.tell(r(search.ask()), differences(r, search.ask()));
  return search;
}

Vector powell(const Vector& x) {
  return Vector{{x(0) + 10.0 * x(1), std::sqrt(5.0) * (x(2) - x(3)), std::pow(x(1) - 2.0 * x(2), 2),
                 std::sqrt(10.0) * std::pow(x(0) - x(3), 2)}};
}

// Osborne's first problem: two exponentials and a constant to 33 measurements (More, Garbow & Hillstrom 1981, no. 17).
Vector osborne(const Vector& x) {
  const Vector y{{0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751,
                  0.718, 0.685, 0.658, 0.628, 0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490,
                  0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.420, 0.414, 0.411, 0.406}};
  const Eigen::ArrayXd t = Eigen::ArrayXd::LinSpaced(33, 0.0, 320.0);
  return y - (x(0) + x(1) * (-x(3) * t).exp() + x(2) * (-x(4) * t).exp()).matrix();
}

TEST(GaussNewton, GoesDownToTheSingularMinimumOfPowell) {
  const GaussNewton search =
      least_squares(powell, {Vector::Constant(4, -4.0), Vector::Constant(4, 4.0)}, Vector{{3.0, -1.0, 0.0, 1.0}});
  EXPECT_LT(search.value(), 1e-12);
  EXPECT_LT(search.evaluations(), 25);
}

TEST(GaussNewton, FitsOsbornesExponentialsWithinBounds) {
  const Vector lower{{0.0, 0.0, -4.0, 0.0, 0.0}}, start{{0.5, 1.4, -1.0, 0.01, 0.02}};
  const GaussNewton wide = least_squares(osborne, {lower, Vector{{1.0, 4.0, 0.0, 0.1, 0.1}}}, start);
  EXPECT_NEAR(2.0 * wide.value(), 5.46489e-5, 1e-10);  // published, as the minimum below
  EXPECT_LT(largest(wide.best() - Vector{{0.3754, 1.9358, -1.4647, 0.01287, 0.02212}}), 2e-4);
  EXPECT_LT(wide.evaluations(), 60);
  // With the second coefficient held below its best: it ends on the bound, and no parameter free to move has a slope.
  const Box narrow{lower, Vector{{1.0, 1.5, 0.0, 0.1, 0.1}}};
  const GaussNewton held = least_squares(osborne, narrow, start);
  const Vector x = held.best(), slope = differences(osborne, x).transpose() * osborne(x);
  EXPECT_EQ(x(1), 1.5);
  EXPECT_LT(slope(1), 0.0);
  for (const Index d : {0, 2, 3, 4}) EXPECT_LT(std::abs(slope(d)) * narrow.width()(d), 1e-6) << d;
}

TEST(GaussNewton, KeepsNoMoreOfManyResidualsThanOfFew) {
  const Box box{Vector{{0.0, 0.0, -4.0, 0.0, 0.0}}, Vector{{1.0, 4.0, 0.0, 0.1, 0.1}}};
  const Vector start{{0.5, 1.4, -1.0, 0.01, 0.02}};
  const Residuals thrice = [](const Vector& x) { return Vector(osborne(x).replicate(3, 1) / std::sqrt(3.0)); };
  GaussNewton few(box, start), many(box, start);
  few.tell(osborne(start), differences(osborne, start));
  many.tell(thrice(start), differences(thrice, start));
  EXPECT_EQ(few.numbers().size(), many.numbers().size());
  EXPECT_LT(largest(few.ask() - many.ask()),
            1e-6);  // the same sum of squares; differences are good to 1e-10, J'J has a condition of 1e5
}

TEST(GaussNewton, LeavesAMaximumWhereResidualsStayLarge) {
  // 1/2 (x^2 + (x^2 - 1)^2) has a maximum at 0 and its minima at x^2 = 1/2; |Q'r| alone is least at both.
  const Residuals r = [](const Vector& x) { return Vector{{x(0), x(0) * x(0) - 1.0}}; };
  const GaussNewton search =
      least_squares(r, {Vector::Constant(1, -2.0), Vector::Constant(1, 2.0)}, Vector::Constant(1, 0.1));
  EXPECT_NEAR(search.best()(0), std::sqrt(0.5), 1e-4);
  EXPECT_LT(search.evaluations(), 30);
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
