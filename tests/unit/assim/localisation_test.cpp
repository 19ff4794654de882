#include "assim/localisation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/shared.hpp"
#include "unit/assim/analysis_problem.hpp"

namespace tilth::test {
namespace {

TEST(GaspariCohn, HasTheExactValuesOfThePolynomials) {
  EXPECT_EQ(gaspari_cohn(0.0, 100.0), 1.0);
  EXPECT_NEAR(gaspari_cohn(50.0, 100.0), 263.0 / 384.0, 1e-15);  // eq. 4.10 at 1/2 by hand
  EXPECT_NEAR(gaspari_cohn(100.0, 100.0), 5.0 / 24.0, 1e-15);
  EXPECT_NEAR(gaspari_cohn(150.0, 100.0), 19.0 / 1152.0, 1e-14);  // eq. 4.10 at 3/2 by hand
  EXPECT_EQ(gaspari_cohn(200.0, 100.0), 0.0);
  EXPECT_EQ(gaspari_cohn(1e6, 100.0), 0.0);
}

TEST(GaspariCohn, FallsMonotonicallyAndNeverBelowZero) {
  double previous = 1.0;
  for (int i = 1; i <= 2100; ++i) {
    const double value = gaspari_cohn(0.1 * i, 100.0);
    EXPECT_GE(value, 0.0) << i;
    EXPECT_LE(value, previous + 1e-15) << i;
    previous = value;
  }
}

TEST(GaspariCohn, HasTheSameBitsForManyDistancesAtOnce) {
  std::vector<double> distances;
  for (int i = 0; i <= 2100; ++i) distances.push_back(0.1 * i);
  std::vector<double> tapers = distances;
  gaspari_cohn(tapers, 100.0);
  for (std::size_t i = 0; i < distances.size(); ++i) EXPECT_EQ(tapers[i], gaspari_cohn(distances[i], 100.0)) << i;
}

TEST(GaspariCohn, AgreesWithTheReferenceValues) {
  TILTH_SHARED_OR_SKIP(truth, "truth/03_gaspari_cohn.json");
  const double c = truth["inputs"]["c"];
  const Vector distance = vector_of(truth["inputs"]["dist"]), value = vector_of(truth["expected"]["value"]);
  for (Eigen::Index i = 0; i < distance.size(); ++i)
    EXPECT_NEAR(gaspari_cohn(distance(i), c), value(i), 1e-12) << distance(i);
}

TEST(GaspariCohn, MatrixOnACircleIsPositiveDefinite) {
  TILTH_SHARED_OR_SKIP(truth, "truth/03_gaspari_cohn.json");
  const double c = truth["inputs"]["c"];
  const int n = truth["inputs"]["n"];
  Matrix m(n, n);
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) m(i, j) = taper(Taper::gaspari_cohn, std::min(std::abs(i - j), n - std::abs(i - j)), c);
  EXPECT_LT(largest_difference(m, matrix_of(truth["expected"]["matrix"])), 1e-12);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(m);
  EXPECT_NEAR(eigen.eigenvalues()(0), truth["expected"]["min_eig"], 1e-12);
  EXPECT_NEAR(daley_length(c), truth["expected"]["gauss_equivalent_radius"], 1e-12);
}

constexpr Taper shapes[] = {Taper::gaspari_cohn, Taper::boxcar, Taper::soar, Taper::none};

TEST(Taper, StartsAtOneAndIsZeroFromTheEndOfItsSupport) {
  for (const Taper shape : shapes) {
    EXPECT_EQ(taper(shape, 0.0, 50.0), 1.0);
    const double end = support(shape, 50.0);
    if (std::isinf(end)) continue;
    EXPECT_EQ(taper(shape, end, 50.0), 0.0);
    EXPECT_GT(taper(shape, 0.99 * end, 50.0), 0.0);
  }
  EXPECT_EQ(taper(Taper::none, 1e9, 50.0), 1.0);
}

TEST(Taper, FallsMonotonicallyAndDependsOnTheRatioAlone) {
  for (const Taper shape : shapes) {
    double previous = 1.0;
    for (int i = 1; i <= 1200; ++i) {
      const double value = taper(shape, 0.25 * i, 50.0);
      EXPECT_LE(value, previous + 1e-15);
      EXPECT_EQ(value, taper(shape, 0.5 * i, 100.0));
      previous = value;
    }
  }
}

TEST(Taper, ShapesHaveTheirClosedForms) {
  EXPECT_EQ(taper(Taper::gaspari_cohn, 120.0, 100.0), gaspari_cohn(120.0, 100.0));
  EXPECT_EQ(taper(Taper::boxcar, 99.9, 100.0), 1.0);
  EXPECT_EQ(taper(Taper::boxcar, 100.0, 100.0), 0.0);
  const double L = 100.0 * std::sqrt(0.3);
  EXPECT_NEAR(taper(Taper::soar, 2.0 * L, 100.0), 3.0 * std::exp(-2.0), 1e-15);
  EXPECT_NEAR(taper(Taper::soar, support(Taper::soar, 100.0) * (1.0 - 1e-12), 100.0), 1e-3, 1e-12);
}

TEST(Taper, SmoothShapesHaveTheSameCurvatureAtZeroDistance) {
  const double h = 1e-3;  // 1 - h^2 5/3: third-order terms are 1e-9
  EXPECT_NEAR((1.0 - taper(Taper::gaspari_cohn, h, 1.0)) / (h * h), 5.0 / 3.0, 1e-2);
  EXPECT_NEAR((1.0 - taper(Taper::soar, h, 1.0)) / (h * h), 5.0 / 3.0, 1e-2);
}

TEST(Taper, WordsNameTheShapes) {
  const auto words = taper_words();
  ASSERT_EQ(words.size(), std::size(shapes));
  for (std::size_t i = 0; i < words.size(); ++i) EXPECT_EQ(taper_of(words[i]), shapes[i]);
  EXPECT_THROW(taper_of("gauss"), Error);
}

}  // namespace
}  // namespace tilth::test
