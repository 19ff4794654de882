#include <gtest/gtest.h>

#include "assim/inflation.hpp"
#include "assim/localisation.hpp"
#include "support/lorenz.hpp"
#include "support/shared.hpp"
#include "unit/assim/analysis_problem.hpp"

namespace tilth::test {
namespace {

Vector after_steps(Vector x, int steps) {
  for (int s = 0; s < steps; ++s) lorenz96_step({x.data(), std::size_t(x.size())});
  return x;
}

void advance(Matrix& E) {
  for (Eigen::Index k = 0; k < E.cols(); ++k) E.col(k) = after_steps(E.col(k), 1);
}

/// Every variable observed with unit error; `half_width` 0: every observation at full weight.
Matrix analysed(const Matrix& E, const Vector& y, double half_width) {
  const int n = int(E.rows());
  Rows rows(E);
  const Observed observed(E, y, Vector::Ones(n));
  std::vector<LocalProblem> batch(n);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      const int apart = std::abs(i - j);
      const double taper = half_width > 0.0 ? gaspari_cohn(std::min(apart, n - apart), half_width) : 1.0;
      if (taper == 0.0) continue;
      batch[i].obs.push_back(j);
      batch[i].taper.push_back(taper);
    }
    batch[i].rows = {rows.row(i)};
  }
  method("letkf")->update(observed.space(), batch);
  return rows.matrix();
}

Matrix inflated(const Matrix& E, double factor) {
  Rows rows(E);
  for (int i = 0; i < int(E.rows()); ++i) inflate(rows.members_of(i), factor);
  return rows.matrix();
}

TEST(Lorenz96, RestsAtItsFixedPointAndConservesItsQuadraticTerm) {
  Vector x = Vector::Constant(40, 8.0);
  EXPECT_EQ(largest_difference(after_steps(x, 3), x), 0.0);  // x = F is a fixed point
  x = normal_matrix(40, 1, 3);
  Vector tendency(40);
  lorenz96_tendency({x.data(), 40}, 0.0, {tendency.data(), 40});
  EXPECT_NEAR(x.dot(tendency), -x.squaredNorm(), 1e-12);  // advection conserves energy
}

TEST(Lorenz96, AgreesWithTheReferenceSteps) {
  TILTH_SHARED_OR_SKIP(truth, "truth/16_models.json");
  const Vector x = vector_of(truth["inputs"]["l96_x0"]);
  for (const int steps : {1, 10, 40}) {
    const Vector expected = vector_of(truth["expected"][text("l96_", steps)]);
    EXPECT_LT((after_steps(x, steps) - expected).cwiseAbs().maxCoeff(), allowed(expected, 1e-8)) << steps;
  }
}

TEST(LetkfCycle, AgreesWithTheReferenceAfterTwelveAnalyses) {
  TILTH_SHARED_OR_SKIP(truth, "truth/17_l96_cycle.json");
  const Matrix observations = matrix_of(truth["inputs"]["y"]);
  Matrix global = matrix_of(truth["inputs"]["E0"]), local = global;
  Vector x = vector_of(truth["inputs"]["x_true0"]);
  const Vector rmse = vector_of(truth["expected"]["etkf_rmse"]);
  for (Eigen::Index t = 0; t < observations.rows(); ++t) {
    advance(global);
    advance(local);
    x = after_steps(x, 1);
    const Matrix analysis = analysed(global, observations.row(t).transpose(), 0.0);
    EXPECT_NEAR((analysis.rowwise().mean() - x).norm() / std::sqrt(double(x.size())), rmse(t), 1e-6) << t;
    global = inflated(analysis, 1.05);
    local = inflated(analysed(local, observations.row(t).transpose(), 6.0), 1.03);
  }
  EXPECT_LT(largest_difference(global, matrix_of(truth["expected"]["etkf_E"])), 1e-5);
  EXPECT_LT(largest_difference(local, matrix_of(truth["expected"]["letkf_E"])), 1e-5);
}

}  // namespace
}  // namespace tilth::test
