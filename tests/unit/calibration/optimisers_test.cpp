#include "assim/calibration/optimise/expected_improvement.hpp"
#include "assim/calibration/optimise/genetic.hpp"
#include "assim/calibration/optimise/multi_start.hpp"
#include "core/base/error.hpp"
#include "unit/calibration/search_case.hpp"

namespace tilth::calibration::test {
namespace {

const Box cube3{Vector::Constant(3, -4.0), Vector::Constant(3, 6.0)};

TEST(Genetic, CrossesAndMutatesWithinBounds) {
  for (int i = 1; i < 200; ++i) {
    const double u = i / 200.0;
    const auto [low, high] = crossed(0.2, 0.9, 15.0, u);
    EXPECT_GE(low, 0.0);
    EXPECT_LE(high, 1.0);
    EXPECT_GE(mutated(0.03, 20.0, u), 0.0);
    EXPECT_LE(mutated(0.97, 20.0, u), 1.0);
  }
  const auto [low, high] = crossed(0.4, 0.6, 15.0, 0.5);
  EXPECT_NEAR(low, 0.4, 1e-6);  // u = 1/2 far from bounds: the parents
  EXPECT_NEAR(high, 0.6, 1e-6);
  EXPECT_NEAR(mutated(0.3, 20.0, 0.5), 0.3, 1e-2);
}

TEST(Genetic, FindsTheMinimumOfRastrigin) {
  Genetic search(cube3, Vector::Constant(3, 4.0), {.population = 60, .generations = 150, .seed = 1});
  const Matrix first = search.ask();
  EXPECT_EQ(Vector(first.row(0)), Vector::Constant(3, 4.0));
  double last = INFINITY;
  while (!search.finished()) {
    advance(search, rastrigin);
    EXPECT_LE(search.record().value, last);
    last = search.record().value;
  }
  EXPECT_LT(last, 1e-2);
}

TEST(Genetic, ContinuesFromItsNumbersExactlyWithFailedRuns) {
  const Function f = [](const Vector& x) { return x(0) > 5.0 ? double(NAN) : rastrigin(x); };
  Genetic search(cube3, Vector::Zero(3)), fresh(cube3, Vector::Zero(3));
  expect_exact_continuation(search, fresh, f, 20);
  EXPECT_FALSE(search.record().failed.empty());
}

TEST(MultiStart, FindsBothMinimaOfADoubleWell) {
  const Box box{Vector{{-2.0, -2.0}}, Vector{{2.0, 2.0}}};
  const Function f = [](const Vector& x) { return std::pow(x(0) * x(0) - 1.0, 2) + x(1) * x(1) + 0.1 * x(0); };
  MultiStart search(box, Vector{{1.5, 1.0}}, {.starts = 8});
  run(search, f, 500);
  ASSERT_TRUE(search.finished());
  int left = 0, right = 0;
  const Matrix optima = search.optima();
  for (const double x : optima.col(0)) {
    left += std::abs(x + 1.0123) < 1e-3;  // roots of 4 x^3 - 4 x + 0.1
    right += std::abs(x - 0.9872) < 1e-3;
  }
  EXPECT_EQ(left + right, 8);
  EXPECT_GT(left, 0);
  EXPECT_GT(right, 0);
  EXPECT_NEAR(search.record().best(0), -1.0123, 1e-3);
}

TEST(MultiStart, TakesExactGradients) {
  const Box box{Vector{{-2.0, -2.0}}, Vector{{2.0, 6.0}}};
  MultiStart search(box, Vector{{1.5, 1.0}}, {.starts = 4});
  const Vector centre{{0.5, 1.5}};
  while (!search.finished()) {
    const Matrix X = search.ask_points();
    const Matrix away = X.rowwise() - centre.transpose();
    search.tell_gradients(away.rowwise().squaredNorm(), 2.0 * away);
  }
  EXPECT_LT(largest(search.optima().rowwise() - centre.transpose()), 1e-6);
}

TEST(MultiStart, ContinuesFromItsNumbersExactlyAndLeavesFailedStarts) {
  const Function f = [](const Vector& x) { return x(0) > 3.0 ? double(NAN) : rosenbrock(x); };
  const MultiStartOptions options{.starts = 6};
  MultiStart search(cube3, Vector::Zero(3), options), fresh(cube3, Vector::Zero(3), options);
  expect_exact_continuation(search, fresh, f, 12);
  EXPECT_FALSE(search.record().failed.empty());
  EXPECT_LT(search.ask_points().rows(), 6);
}

TEST(ExpectedImprovement, IsThatOfANormalDistribution) {
  EXPECT_NEAR(expected_improvement(0.0, 0.0, 4.0), 2.0 * 0.3989422804014327, 1e-15);  // sd phi(0)
  EXPECT_NEAR(expected_improvement(1.0, 0.0, 1.0), 0.8413447460685429 + 0.24197072451914337, 1e-14);
  EXPECT_EQ(expected_improvement(1.0, 0.25, 0.0), 0.75);
  EXPECT_EQ(expected_improvement(1.0, 2.0, 0.0), 0.0);
}

TEST(BayesSearch, FindsTheMinimumOfBraninInFewRuns) {
  const Box box{Vector{{-5.0, 0.0}}, Vector{{10.0, 15.0}}};
  const Function branin = [](const Vector& x) {
    const double pi = std::numbers::pi;
    return std::pow(x(1) - 5.1 / (4.0 * pi * pi) * x(0) * x(0) + 5.0 / pi * x(0) - 6.0, 2) +
           10.0 * (1.0 - 1.0 / (8.0 * pi)) * std::cos(x(0)) + 10.0;
  };
  BayesSearch search(box, Vector{{2.0, 7.0}}, {.batch = 3, .steps = 12, .candidates = 1000});
  run(search, branin);
  EXPECT_EQ(search.record().evaluations, 10 + 12 * 3);
  EXPECT_LT(search.record().value, 0.397887 + 0.02);
}

TEST(BayesSearch, ContinuesFromItsNumbersExactlyWithFailedRuns) {
  const Function f = [](const Vector& x) { return x(0) > 4.0 ? double(NAN) : sphere(x); };
  const BayesOptions options{.batch = 2, .steps = 6, .candidates = 200};
  BayesSearch search(cube3, Vector::Ones(3), options), fresh(cube3, Vector::Ones(3), options);
  expect_exact_continuation(search, fresh, f, 3);
  EXPECT_FALSE(search.record().failed.empty());
}

}  // namespace
}  // namespace tilth::calibration::test
