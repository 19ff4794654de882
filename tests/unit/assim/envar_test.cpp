#include <gtest/gtest.h>

#include "assim/localisation.hpp"
#include "support/ring.hpp"
#include "support/shared.hpp"

namespace tilth::test {
namespace {

const Comm& alone() {
  static const Comm self = Comm::self();
  return self;
}

const std::string tight = "solver: {tolerance: 1e-12}";

/// A ring of columns with one row per time; every third column is observed at the second and the last time.
struct Smoother {
  static constexpr int n = 24, times = 3, N = 9;
  static constexpr double r = 0.4;
  Matrix E = normal_matrix(n * times, N, 41);  // row: column * times + time
  Matrix H = Matrix::Zero(n / 3 * 2, n* times);
  std::vector<RingObs> obs;
  Vector y;

  Smoother() {
    y = normal_matrix(H.rows(), 1, 42);
    for (Eigen::Index o = 0; o < H.rows(); ++o) {
      const int column = int(o / 2) * 3, time = o % 2 ? times - 1 : 1;
      H(o, column * times + time) = 1.0;
      obs.push_back({double(column), y(o), r, E.row(column * times + time).transpose(), 0});
    }
  }
  /// The Kalman update with the sample covariance, multiplied by a taper of the distance between columns.
  Vector mean(double half_width) const {
    Matrix P = covariance_of(E);
    for (int i = 0; i < n * times && half_width > 0.0; ++i)
      for (int j = 0; j < n * times; ++j) {
        const int apart = std::abs(i / times - j / times);
        P(i, j) *= gaspari_cohn(std::min(apart, n - apart), half_width);
      }
    return E.rowwise().mean() + gain(P) * (y - H * E.rowwise().mean());
  }
  Matrix gain(const Matrix& P) const {
    const Eigen::MatrixXd S = H * P * H.transpose() + r * Matrix::Identity(H.rows(), H.rows());
    return Matrix(S.llt().solve(Eigen::MatrixXd(H * P)).transpose());
  }
  Matrix analysed(const std::string& options, double half_width) const {
    Ring ring(alone(), n, E);
    ring.observe(obs);
    ring.analyse(*field_method_of("4denvar", options), half_width);
    return ring.gathered();
  }
};

TEST(Envar, IsTheKalmanSmootherWithoutLocalisation) {
  const Smoother s;
  const Matrix P = covariance_of(s.E), Ea = s.analysed("{" + tight + "}", 0.0);
  EXPECT_LT(largest_difference(Ea.rowwise().mean(), s.mean(0.0)), 1e-8);
  EXPECT_LT(largest_difference(covariance_of(Ea), P - s.gain(P) * s.H * P), 1e-8);
}

TEST(Envar, HasTheMeanOfTheSmootherWithTheLocalisedCovariance) {
  const Smoother s;
  for (const char* posterior : {"deterministic", "perturbed"})
    EXPECT_LT(largest_difference(s.analysed("{" + tight + ", posterior: " + posterior + "}", 3.5).rowwise().mean(),
                                 s.mean(3.5)),
              1e-8)
        << posterior;
}

TEST(Envar, PerturbsLikeThePerturbedObservationFilter) {
  const Smoother s;
  Ring ring(alone(), Smoother::n, s.E);
  ring.observe(s.obs);
  ring.analyse(*field_method_of("enkf_schur"), 3.5);
  EXPECT_LT(largest_difference(s.analysed("{" + tight + ", posterior: perturbed}", 3.5), ring.gathered()), 1e-8);
}

TEST(Envar, NeedsNoMoreIterationsThanObservations) {
  const Smoother s;
  Ring ring(alone(), Smoother::n, s.E);
  ring.observe(s.obs);
  ring.analyse(*field_method_of("4denvar"), 3.5);
  EXPECT_GT(ring.record().iterations, 3);
  EXPECT_LE(ring.record().iterations, int(s.obs.size()) + 1);  // 1 + G' R^-1 G: one eigenvalue 1, the others <= n obs
  EXPECT_LT(ring.record().cost_after, ring.record().cost_before);
}

TEST(Envar, UpdatesSharedRowsInTheSameMinimisation) {
  const Smoother s;
  const Matrix shared = normal_matrix(2, Smoother::N, 43);
  Matrix all(s.E.rows() + 2, Smoother::N);
  all << s.E, shared;
  Rows rows(shared);
  Ring ring(alone(), Smoother::n, s.E);
  ring.observe(s.obs);
  ring.share("parameters", rows.all());
  ring.analyse(*field_method_of("4denvar", "{" + tight + "}"), 0.0);
  // Without localisation: the smoother of rows and parameters together.
  const Matrix P = covariance_of(all);
  Matrix H = Matrix::Zero(s.H.rows(), all.rows());
  H.leftCols(s.E.rows()) = s.H;
  const Eigen::MatrixXd S = H * P * H.transpose() + s.r * Matrix::Identity(H.rows(), H.rows());
  const Matrix K = S.llt().solve(Eigen::MatrixXd(H * P)).transpose();
  const Vector mean = all.rowwise().mean() + K * (s.y - H * all.rowwise().mean());
  EXPECT_LT(largest_difference(ring.gathered().rowwise().mean(), mean.head(s.E.rows())), 1e-8);
  EXPECT_LT(largest_difference(rows.matrix().rowwise().mean(), mean.tail(2)), 1e-8);
  EXPECT_LT(largest_difference(covariance_of(rows.matrix()), (P - K * H * P).bottomRightCorner(2, 2)), 1e-8);
}

TEST(Envar, MovesASharedParameterByAllObservationsUnderLocalisation) {
  // Every observation is parameter plus local noise: the parameter sees them all, though rows see only those near.
  const int n = 24, N = 40;
  const Matrix local = 0.5 * normal_matrix(n, N, 44), parameter = normal_matrix(1, N, 45);
  const Matrix E = local.rowwise() + parameter.row(0);
  Rows rows(parameter);
  Ring ring(alone(), n, E);
  std::vector<int> place(n);
  std::iota(place.begin(), place.end(), 0);
  ring.observe(ring_observations(E, place, Vector::Constant(n, 2.0), Vector::Constant(n, 0.25)));
  ring.share("parameter", rows.all());
  ring.analyse(*field_method_of("4denvar"), 1.5);
  const double analysed = rows.matrix().row(0).mean(), spread = std::sqrt(covariance_of(rows.matrix())(0, 0));
  EXPECT_NEAR(analysed, 2.0, 0.3);  // 24 observations with an error of sqrt(0.5) each: 0.14
  EXPECT_LT(spread, 0.3);
}

TEST(Envar, AddsAStaticCovarianceToTheRowsThatAreObserved) {
  const int n = 24;
  const Matrix E = normal_matrix(n, 8, 46);
  const std::vector<int> place{2, 3, 11};
  const Vector y = normal_matrix(3, 1, 47);
  Ring ring(alone(), n, E);
  ring.observe(ring_observations(E, place, y, Vector::Constant(3, 0.3)));
  ring.analyse(*field_method_of("4denvar", "{" + tight +
                                               ", ensemble_weight: 0.8, static: {weight: 0.5, parts: "
                                               "[{rows: x0, sd: 2, observations: first}]}}"),
               3.0);
  Matrix P = 0.64 * covariance_of(E);
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      P(i, j) += 0.25 * 4.0;
      P(i, j) *= gaspari_cohn(std::min(std::abs(i - j), n - std::abs(i - j)), 3.0);
    }
  Matrix H = Matrix::Zero(3, n);
  for (int o = 0; o < 3; ++o) H(o, place[std::size_t(o)]) = 1.0;
  const Eigen::MatrixXd S = H * P * H.transpose() + 0.3 * Matrix::Identity(3, 3);
  const Vector mean = E.rowwise().mean();
  EXPECT_LT(
      largest_difference(ring.gathered().rowwise().mean(), mean + P * H.transpose() * S.llt().solve(y - H * mean)),
      1e-8);
}

TEST(Envar, LimitsTheInfluenceOfAGrossErrorWithARobustTerm) {
  const int n = 24;
  const Matrix E = normal_matrix(n, 8, 48);
  const auto increment = [&](double value, const std::string& term) {
    Ring ring(alone(), n, E);
    ring.observe(ring_observations(E, {5}, Vector::Constant(1, value), Vector::Constant(1, 1.0)));
    ring.analyse(*field_method_of("4denvar", "{observation_term: {" + term + "}}"), 3.0);
    return ring.gathered().row(5).mean() - E.row(5).mean();
  };
  const std::string huber = "shape: huber, threshold: 2";
  EXPECT_NEAR(increment(0.5, huber), increment(0.5, "shape: quadratic"), 1e-6);
  EXPECT_NEAR(increment(50.0, huber), 2.0 * covariance_of(E)(5, 5), 1e-6);  // a constant pull of `threshold`
  EXPECT_LT(std::abs(increment(50.0, "shape: variational_qc")), 1e-6);
}

TEST(Envar, RefusesRulesThatOneLocalisationCannotRepresent) {
  const Matrix E = normal_matrix(24, 8, 46);
  Ring ring(alone(), 24, E);
  ring.observe(ring_observations(E, {2}, Vector::Ones(1), Vector::Ones(1)));
  LocalisationOptions options;
  options.rules = {{{"x0"}, {"first"}, -1.0, -1.0, 0.5}};
  const LocalisationRules rules(options, ring.kinds(), {{"first", 3000.0, NAN}}, "test");
  FieldProblem problem{alone(), ring.grid(), ring.obs(), rules, ring, {}, nullptr};
  EXPECT_THROW(field_method_of("4denvar")->update(problem), Error);
}

TEST(Envar, LocalisesMeanAndAnomaliesByItsOwnHalfWidth) {
  const int n = 24;
  const Matrix E = normal_matrix(n, 8, 46);
  const auto analysed = [&](const std::string& options, double half_width) {
    Ring ring(alone(), n, E);
    ring.observe(ring_observations(E, {5}, Vector::Ones(1), Vector::Constant(1, 0.3)));
    ring.analyse(*field_method_of("4denvar", options), half_width);
    return ring.gathered();
  };
  const Ring ring(alone(), n, E);
  const Matrix own = analysed(text("{half_width_km: ", ring.km(2.0), "}"), 6.0);
  EXPECT_LT(largest_difference(own, analysed("{}", 2.0)), 1e-6);  // km() written with six digits
  EXPECT_EQ(largest_difference(own.row(12), E.row(12)), 0.0);  // within reach of the stream's, out of reach of its own
}

TEST(Envar, WithoutTaperStaysGlobalWhenARuleSwitchesRowsOff) {
  const int n = 24;
  const Matrix E = normal_matrix(2 * n, 8, 46);
  const auto analysed = [&](const std::vector<LocalisationRule>& rules) {
    Ring ring(alone(), n, E);
    ring.rules() = rules;
    ring.observe(ring_observations(E, {5, 9}, Vector::Ones(2), Vector::Constant(2, 0.3)));
    ring.analyse(*field_method_of("4denvar", "{" + tight + "}"), 0.0);
    return ring.gathered();
  };
  const Matrix all = analysed({}), some = analysed({{{"x1"}, {"all"}, -1.0, -1.0, 0.0}});
  for (int i = 0; i < n; ++i) {
    EXPECT_LT(largest_difference(some.row(2 * i), all.row(2 * i)), 1e-12) << i;
    EXPECT_EQ(largest_difference(some.row(2 * i + 1), E.row(2 * i + 1)), 0.0) << i;
  }
}

TEST(Envar, RefusesTapersThatHaveNoRoot) {
  const Matrix E = normal_matrix(24, 8, 46);
  Ring ring(alone(), 24, E);
  LocalisationOptions options;
  options.taper = "boxcar";
  const LocalisationRules rules(options, ring.kinds(), {{"first", 3000.0, NAN}}, "test");
  EXPECT_THROW(field_method_of("4denvar")->check(ring.kinds(), rules), Error);
}

TEST(Envar, AgreesWithTheReferenceTrajectory) {
  TILTH_SHARED_OR_SKIP(truth, "truth/06c_4denvar_localised.json");
  const auto& in = truth["inputs"];
  const auto& trajectory = in["Etraj"];
  const int times = int(trajectory.size()), n = int(trajectory[0].size()), N = int(trajectory[0][0].size());
  Matrix E(n * times, N);
  for (int t = 0; t < times; ++t) {
    const Matrix at = matrix_of(trajectory[t]);
    for (int i = 0; i < n; ++i) E.row(i * times + t) = at.row(i);
  }
  std::vector<RingObs> obs;
  for (int t = 1; t < times; ++t)
    for (std::size_t o = 0; o < in["obs_index"][t - 1].size(); ++o) {
      const int i = in["obs_index"][t - 1][o];
      obs.push_back({double(i), in["y"][t - 1][o], in["r"], E.row(i * times + t).transpose(), 0});
    }
  for (const char* posterior : {"deterministic", "perturbed"}) {
    Ring ring(alone(), n, E);
    ring.observe(obs);
    ring.analyse(*field_method_of("4denvar", "{" + tight + ", posterior: " + posterior + "}"), in["c"]);
    const Vector mean = ring.gathered().rowwise().mean();
    const Matrix expected = matrix_of(truth["expected"]["xa"]);
    for (int t = 0; t < times; ++t)
      for (int i = 0; i < n; ++i)
        EXPECT_NEAR(mean(i * times + t), expected(t, i), allowed(expected, 1e-8)) << posterior;
  }
}

}  // namespace
}  // namespace tilth::test
