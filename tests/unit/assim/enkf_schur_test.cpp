#include <gtest/gtest.h>

#include "assim/field/schur_system.hpp"
#include "assim/inflation.hpp"
#include "assim/localisation.hpp"
#include "support/lorenz.hpp"
#include "support/ring.hpp"
#include "support/shared.hpp"

namespace tilth::test {
namespace {

const Comm& alone() {
  static const Comm self = Comm::self();
  return self;
}

/// The localised covariance and the Kalman analysis of a ring whose points `place` are observed.
struct Dense {
  Matrix P, H;
  Vector mean;
  Dense(const Matrix& E, const std::vector<int>& place, double half_width) : P(covariance_of(E)) {
    const int n = int(E.rows());
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j) P(i, j) *= gaspari_cohn(std::min(std::abs(i - j), n - std::abs(i - j)), half_width);
    H = Matrix::Zero(Eigen::Index(place.size()), n);
    for (std::size_t o = 0; o < place.size(); ++o) H(Eigen::Index(o), place[o]) = 1.0;
    mean = E.rowwise().mean();
  }
  Vector analysis(const Vector& y, double r) const {
    const Eigen::MatrixXd S = H * P * H.transpose() + r * Matrix::Identity(y.size(), y.size());
    return mean + P * H.transpose() * S.llt().solve(y - H * mean);
  }
};

TEST(EnkfSchur, HasTheMeanOfTheKalmanFilterWithTheLocalisedCovariance) {
  const int n = 30;
  const Matrix E = normal_matrix(n, 8, 31);
  std::vector<int> place;
  for (int i = 0; i < n; i += 3) place.push_back(i);
  const Vector y = normal_matrix(Eigen::Index(place.size()), 1, 32);
  Ring ring(alone(), n, E);
  ring.observe(ring_observations(E, place, y, Vector::Constant(y.size(), 0.4)));
  ring.analyse(*field_method_of("enkf_schur"), 4.0);
  EXPECT_LT(largest_difference(ring.gathered().rowwise().mean(), Dense(E, place, 4.0).analysis(y, 0.4)), 1e-10);
}

TEST(EnkfSchur, SaysSoWhenTheSolverDoesNotConverge) {
  const Matrix E = normal_matrix(30, 8, 31);
  Ring ring(alone(), 30, E);
  ring.observe(ring_observations(E, {1, 2, 3}, Vector::Ones(3), Vector::Constant(3, 1e-4)));
  EXPECT_THROW(ring.analyse(*field_method_of("enkf_schur", "{solver: {max_iterations: 1}}"), 4.0), Failure);
}

TEST(EnkfSchur, AgreesWithTheReferenceMeanAndVariance) {
  TILTH_SHARED_OR_SKIP(truth, "truth/04_localised.json");
  const auto& in = truth["inputs"];
  const Matrix E = matrix_of(in["E"]);
  const int n = int(E.rows()), N = int(E.cols());
  const double c = in["c"];
  Ring ring(alone(), n, E);
  ring.observe(ring_observations(E, in["obs_index"], vector_of(in["y"]), vector_of(in["R_diag"])));
  // Variance of a row: P_ii - c' S^-1 c, c its covariances with the observations.
  LocalisationOptions options;
  const LocalisationRules rules(options, ring.kinds(), {{"first", ring.km(c), NAN}}, "test");
  const FieldProblem problem{alone(), ring.grid(), ring.obs(), rules, ring, {}, nullptr};
  const SchurSystem system(problem, {1e-13, 1000});
  const std::vector<int> place = in["obs_index"];
  const Dense dense(E, place, c);
  const Vector expected = vector_of(truth["expected"]["kf_loc_cov_diag"]);
  for (int i = 0; i < n; ++i) {
    std::vector<double> covariance, z(place.size(), 0.0);
    for (const int o : place) covariance.push_back(dense.P(i, o));
    system.solve(covariance, z);
    double reduction = 0.0;
    for (std::size_t o = 0; o < z.size(); ++o) reduction += covariance[o] * z[o];
    EXPECT_NEAR(dense.P(i, i) - reduction, expected(i), allowed(expected, 1e-9)) << i;
  }
  ring.analyse(*field_method_of("enkf_schur"), c);
  const Vector mean = vector_of(truth["expected"]["kf_loc_mean"]);
  EXPECT_LT(largest_difference(ring.gathered().rowwise().mean(), mean), allowed(mean, 1e-9));
  EXPECT_EQ(N, 8);
}

/// Cycles Lorenz-96 with every variable observed and returns the mean analysis error after 400 cycles.
double mean_error(const FieldMethod& method, int members, double half_width, double inflation, int cycles) {
  const int n = 40;
  const Random random(7, Purpose::test);
  Vector x = Vector::Zero(n);
  for (int i = 0; i < n; ++i) x(i) = (i == 0) + std::sqrt(0.001) * random.normal({0, -1, i, 0});
  for (int t = 0; t < 400; ++t) lorenz96_step({x.data(), std::size_t(n)});
  Matrix E(n, members);
  for (int i = 0; i < n; ++i)
    for (int k = 0; k < members; ++k) E(i, k) = x(i) + random.normal({0, k, i, 0});
  std::vector<int> place(n);
  std::iota(place.begin(), place.end(), 0);
  double sum = 0.0;
  for (int t = 1; t <= cycles; ++t) {
    lorenz96_step({x.data(), std::size_t(n)});
    for (int k = 0; k < members; ++k) {
      Vector member = E.col(k);
      lorenz96_step({member.data(), std::size_t(n)});
      E.col(k) = member;
    }
    Vector y = x;
    for (int i = 0; i < n; ++i) y(i) += random.normal({t, -1, i, 1});
    Ring ring(alone(), n, E);
    ring.observe(ring_observations(E, place, y, Vector::Ones(n)));
    ring.analyse(method, half_width, t);
    E = ring.gathered();
    const Vector mean = E.rowwise().mean();
    if (t > 400) sum += (mean - x).norm() / std::sqrt(double(n));
    E = ((E.colwise() - mean) * inflation).colwise() + mean;
  }
  return sum / (cycles - 400);
}

TEST(Ensrf, KeepsTheErrorOfLorenz96AtItsPublishedLevel) {
  EXPECT_NEAR(mean_error(*field_method_of("ensrf"), 10, 8.0, 1.05, 1600), 0.21757, 0.0152 + 0.01);
}

TEST(EnkfSchur, KeepsTheErrorOfLorenz96AtItsPublishedLevel) {
  EXPECT_NEAR(mean_error(*field_method_of("enkf_schur", "{solver: {tolerance: 1e-6}}"), 20, 8.0, 1.06, 1000), 0.23376,
              0.0164 + 0.01);
}

}  // namespace
}  // namespace tilth::test
