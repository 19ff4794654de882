#include "assim/envar_global.hpp"

#include <gtest/gtest.h>

#include "support/shared.hpp"
#include "unit/assim/window_problem.hpp"

namespace tilth::test {
namespace {

TEST(EnvarGlobal, ChecksShapesAndErrors) {
  const Eigen::MatrixXd HE = normal_matrix(3, 6, 1);
  const Vector hb = HE.rowwise().mean(), y = Vector::Zero(3);
  EXPECT_THROW(EnvarGlobal(HE, hb, Vector::Zero(2), Eigen::MatrixXd::Identity(3, 3)), Error);
  EXPECT_THROW(EnvarGlobal(HE, hb, y, -Eigen::MatrixXd::Identity(3, 3)), Error);
  EXPECT_THROW(EnvarGlobal(HE.leftCols(1), hb, y, Eigen::MatrixXd::Identity(3, 3)), Error);
}

TEST(EnvarGlobal, HasTheGradientOfItsCostAndNoneAtTheMinimiser) {
  const Eigen::MatrixXd HE = normal_matrix(5, 7, 1);
  const EnvarGlobal problem(HE, HE.rowwise().mean(), normal_matrix(5, 1, 2), 0.4 * Eigen::MatrixXd::Identity(5, 5));
  const Vector w = normal_matrix(7, 1, 3), v = normal_matrix(7, 1, 4);
  // The cost is quadratic: central differences are exact but for round-off.
  const double slope = (problem.cost(w + 0.5 * v) - problem.cost(w - 0.5 * v));
  EXPECT_NEAR(problem.gradient(w).dot(v), slope, 1e-10);
  EXPECT_LT(problem.gradient(problem.minimiser()).norm(), 1e-12);
}

Eigen::MatrixXd joined(const std::vector<Matrix>& blocks) {
  Eigen::Index rows = 0, columns = 0;
  for (const Matrix& b : blocks) rows += b.rows(), columns += b.cols();
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(rows, columns);
  rows = columns = 0;
  for (const Matrix& b : blocks) {
    out.block(rows, columns, b.rows(), b.cols()) = b;
    rows += b.rows();
    columns += b.cols();
  }
  return out;
}

TEST(EnvarGlobal, ReproducesTheLinearStrongConstraintReference) {
  TILTH_SHARED_OR_SKIP(truth, "truth/06_4denvar_linear.json");
  const auto& in = truth["inputs"];
  const auto& expected = truth["expected"];
  const Matrix E = matrix_of(in["E"]), M = matrix_of(in["M"]);
  Matrix Et = E, Mt = Matrix::Identity(6, 6), HE(0, E.cols());
  Vector y(0);
  std::vector<Matrix> R;
  for (int t = 1; t <= int(in["nt"]); ++t) {
    Et = (M * Et).eval();
    Mt = (M * Mt).eval();
    const Matrix predicted = matrix_of(in[text("H", t)]) * Et;
    const Vector yt = vector_of(in[text("y", t)]);
    HE.conservativeResize(HE.rows() + predicted.rows(), Eigen::NoChange);
    HE.bottomRows(predicted.rows()) = predicted;
    y.conservativeResize(y.size() + yt.size());
    y.tail(yt.size()) = yt;
    R.push_back(matrix_of(in[text("R", t)]));
  }
  const EnvarGlobal problem(HE, HE.rowwise().mean(), y, joined(R));
  const auto close = [&](const char* key, const Matrix& value, const Matrix& reference) {
    EXPECT_LT(largest_difference(value, reference), allowed(reference, 1e-9)) << key;
  };
  const Vector w_test = vector_of(in["w_test"]);
  close("w", problem.minimiser(), vector_of(expected["w"]));
  close("grad_test", problem.gradient(w_test), vector_of(expected["grad_test"]));
  EXPECT_NEAR(problem.cost(Vector::Zero(10)), double(expected["J0"]), 1e-9 * double(expected["J0"]));
  EXPECT_NEAR(problem.cost(problem.minimiser()), double(expected["Jmin"]), 1e-9 * double(expected["Jmin"]));
  EXPECT_NEAR(problem.cost(w_test), double(expected["J_test"]), 1e-9 * double(expected["J_test"]));
  const EnvarPosterior post = envar_posterior(problem, E, PosteriorRoot::symmetric);
  close("xa0", post.mean, vector_of(expected["xa0"]));
  close("Pa0", post.covariance, matrix_of(expected["Pa0"]));
  close("Ea0", post.members, matrix_of(expected["Ea0"]));
  close("xa_end", Mt * post.mean, vector_of(expected["xa_end"]));
  close("Pa_end", Mt * post.covariance * Mt.transpose(), matrix_of(expected["Pa_end"]));
}

TEST(EnvarGlobal, ReproducesTheNonlinearReferenceAboutEither) {
  TILTH_SHARED_OR_SKIP(truth, "truth/06b_4denvar_nonlinear_h.json");
  const auto& in = truth["inputs"];
  const Matrix E = matrix_of(in["E"]), HE = matrix_of(in["HE"]);
  const Vector r = vector_of(in["R_diag"]), y = vector_of(in["y"]);
  for (const bool of_mean : {true, false}) {
    const auto& expected = truth["expected"][of_mean ? "h_of_mean" : "mean_of_h"];
    const Vector hb = of_mean ? vector_of(in["hb"]) : Vector(HE.rowwise().mean());
    const EnvarGlobal problem(HE, hb, y, Eigen::MatrixXd(r.asDiagonal()));
    EXPECT_LT(largest_difference(problem.minimiser(), vector_of(expected["w"])), 1e-9);
    for (const auto kind : {PosteriorRoot::symmetric, PosteriorRoot::cholesky}) {
      const bool symmetric = kind == PosteriorRoot::symmetric;
      const EnvarPosterior post = envar_posterior(problem, E, kind);
      const Matrix members = matrix_of(expected[symmetric ? "Ea_symmetric" : "Ea_cholesky"]);
      EXPECT_LT(largest_difference(post.mean, vector_of(expected["xa"])), 1e-9);
      EXPECT_LT(largest_difference(post.covariance, matrix_of(expected["Pa"])), 1e-9);
      EXPECT_LT(largest_difference(post.members, members), 1e-9);
      // One outer loop of the registered method makes the same members, through field, columns and shared parameters.
      for (const Through through : {Through::field, Through::columns, Through::unit}) {
        if (of_mean && through == Through::unit) continue;  // the caller's statistics say what they are about
        Window window{[&](const Matrix&) { return HE; }, y, r, through, {}, 0, {}};
        if (of_mean) window.hx_mean = hb;
        const auto envar = iterative("4denvar_ensemble", text("{about: ", of_mean ? "h_of_mean" : "mean_of_h",
                                                              ", root: ", symmetric ? "symmetric}" : "cholesky}"));
        EXPECT_LT(largest_difference(window.analysed(*envar, E), members), 1e-9) << of_mean << int(through);
        EXPECT_EQ(window.passes, 1);
      }
    }
  }
}

TEST(EnvarEnsemble, SaysThatThePredictionOfTheMeanIsMissing) {
  Window window{[](const Matrix& E) { return E; }, Vector::Zero(2), Vector::Ones(2), Through::field, {}, 0, {}};
  EXPECT_THROW(window.analysed(*iterative("4denvar_ensemble", "{about: h_of_mean}"), normal_matrix(2, 6, 1)), Error);
}

TEST(EnvarEnsemble, OuterLoopsEndAtTheMapOfANonlinearWindow) {
  // x ~ N(1, 0.25), y = x^3 + N(0, 0.25) = 2.5; the MAP is 1.34560.
  const Matrix E = exact_ensemble(Vector::Constant(1, 1.0), Matrix::Constant(1, 1, 0.25), 20, 1);
  Window window{[](const Matrix& x) { return Matrix(x.array().cube()); },
                Vector::Constant(1, 2.5),
                Vector::Constant(1, 0.25),
                Through::unit,
                {},
                0,
                {}};
  const auto distance = [&](const char* options) {
    return std::abs(window.analysed(*iterative("4denvar_ensemble", options), E).mean() - 1.3455963253);
  };
  EXPECT_GT(distance("{outer_loops: 1}"), 0.02);
  EXPECT_LT(distance("{outer_loops: 12, anomaly_scale: 0.01}"), 1e-3);
  EXPECT_EQ(window.passes, 12);
}

/// The two-pool model of the reference: parameters p1, p2, k1, k2, RK4 with the forcing held over the step.
Vector toy_carbon(const Vector& p, const Vector& F, const Vector& x0) {
  const auto rate = [&](const Vector& x, double f) {
    const double uptake = f * x(0) * x(1) / ((x(0) + p(0)) * (x(1) + p(1)));
    return Vector(Eigen::Vector2d(uptake + 0.01 - p(2) * x(0), p(2) * x(0) - p(3) * x(1)));
  };
  Vector x = x0, out(2 * F.size());
  for (Eigen::Index t = 0; t < F.size(); ++t) {
    out.segment(2 * t, 2) = x;
    const Vector a = rate(x, F(t)), b = rate(x + 0.5 * a, F(t)), c = rate(x + 0.5 * b, F(t)), d = rate(x + c, F(t));
    x += (a + 2.0 * b + 2.0 * c + d) / 6.0;
  }
  return out;
}

TEST(EnvarGlobal, EstimatesTheParametersOfTheToyCarbonModel) {
  TILTH_SHARED_OR_SKIP(truth, "truth/19_toy_carbon_4denvar.json");
  const auto& in = truth["inputs"];
  const auto& expected = truth["expected"];
  const Vector F = vector_of(in["F"]), x0 = vector_of(in["x0"]), r = vector_of(in["R_diag"]);
  const Matrix E = matrix_of(in["E"]), traj_true = matrix_of(expected["traj_true"]);
  const auto h = [&](const Vector& p) { return toy_carbon(p, F, x0); };
  const Vector truth_path = h(vector_of(in["p_true"])), hb = h(E.rowwise().mean());
  Matrix HE(r.size(), E.cols());
  for (Eigen::Index k = 0; k < E.cols(); ++k) HE.col(k) = h(E.col(k));
  EXPECT_LT(largest_difference(hb, vector_of(expected["hb"])), 1e-6);
  const EnvarGlobal problem(HE, hb, vector_of(in["y"]), Eigen::MatrixXd(r.asDiagonal()));
  const EnvarPosterior post = envar_posterior(problem, E, PosteriorRoot::symmetric);
  EXPECT_LT(largest_difference(post.mean, vector_of(expected["xa"])), 1e-6);
  EXPECT_LT(largest_difference(post.covariance, matrix_of(expected["Pa"])), 1e-6);
  const Vector analysis = h(post.mean);
  for (int i = 0; i < 2; ++i) {
    const auto path = [&](const Vector& all) { return Vector(all.reshaped(2, F.size()).row(i)); };
    EXPECT_LT(largest_difference(path(truth_path), Vector(traj_true.row(i))), 1e-6);
    const auto rmse = [&](const Vector& all) {
      return std::sqrt((path(all) - path(truth_path)).squaredNorm() / double(F.size()));
    };
    EXPECT_NEAR(rmse(hb), double(expected["rmse_prior"][i]), 1e-6);
    EXPECT_NEAR(rmse(analysis), double(expected["rmse_analysis"][i]), 1e-6);
  }
}

}  // namespace
}  // namespace tilth::test
