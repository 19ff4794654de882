#include <gtest/gtest.h>

#include "assim/iterative/gauss_newton.hpp"
#include "support/shared.hpp"
#include "unit/assim/window_problem.hpp"

namespace tilth::test {
namespace {

constexpr auto everywhere = {Through::field, Through::columns, Through::unit};

TEST(Ienks, OnePassIsTheEtkfAtTheStartOfTheWindow) {
  const Matrix E = normal_matrix(3, 12, 1), G = normal_matrix(5, 3, 2);
  const Vector y = normal_matrix(5, 1, 3), r = Vector::Constant(5, 0.3);
  const Matrix once = updated(*method("letkf", "{inflation: 1.1}"), E, G * E, y, r);
  for (const Through through : everywhere)
    for (const char* form : {"transform", "bundle"}) {
      Window window{[&](const Matrix& members) { return Matrix(G * members); }, y, r, through, {}, 0, {}};
      const auto smoother = iterative("ienks", text("{max_passes: 1, inflation: 1.1, form: ", form, "}"));
      EXPECT_LT(largest_difference(window.analysed(*smoother, E), once), 1e-11) << form << int(through);
      EXPECT_EQ(window.passes, 1);
    }
}

TEST(Ienks, StaysAtTheKalmanUpdateOfALinearWindow) {
  const Matrix E = normal_matrix(3, 12, 1), G = normal_matrix(5, 3, 2);
  const Vector y = normal_matrix(5, 1, 3), r = Vector::Constant(5, 0.3);
  const Matrix once = updated(*method("letkf"), E, G * E, y, r);
  for (const Through through : everywhere)
    for (const char* form : {"transform", "bundle"}) {
      Window window{[&](const Matrix& members) { return Matrix(G * members); }, y, r, through, {}, 0, {}};
      const Matrix Ea = window.analysed(*iterative("ienks", text("{form: ", form, "}")), E);
      EXPECT_LT(largest_difference(Ea, once), 1e-8) << form << int(through);
      // Step, see that nothing moves, set the members; the bundle first has to get close together.
      EXPECT_EQ(window.passes, form == std::string("bundle") ? 4 : 3);
    }
}

TEST(Ienks, LeavesRowsWithoutObservationsAsTheyAre) {
  const Matrix E = normal_matrix(3, 12, 1);
  for (const Through through : everywhere) {
    Window window{
        [](const Matrix& members) { return Matrix(0, members.cols()); }, Vector(0), Vector(0), through, {}, 0, {}};
    EXPECT_EQ(largest_difference(window.analysed(*iterative("ienks"), E), E), 0.0);
  }
}

/// A saturating observation: from the flat side, full Gauss-Newton steps fly past the steep place.
TEST(GaussNewton, HalvesAStepThatOvershoots) {
  GaussNewtonOptions options;
  options.form = GaussNewtonOptions::Form::bundle;
  options.epsilon = 1e-6;
  const Matrix X = (Matrix(1, 2) << 1.0, -1.0).finished();
  const auto h = [](double x) { return std::atan(20.0 * (x - 1.0)); };
  GaussNewton newton(2, options);
  const auto statistics = [&](const Eigen::MatrixXd& M) {
    const Matrix members = X * M;
    return local_gram_of(members.unaryExpr(h), Vector::Constant(1, h(0.9)), Vector::Constant(1, 1e-3));
  };
  newton.advance(statistics(Eigen::MatrixXd::Identity(2, 2)));
  double cost = std::numeric_limits<double>::infinity();
  int halved = 0;
  for (int pass = 0; pass < 40; ++pass) {
    newton.advance(statistics(newton.next()));
    EXPECT_LE(newton.cost(), cost * (1.0 + 1e-9)) << pass;
    cost = newton.cost();
    halved += newton.rejected();
  }
  EXPECT_GT(halved, 0);
  EXPECT_LT(newton.move(), 1e-5);
  EXPECT_NEAR((X * newton.weights())(0), 0.9, 0.02);
}

struct Truth08 {
  explicit Truth08(const nlohmann::json& in)
      : E(matrix_of(in["E"])),
        B(matrix_of(in["B"])),
        y(vector_of(in["y"])),
        r(Vector::Constant(y.size(), double(in["r"]))) {}
  Matrix h(const Matrix& z) const {
    const Matrix Bz = B * z;
    Matrix out = Bz + 0.3 * Bz.cwiseProduct(Bz);
    out.rowwise() += (0.1 * (3.0 * z.row(0).array()).sin()).matrix();
    return out;
  }
  Matrix E, B;
  Vector y, r;
};

TEST(Ienks, ReproducesTheReferenceMinimisation) {
  TILTH_SHARED_OR_SKIP(truth, "truth/08_ienks_map.json");
  const Truth08 problem(truth["inputs"]);
  const auto& expected = truth["expected"];
  const int N = int(problem.E.cols());
  const Vector mean = problem.E.rowwise().mean();
  const Matrix X = problem.E.colwise() - mean;
  GaussNewtonOptions options;
  options.form = GaussNewtonOptions::Form::bundle;
  options.epsilon = 1e-5;
  GaussNewton newton(N, options);
  const double root = std::sqrt(N - 1.0);  // the reference divides anomalies by it
  const auto advance = [&](const Eigen::MatrixXd& M) {
    newton.advance(local_gram_of(problem.h((X * M).colwise() + mean), problem.y, problem.r));
  };
  advance(Eigen::MatrixXd::Identity(N, N));
  advance(newton.next());
  EXPECT_NEAR(newton.cost(), double(expected["J0"]), 1e-4 * double(expected["J0"]));
  const Matrix w_first = root * (newton.next().rowwise().mean() - Eigen::VectorXd::Constant(N, options.epsilon / N));
  EXPECT_LT(largest_difference(w_first, vector_of(expected["w_first"])), allowed(vector_of(expected["w_first"]), 1e-4));
  for (int pass = 0; pass < 30; ++pass) advance(newton.next());
  EXPECT_LT(largest_difference(root * newton.weights(), vector_of(expected["w"])), 1e-4);
  EXPECT_NEAR(newton.cost(), double(expected["Jmin"]), 1e-4);
  EXPECT_LT(largest_difference(mean + X * newton.weights(), vector_of(expected["x"])), 1e-4);
  EXPECT_LT(largest_difference(X * newton.covariance() * X.transpose(), matrix_of(expected["cov"])), 1e-4);

  for (const Through through : everywhere) {
    Window window{[&](const Matrix& z) { return problem.h(z); }, problem.y, problem.r, through, {}, 0, {}};
    const Matrix Ea =
        window.analysed(*iterative("ienks", "{form: bundle, max_passes: 40, tolerance: 1e-6}"), problem.E);
    EXPECT_LT(window.passes, 40);
    EXPECT_LT(largest_difference(Ea.rowwise().mean(), vector_of(expected["x"])), 1e-4) << int(through);
    EXPECT_LT(largest_difference(covariance_of(Ea), matrix_of(expected["cov"])), 1e-4) << int(through);
  }
}

TEST(Ienks, FindsTheMapOfAScalarNonlinearWindow) {
  // x ~ N(1, 0.25), y = x^3 + N(0, 0.25) = 2.5: minimiser of the cost and Gauss-Newton spread there.
  const Matrix E = exact_ensemble(Vector::Constant(1, 1.0), Matrix::Constant(1, 1, 0.25), 20, 1);
  for (const Through through : everywhere) {
    Window window{[](const Matrix& x) { return Matrix(x.array().cube()); },
                  Vector::Constant(1, 2.5),
                  Vector::Constant(1, 0.25),
                  through,
                  {},
                  0,
                  {}};
    const Matrix Ea = window.analysed(*iterative("ienks", "{form: bundle, max_passes: 30}"), E);
    EXPECT_NEAR(Ea.mean(), 1.3455963253, 1e-5);
    EXPECT_NEAR(std::sqrt(covariance_of(Ea)(0, 0)), 0.0905277, 1e-5);
    // The transform sees the mean curvature over the posterior spread: close to the MAP, not at it.
    const Matrix Et = window.analysed(*iterative("ienks", "{max_passes: 30}"), E);
    EXPECT_NEAR(Et.mean(), 1.3456, 0.03);
    EXPECT_NEAR(std::sqrt(covariance_of(Et)(0, 0)), 0.0905, 0.01);
    EXPECT_LT(window.passes, 15);
  }
}

}  // namespace
}  // namespace tilth::test
