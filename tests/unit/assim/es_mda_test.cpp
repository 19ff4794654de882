#include <gtest/gtest.h>

#include "support/shared.hpp"
#include "unit/assim/window_problem.hpp"

namespace tilth::test {
namespace {

/// A linear window: y = G x.
struct Linear {
  Matrix E = normal_matrix(3, 12, 1), G = normal_matrix(5, 3, 2);
  Vector y = normal_matrix(5, 1, 3), r = Vector::Constant(5, 0.3);
  Window window(Through through) const {
    return {[G = G](const Matrix& members) { return Matrix(G * members); }, y, r, through, {}, 0, {}};
  }
};

TEST(EsMda, DeterministicStepsEndAtTheKalmanUpdateOfALinearWindow) {
  const Linear linear;
  const Matrix once = updated(*method("letkf"), linear.E, linear.G * linear.E, linear.y, linear.r);
  for (const Through through : {Through::field, Through::columns, Through::unit}) {
    Window window = linear.window(through);
    const Matrix Ea = window.analysed(*iterative("es_mda", "{steps: 3}"), linear.E);
    EXPECT_EQ(window.passes, 3);
    // The product of symmetric roots that commute is the symmetric root of the product.
    EXPECT_LT(largest_difference(Ea, once), 1e-10) << int(through);
  }
}

TEST(EsMda, OneStepIsTheMethodItself) {
  const Linear linear;
  for (const Through through : {Through::field, Through::columns, Through::unit}) {
    Window window = linear.window(through);
    const Matrix Ea = window.analysed(*iterative("es_mda", "{steps: 1, update: {letkf: {inflation: 1.1}}}"), linear.E);
    const Matrix once =
        updated(*method("letkf", "{inflation: 1.1}"), linear.E, linear.G * linear.E, linear.y, linear.r);
    EXPECT_LT(largest_difference(Ea, once), 1e-11) << int(through);
  }
}

TEST(EsMda, DrawsNewPerturbationsInEveryStepTheSameForFieldAndParameters) {
  const Linear linear;
  const auto stochastic = iterative("es_mda", "{alphas: [4, 2, 4], update: enkf}");
  Window unit = linear.window(Through::unit), field = linear.window(Through::field),
         columns = linear.window(Through::columns), other = linear.window(Through::field);
  unit.analysed(*stochastic, linear.E);
  field.analysed(*stochastic, linear.E);
  columns.analysed(*stochastic, linear.E);
  other.key.cycle = 1;
  other.analysed(*stochastic, linear.E);
  ASSERT_EQ(unit.passes, 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_LT(largest_difference(unit.iterates[i], field.iterates[i]), 1e-11) << i;
    EXPECT_LT(largest_difference(unit.iterates[i], columns.iterates[i]), 1e-11) << i;
    EXPECT_GT(largest_difference(other.iterates[i], field.iterates[i]), 1e-3) << i;
  }
  // The second step written out, with the perturbations of pass 1 and alpha = 2.
  Matrix D(5, 12);
  for (int i = 0; i < 5; ++i)
    for (int k = 0; k < 12; ++k) D(i, k) = std::sqrt(0.3 * 2.0) * AnalysisKey{}.random().normal({0, k, i, 1});
  D = (D.colwise() - D.rowwise().mean()).eval();
  const Matrix& E1 = field.iterates[0];
  const Matrix second = updated(*method("enkf"), E1, linear.G * E1, linear.y, 2.0 * linear.r, D);
  EXPECT_LT(largest_difference(field.iterates[1], second), 1e-11);
}

TEST(EsMda, ChecksItsErrorFactors) {
  EXPECT_THROW(iterative("es_mda", "{alphas: [4, 4, 4]}"), Error);
  EXPECT_THROW(iterative("es_mda", "{alphas: [1], steps: 1}"), Error);
  EXPECT_THROW(iterative("es_mda", "{update: denkf}"), Error);
  EXPECT_NO_THROW(iterative("es_mda", "{alphas: [9.333333, 7.0, 4.0, 2.0]}"));
}

TEST(EsMda, AgreesWithTheReferenceMembers) {
  TILTH_SHARED_OR_SKIP(truth, "truth/07_esmda_linear.json");
  const auto& in = truth["inputs"];
  const Matrix E = matrix_of(in["E"]), G = matrix_of(in["G"]);
  const Vector y = vector_of(in["y"]), r = vector_of(in["R_diag"]), alphas = vector_of(in["alphas"]);
  std::string list;
  for (const double alpha : alphas) list += (list.empty() ? "" : ", ") + text(alpha);
  Window window{[&](const Matrix& members) { return Matrix(G * members); }, y, r, Through::unit, {}, 0, {}};
  const Matrix Ea = window.analysed(*iterative("es_mda", "{alphas: [" + list + "]}"), E);
  EXPECT_LT(largest_difference(Ea, matrix_of(truth["expected"]["sqrt_Ea"])), 1e-8);
  EXPECT_LT(largest_difference(Ea.rowwise().mean(), vector_of(truth["expected"]["kf_mean"])), 1e-8);
  EXPECT_LT(largest_difference(covariance_of(Ea), matrix_of(truth["expected"]["kf_cov"])), 1e-8);
  Matrix stochastic = E;  // with the perturbations of the reference
  for (int step = 0; step < int(alphas.size()); ++step) {
    const Matrix D = (alphas(step) * r).cwiseSqrt().asDiagonal() * matrix_of(in["Z"][step]);
    stochastic = updated(*method("enkf"), stochastic, G * stochastic, y, alphas(step) * r, D);
    EXPECT_LT(largest_difference(stochastic, matrix_of(truth["expected"]["stoch_E"][step])), 1e-8) << step;
  }
}

TEST(EsMda, ApproachesItsLimitForAScalarNonlinearWindow) {
  // x ~ N(1, 0.25), y = x^3 + N(0, 0.25), y = 2.5; 8 steps, 5000 members or more.
  constexpr int N = 6000;
  const Matrix E = (0.5 * normal_matrix(1, N, 5).array() + 1.0).matrix();
  Window window{[](const Matrix& members) { return Matrix(members.array().cube()); },
                Vector::Constant(1, 2.5),
                Vector::Constant(1, 0.25),
                Through::columns,  // in observation space: no N x N matrix
                {},
                0,
                {}};
  const Matrix Ea = window.analysed(*iterative("es_mda", "{steps: 8, update: enkf}"), E);
  EXPECT_NEAR(Ea.mean(), 1.3159, 0.012);
  EXPECT_NEAR(std::sqrt(covariance_of(Ea)(0, 0)), 0.1225, 0.012);
}

}  // namespace
}  // namespace tilth::test
