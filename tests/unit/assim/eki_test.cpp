#include <gtest/gtest.h>

#include "unit/assim/window_problem.hpp"

namespace tilth::test {
namespace {

TEST(Eki, StepsFromTheMisfitEndAtTheKalmanPosteriorOfALinearWindow) {
  const Matrix E = normal_matrix(3, 12, 1), G = 3.0 * normal_matrix(5, 3, 2);
  const Vector y = 4.0 * normal_matrix(5, 1, 3), r = Vector::Constant(5, 0.1);
  const Matrix once = updated(*method("letkf"), E, G * E, y, r);
  for (const Through through : {Through::field, Through::columns, Through::unit}) {
    Window window{[&](const Matrix& members) { return Matrix(G * members); }, y, r, through, {}, 0, {}};
    EXPECT_LT(largest_difference(window.analysed(*iterative("eki"), E), once), 1e-9) << int(through);
    EXPECT_GT(window.passes, 2);
    EXPECT_LT(window.passes, 20);
    const int free = window.passes;
    // When passes are short the last one takes what is left.
    EXPECT_LT(largest_difference(window.analysed(*iterative("eki", "{max_passes: 2}"), E), once), 1e-9);
    EXPECT_LT(window.passes, free);
  }
}

TEST(Eki, TakesOneStepWhenTheMisfitIsSmall) {
  // y at the prior mean and a large error: half the count of observations exceeds the misfits.
  const Matrix E = normal_matrix(2, 10, 1);
  Window window{[](const Matrix& members) { return members; },
                E.rowwise().mean(),
                Vector::Constant(2, 100.0),
                Through::unit,
                {},
                0,
                {}};
  window.analysed(*iterative("eki"), E);
  EXPECT_EQ(window.passes, 1);
}

TEST(Eki, StochasticStepsApproachThePosteriorOfANonlinearWindow) {
  // x ~ N(1, 0.25), y = x^3 + N(0, 0.25) = 2.5: posterior mean 1.3254, MAP 1.3456.
  const Matrix E = (0.5 * normal_matrix(1, 500, 5).array() + 1.0).matrix();
  Window window{[](const Matrix& x) { return Matrix(x.array().cube()); },
                Vector::Constant(1, 2.5),
                Vector::Constant(1, 0.25),
                Through::columns,
                {},
                0,
                {}};
  const Matrix once = updated(*method("letkf"), E, window.model(E), window.y, window.r);
  const Matrix Ea = window.analysed(*iterative("eki", "{max_passes: 40, update: enkf}"), E);
  EXPECT_NEAR(Ea.mean(), 1.335, 0.03);
  EXPECT_LT(std::abs(Ea.mean() - 1.335), std::abs(once.mean() - 1.335));
}

TEST(Eki, FixedStepsCloseUpOnTheMinimumOfTheMisfit) {
  // x^3 = 2.5 without a prior term.
  const Matrix E = exact_ensemble(Vector::Constant(1, 1.0), Matrix::Constant(1, 1, 0.25), 20, 1);
  Window window{[](const Matrix& x) { return Matrix(x.array().cube()); },
                Vector::Constant(1, 2.5),
                Vector::Constant(1, 0.25),
                Through::unit,
                {},
                0,
                {}};
  const Matrix Ea = window.analysed(*iterative("eki", "{step: fixed, max_passes: 60}"), E);
  EXPECT_EQ(window.passes, 60);
  EXPECT_NEAR(Ea.mean(), std::cbrt(2.5), 0.01);
  EXPECT_LT(std::sqrt(covariance_of(Ea)(0, 0)), 0.03);
}

TEST(Eki, LeavesRowsWithoutObservationsAsTheyAre) {
  const Matrix E = normal_matrix(3, 12, 1);
  for (const Through through : {Through::field, Through::columns, Through::unit}) {
    Window window{
        [](const Matrix& members) { return Matrix(0, members.cols()); }, Vector(0), Vector(0), through, {}, 0, {}};
    EXPECT_EQ(largest_difference(window.analysed(*iterative("eki"), E), E), 0.0);
    EXPECT_EQ(window.passes, 1);
  }
}

}  // namespace
}  // namespace tilth::test
