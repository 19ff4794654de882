#include "assim/localisation.hpp"

#include <gtest/gtest.h>

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

TEST(GaspariCohn, AgreesWithTheReferenceValues) {
  TILTH_SHARED_OR_SKIP(truth, "truth/03_gaspari_cohn.json");
  const double c = truth["inputs"]["c"];
  const Vector distance = vector_of(truth["inputs"]["dist"]), value = vector_of(truth["expected"]["value"]);
  for (Eigen::Index i = 0; i < distance.size(); ++i)
    EXPECT_NEAR(gaspari_cohn(distance(i), c), value(i), 1e-12) << distance(i);
}

}  // namespace
}  // namespace tilth::test
