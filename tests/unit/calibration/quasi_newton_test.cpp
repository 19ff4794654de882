#include <gtest/gtest.h>

#include "assim/calibration/optimise/quasi_newton.hpp"
#include "core/base/error.hpp"
#include "unit/calibration/calibration_case.hpp"

namespace tilth::calibration::test {
namespace {

// Rosenbrock's function with its gradient.
double rosenbrock(const Vector& x, Vector& g) {
  g = Vector::Zero(x.size());
  double f = 0.0;
  for (Index i = 0; i + 1 < x.size(); ++i) {
    const double a = x(i + 1) - x(i) * x(i), b = 1.0 - x(i);
    f += 100.0 * a * a + b * b;
    g(i) += -400.0 * a * x(i) - 2.0 * b;
    g(i + 1) += 200.0 * a;
  }
  return f;
}

TEST(QuasiNewton, FindsTheMinimumOfRosenbrock) {
  const Box box{Vector::Constant(6, -5.0), Vector::Constant(6, 5.0)};
  const QuasiNewton search = minimised(rosenbrock, box, Vector::Constant(6, -1.2));
  EXPECT_LT(search.value(), 1e-14);
  EXPECT_LT(largest(search.best() - Vector::Ones(6)), 1e-6);
  EXPECT_LT(search.evaluations(), 200);
}

TEST(QuasiNewton, EndsOnABoundWhereTheMinimumLiesOutside) {
  // Within x_i <= 1/2 the minimum of Rosenbrock in 2-D is (1/2, 1/4).
  const Box box{Vector::Constant(2, -2.0), Vector::Constant(2, 0.5)};
  const QuasiNewton search = minimised(rosenbrock, box, Vector{{-1.0, 0.3}});
  EXPECT_LT(largest(search.best() - Vector{{0.5, 0.25}}), 1e-7);
}

TEST(QuasiNewton, StepsBackFromFailedRuns) {
  const Box box{Vector::Constant(1, -10.0), Vector::Constant(1, 10.0)};
  const ValueAndGradient f = [](const Vector& x, Vector& g) {
    g = Vector{{2.0 * (x(0) - 1.0)}};
    return x(0) > 1.1 ? double(NAN) : (x(0) - 1.0) * (x(0) - 1.0);
  };
  EXPECT_NEAR(minimised(f, box, Vector{{-3.0}}).best()(0), 1.0, 1e-7);
  EXPECT_THROW(minimised(f, box, Vector{{3.0}}), Error);
}

TEST(QuasiNewton, ContinuesFromItsNumbersExactly) {
  const Box box{Vector::Constant(4, -5.0), Vector::Constant(4, 5.0)};
  QuasiNewton whole(box, Vector::Constant(4, -1.2)), first = whole;
  Vector g(4);
  const auto step = [&](QuasiNewton& s) {
    const double f = rosenbrock(s.ask(), g);
    s.tell(f, g);
  };
  for (int i = 0; i < 17; ++i) step(first);
  QuasiNewton second(box, Vector::Zero(4));
  restore_from(numbers_of(first), second);
  while (!second.finished()) step(second);
  while (!whole.finished()) step(whole);
  EXPECT_EQ(whole.best(), second.best());
  EXPECT_EQ(whole.evaluations(), second.evaluations());
  std::vector<double> broken = numbers_of(first);
  broken.pop_back();
  EXPECT_THROW(restore_from(broken, second), Error);
}

}  // namespace
}  // namespace tilth::calibration::test
