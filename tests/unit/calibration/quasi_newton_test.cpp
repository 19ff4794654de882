#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "unit/calibration/bounded_problems.hpp"

namespace tilth::calibration::test {
namespace {

TEST(QuasiNewton, FindsTheMinimumOfRosenbrock) {
  const Box box{Vector::Constant(6, -5.0), Vector::Constant(6, 5.0)};
  const QuasiNewton search = minimised(rosenbrock_with_gradient, box, Vector::Constant(6, -1.2));
  EXPECT_LT(search.value(), 1e-14);
  EXPECT_LT(largest(search.best() - Vector::Ones(6)), 1e-6);
  EXPECT_LT(search.evaluations(), 200);
}

TEST(QuasiNewton, EndsOnABoundWhereTheMinimumLiesOutside) {
  // Within x_i <= 1/2 the minimum of Rosenbrock in 2-D is (1/2, 1/4).
  const Box box{Vector::Constant(2, -2.0), Vector::Constant(2, 0.5)};
  const QuasiNewton search = minimised(rosenbrock_with_gradient, box, Vector{{-1.0, 0.3}});
  EXPECT_LT(largest(search.best() - Vector{{0.5, 0.25}}), 1e-7);
}

const QuasiNewtonOptions to_the_slope{.value_tolerance = 0.0};  // ends where the projected gradient is 1e-8

TEST(QuasiNewton, SolvesQuadraticsToTheKktPoint) {
  // 1/2 x'Ax - b'x on the unit square: with x_2 = 0 the slope along x_1 is 2 x_1 - 1, that along x_2 is then 3/2 > 0.
  const ValueAndGradient coupled = [](const Vector& x, Vector& g) {
    const Matrix A{{2.0, 1.0}, {1.0, 2.0}};
    const Vector b{{1.0, -1.0}};
    g = A * x - b;
    return 0.5 * x.dot(A * x) - b.dot(x);
  };
  const QuasiNewton square = minimised(coupled, Box::unit(2), Vector{{0.1, 0.9}}, to_the_slope);
  EXPECT_LT(largest(square.best() - Vector{{0.5, 0.0}}), 1e-8);
  EXPECT_EQ(square.best()(1), 0.0);
  // Curvatures from 1 to 10^4 along the axes; every third minimum lies outside.
  const Vector target = Vector::NullaryExpr(12, [](Index i) { return i % 3 == 0 ? 3.0 : 0.3; });
  const ValueAndGradient stretched = [&](const Vector& x, Vector& g) {
    const Vector w = Vector::NullaryExpr(12, [](Index i) { return std::pow(10.0, double(i) / 3.0); });
    g = w.cwiseProduct(x - target);
    return 0.5 * g.dot(x - target);
  };
  const QuasiNewton search = minimised(stretched, {Vector::Constant(12, -1.0), Vector::Constant(12, 2.0)},
                                       Vector::Constant(12, 1.7), to_the_slope);
  EXPECT_LT(largest(search.best() - target.cwiseMin(2.0)), 3e-8);
  EXPECT_LT(search.evaluations(), 50);
}

TEST(QuasiNewton, FindsThePublishedMinimaWithinBounds) {
  for (const BoundedProblem& problem : hock_schittkowski()) {
    const QuasiNewton search = minimised(problem.function, problem.box, problem.start, to_the_slope);
    EXPECT_LT(largest(search.best() - problem.minimum), 3e-6) << "problem " << problem.name;
    EXPECT_TRUE(problem.box.contains(search.best())) << "problem " << problem.name;
    EXPECT_LT(search.evaluations(), 150) << "problem " << problem.name;
  }
}

TEST(QuasiNewton, StepsAsFarWhateverConstantTheValueHolds) {
  const Box box{Vector::Constant(5, -1.0), Vector::Constant(5, 1.0)};
  for (const double constant : {-3.675, 0.0, 1e4}) {
    const ValueAndGradient f = [=](const Vector& x, Vector& g) {
      g = x.cwiseProduct(Vector::LinSpaced(5, 1.0, 5.0));
      return 0.5 * g.dot(x) + constant;
    };
    const QuasiNewton search = minimised(f, box, Vector::Constant(5, 0.7));
    EXPECT_LT(largest(search.best()), 1e-4) << constant;
    EXPECT_LT(search.evaluations(), 15) << constant;
  }
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

TEST(QuasiNewton, GoesOnAlongTheEdgeOfFailedRuns) {
  // Runs fail in a band across the valley of Rosenbrock's function, and beyond a line that the minimum lies on.
  const Box box{Vector::Constant(2, -2.0), Vector::Constant(2, 2.0)};
  int failures = 0;
  const ValueAndGradient f = [&](const Vector& x, Vector& g) {
    const double value = rosenbrock_with_gradient(x, g);
    const bool failed = x(0) > 1.0 + 1e-9 || (x(0) > 0.1 && x(1) < x(0) - 0.5);
    failures += failed;
    if (failed) g.setConstant(double(NAN));
    return failed ? double(INFINITY) : value;
  };
  const QuasiNewton search = minimised(f, box, Vector{{-1.2, 1.0}});
  EXPECT_GT(failures, 0);
  EXPECT_LT(search.value(), 1e-4);
}

TEST(QuasiNewton, EndsAfterAsManyRunsAsAllowedAndSaysWhy) {
  const Box box{Vector::Constant(6, -5.0), Vector::Constant(6, 5.0)};
  const Vector start = Vector::Constant(6, -1.2);
  const QuasiNewton short_of = minimised(rosenbrock_with_gradient, box, start, {.max_iterations = 8});
  EXPECT_LE(short_of.evaluations(), 16);
  EXPECT_EQ(short_of.ending(), "as many steps or runs as allowed");
  EXPECT_EQ(minimised(rosenbrock_with_gradient, box, start, {.value_tolerance = 0.0}).ending(),
            "the slope is zero within bounds");
  EXPECT_EQ(minimised(rosenbrock_with_gradient, box, start, {.gradient_tolerance = 0.0}).ending(),
            "steps gain nothing more");
  // In a pit that its slope knows nothing of.
  const ValueAndGradient wrong = [](const Vector& x, Vector& g) {
    g = Vector::Ones(6);
    return x.isZero(0.0) ? 0.0 : 1.0;
  };
  const QuasiNewton lost = minimised(wrong, box, Vector::Zero(6));
  EXPECT_EQ(lost.ending(), "steps gain nothing more");
  EXPECT_EQ(lost.best(), Vector::Zero(6));
  EXPECT_TRUE(QuasiNewton(box, start).ending().empty());
}

TEST(QuasiNewton, AnswersSearchesSideBySideLikeOneAlone) {
  const auto problems = hock_schittkowski();
  std::vector<QuasiNewton> together;
  for (const BoundedProblem& p : problems) together.emplace_back(p.box, p.start);
  for (bool more = true; more;) {
    more = false;
    for (std::size_t i = 0; i < problems.size(); ++i) {
      if (together[i].finished()) continue;
      Vector g;
      const double f = problems[i].function(together[i].ask(), g);
      together[i].tell(f, g);
      more = true;
    }
  }
  for (std::size_t i = 0; i < problems.size(); ++i) {
    const QuasiNewton alone = minimised(problems[i].function, problems[i].box, problems[i].start);
    EXPECT_EQ(alone.best(), together[i].best()) << "problem " << problems[i].name;
    EXPECT_EQ(alone.evaluations(), together[i].evaluations()) << "problem " << problems[i].name;
  }
}

TEST(QuasiNewton, ContinuesFromItsNumbersExactly) {
  const Box box{Vector::Constant(4, -5.0), Vector::Constant(4, 5.0)};
  QuasiNewton whole(box, Vector::Constant(4, -1.2)), first = whole;
  Vector g(4);
  const auto step = [&](QuasiNewton& s) {
    const double f = rosenbrock_with_gradient(s.ask(), g);
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
