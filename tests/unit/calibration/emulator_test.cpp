#include <gtest/gtest.h>

#include "assim/calibration/design/latin_hypercube.hpp"
#include "assim/calibration/draws.hpp"
#include "assim/calibration/emulator/principal_components.hpp"
#include "core/base/error.hpp"
#include "support/shared.hpp"
#include "unit/calibration/calibration_case.hpp"

namespace tilth::calibration::test {
namespace {

constexpr Kernel kernels[] = {Kernel::matern32, Kernel::matern52, Kernel::rbf};

Vector wavy(const Matrix& X) {
  return evaluated(X, [](const Vector& x) { return std::sin(3.0 * x(0)) + x(1) * x(1) + 0.3 * x(0) * x(1); });
}

TEST(GaussianProcess, InterpolatesWithoutANugget) {
  const Matrix X = latin_hypercube(20, 2, 1);
  const Vector y = wavy(X);
  for (const Kernel kernel : kernels) {
    const GaussianProcess gp(X, y, kernel, Trend::constant, {Vector{{0.3, 0.4}}, 1.0, 1e-10});
    const Prediction at = gp.predict(X);
    EXPECT_LT(largest(at.mean - y), 1e-6);
    EXPECT_LT(largest(at.variance), 1e-8);
    const Prediction away = gp.predict(Matrix{{90.0, 90.0}});
    EXPECT_NEAR(away.mean(0), gp.trend_coefficients()(0), 1e-9);
    EXPECT_GT(away.variance(0), 1.0);  // that of the process and of the mean
  }
}

TEST(GaussianProcess, OfTwoPointsIsWrittenOutByHand) {
  // K = [[1.1, k], [k, 1.1]], k = exp(-1/2); mean at x of k_x' K^-1 y.
  const GaussianProcess gp(Matrix{{0.0}, {1.0}}, Vector{{1.0, -1.0}}, Kernel::rbf, Trend::none,
                           {Vector{{1.0}}, 1.0, 0.1});
  const double k = std::exp(-0.5), a = std::exp(-0.125);
  EXPECT_NEAR(gp.predict(Matrix{{0.5}}).mean(0), 0.0, 1e-15);
  EXPECT_NEAR(gp.predict(Matrix{{0.5}}).variance(0), 1.0 - 2.0 * a * a / (1.1 + k), 1e-14);
  EXPECT_NEAR(gp.predict(Matrix{{0.0}}).mean(0), (1.0 - k) / (1.1 - k), 1e-14);
  const double determinant = 1.21 - k * k;
  EXPECT_NEAR(gp.log_likelihood(), -0.5 * (2.0 / (1.1 - k) + std::log(determinant)) - std::log(2.0 * std::numbers::pi),
              1e-13);
}

// Mean and spread over draws of many seeds are those of the prediction: 5 standard errors, and what features of 20
// seeds leave.
TEST(GaussianProcess, DrawsFunctionsWithItsMeanAndVariance) {
  const Matrix X = latin_hypercube(12, 2, 1), at = latin_hypercube(30, 2, 9);
  const Vector y = wavy(X);
  constexpr int seeds = 20, of_seed = 50, count = seeds * of_seed;
  for (const Kernel kernel : kernels)
    for (const double nugget : {1e-10, 0.05}) {
      const GaussianProcess gp(X, y, kernel, Trend::linear, {Vector{{0.3, 0.4}}, 1.0, nugget});
      const Prediction expected = gp.predict(at);
      Matrix draws(count, at.rows());
      for (int s = 0; s < seeds; ++s) draws.middleRows(s * of_seed, of_seed) = gp.draws(at, of_seed, std::uint64_t(s));
      for (Index i = 0; i < at.rows(); ++i) {
        const double mean = draws.col(i).mean(), sd = std::sqrt(expected.variance(i));
        const double spread = std::sqrt((draws.col(i).array() - mean).square().mean());
        EXPECT_NEAR(mean, expected.mean(i), 5.0 * sd / std::sqrt(double(count)) + 1e-9);
        EXPECT_NEAR(spread, sd, 0.12 * sd) << i;
      }
      if (nugget < 1e-6) {
        EXPECT_LT(largest(gp.draws(X, 1, 3).row(0).transpose() - y), 1e-3);
      }
      EXPECT_LT((gp.draws(at, 5, 0) - draws.topRows(5)).cwiseAbs().maxCoeff(), 1e-9);  // as many as one likes
    }
}

TEST(GaussianProcess, LeavesOneOutAsIfItWereFittedAgain) {
  const Matrix X = latin_hypercube(15, 2, 3);
  const Vector y = wavy(X);
  for (const Trend trend : {Trend::none, Trend::constant, Trend::linear, Trend::quadratic}) {
    const Hyper hyper{Vector{{0.5, 0.7}}, 1.3, 0.01};
    const Prediction loo = GaussianProcess(X, y, Kernel::matern52, trend, hyper).leave_one_out();
    for (const Index i : {Index{0}, Index{6}, Index{14}}) {
      const std::vector<Index> out{i};
      const GaussianProcess rest(without_rows(X, out), without_rows(y, out).col(0), Kernel::matern52, trend, hyper);
      const Prediction p = rest.predict(X.row(i));
      EXPECT_NEAR(loo.mean(i), p.mean(0), 1e-9);
      EXPECT_NEAR(loo.variance(i), p.variance(0) + 0.01, 1e-9);
    }
  }
}

TEST(GaussianProcess, HasTheGradientOfItsLikelihood) {
  const Matrix X = latin_hypercube(18, 2, 4);
  const Vector y = wavy(X);
  const Vector at{{-0.5, -0.2, 0.3, -3.0}};
  for (const Kernel kernel : kernels)
    for (const Trend trend : {Trend::none, Trend::linear, Trend::interactions}) {
      const auto gp = [&](const Vector& logs) {
        const Hyper hyper{logs.head(2).array().exp().matrix(), std::exp(logs(2)), std::exp(logs(3))};
        return GaussianProcess(X, y, kernel, trend, hyper);
      };
      const Vector gradient = gp(at).log_likelihood_gradient();
      for (Index d = 0; d < 4; ++d) {
        const Vector h = 1e-5 * Vector::Unit(4, d);
        const double difference = (gp(at + h).log_likelihood() - gp(at - h).log_likelihood()) / 2e-5;
        EXPECT_NEAR(gradient(d), difference, 1e-6 * std::max(1.0, std::abs(difference))) << d;
      }
    }
}

TEST(GaussianProcess, AgreesWithTheReference) {
  TILTH_SHARED_OR_SKIP(truth, "truth/14_gp.json");
  const auto& in = truth["inputs"];
  const Matrix X = matrix_of(in["X"]), Xs = matrix_of(in["Xs"]);
  const Vector y = vector_of(in["y"]);
  const Hyper hyper{vector_of(in["lengthscales"]), in["s2"], in["nugget"]};
  const char* names[] = {"matern32", "matern52", "rbf"};
  for (int k = 0; k < 3; ++k) {
    const auto& wanted = truth["expected"][names[k]];
    const GaussianProcess zero(X, y, kernels[k], Trend::none, hyper), linear(X, y, kernels[k], Trend::linear, hyper);
    const Prediction p = zero.predict(Xs), q = linear.predict(Xs), loo = zero.leave_one_out();
    EXPECT_LT(largest(p.mean - vector_of(wanted["mean"])), 1e-7);
    EXPECT_LT(largest(p.variance - vector_of(wanted["var"])), 1e-7);
    EXPECT_LT(largest(loo.mean - vector_of(wanted["loo_mean"])), 1e-7);
    EXPECT_LT(largest(loo.variance - vector_of(wanted["loo_var"])), 1e-7);
    EXPECT_NEAR(zero.log_likelihood(), double(wanted["loglik"]), 1e-7);
    EXPECT_LT(largest(linear.trend_coefficients() - vector_of(wanted["beta_linear"])), 1e-7);
    EXPECT_LT(largest(q.mean - vector_of(wanted["mean_linear"])), 1e-7);
    EXPECT_LT(largest(q.variance - vector_of(wanted["var_linear"])), 1e-7);
  }
  const GaussianProcess rbf(X, y, Kernel::rbf, Trend::none, hyper);
  EXPECT_LT(largest(rbf.log_likelihood_gradient() - vector_of(truth["expected"]["grad_loglik_rbf"])), 1e-6);
}

TEST(Emulator, PredictsASmoothFunctionAndKnowsItsError) {
  const Box box{Vector{{-1.0, 10.0, 0.0}}, Vector{{1.0, 30.0, 1.0}}};
  const auto f = [](const Vector& x) { return 1000.0 + std::sin(3.0 * x(0)) + 0.01 * x(1) * x(1); };
  const Matrix X = box.from_unit(maximin_latin_hypercube(40, 3, 5)), Xs = box.from_unit(latin_hypercube(500, 3, 6));
  Vector y = evaluated(X, f);
  y(7) = NAN;
  const Emulator emulator(box, X, y);
  EXPECT_EQ(emulator.failed(), std::vector<Index>{7});
  EXPECT_GT(emulator.check().q2, 0.99);
  EXPECT_GE(emulator.check().coverage, 0.85);
  const Prediction p = emulator.predict(Xs);
  const Vector error = p.mean - evaluated(Xs, f);
  EXPECT_LT(std::sqrt(error.squaredNorm() / 500.0), 0.1);
  const Index covered = (error.array().abs() <= 2.0 * p.variance.array().sqrt() + 1e-6).count();
  EXPECT_GT(covered, 440);
  EXPECT_GT(emulator.hyper().length_scale(2), 1.0);  // the third parameter does nothing
}

TEST(Emulator, PutsNoiseIntoTheNugget) {
  const Matrix X = latin_hypercube(150, 2, 8);
  const Draws draws(1, Stream::bootstrap);
  Vector y = wavy(X);
  for (Index i = 0; i < y.size(); ++i) y(i) += 0.2 * draws.normal(0, i);
  const Emulator emulator(Box::unit(2), X, y);
  EXPECT_NEAR(std::sqrt(emulator.hyper().nugget), 0.2, 0.03);
  EXPECT_NEAR(emulator.check().coverage, 0.95, 0.05);
  EXPECT_FALSE(emulator.check().passes(0.99, 0.8));
}

TEST(Emulator, OfAnythingButNoiseHasNoSkill) {
  const Matrix X = latin_hypercube(60, 2, 8);
  const Draws draws(2, Stream::bootstrap);
  Vector y(60);
  for (Index i = 0; i < y.size(); ++i) y(i) = draws.normal(0, i);
  EXPECT_LT(Emulator(Box::unit(2), X, y, {.trend = Trend::constant}).check().q2, 0.15);
  EXPECT_THROW(Emulator(Box::unit(2), X.topRows(4), y.head(4), {.trend = Trend::interactions}), Error);
}

TEST(PrincipalComponents, OfATableOfRankTwoAreTwo) {
  const Matrix L = latin_hypercube(30, 2, 1), R = latin_hypercube(2, 9, 2);
  const Matrix Y = L * R;
  const PrincipalComponents pc = PrincipalComponents::of(Y, 0.999999);
  EXPECT_EQ(pc.basis.cols(), 2);
  EXPECT_LT(largest(pc.outputs(pc.scores(Y)) - Y), 1e-12);
  EXPECT_LT(largest(pc.left_out), 1e-20);
  EXPECT_LT(largest(pc.basis.transpose() * pc.basis - Matrix::Identity(2, 2)), 1e-12);
}

TEST(VectorEmulator, PredictsASeriesWithItsVariance) {
  const auto series = [](const Vector& x) {
    const Eigen::ArrayXd t = Eigen::ArrayXd::LinSpaced(50, 0.0, 6.0);
    return Vector((1.0 + x(0)) * (t + x(1)).sin());
  };
  const auto table = [&](const Matrix& X) {
    Matrix Y(X.rows(), 50);
    for (Index i = 0; i < X.rows(); ++i) Y.row(i) = series(X.row(i).transpose()).transpose();
    return Y;
  };
  const Matrix X = maximin_latin_hypercube(30, 2, 1), Xs = latin_hypercube(100, 2, 2);
  Matrix Y = table(X);
  Y(3, 20) = NAN;
  const VectorEmulator emulator(Box::unit(2), X, Y, 0.9999);
  EXPECT_EQ(emulator.failed(), std::vector<Index>{3});
  EXPECT_EQ(emulator.components().basis.cols(), 2);
  const auto out = emulator.predict(Xs);
  EXPECT_LT(largest(out.mean - table(Xs)), 0.05);
  EXPECT_GE(out.variance.minCoeff(), 0.0);
  EXPECT_LT(out.variance.maxCoeff(), 0.01);
}

}  // namespace
}  // namespace tilth::calibration::test
