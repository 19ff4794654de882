#include <gtest/gtest.h>

#include "unit/assim/window_problem.hpp"

namespace tilth::test {
namespace {

constexpr int n = 3, N = 12, times = 3, per_time = 2, most_passes = 50;

class IterativeMethodConformance : public ::testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<IterativeMethod> smoother = iterative(GetParam());
};

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& entry : iterative_methods()) all.push_back(entry.first);
  return all;
}

/// x(t + 1) = M x(t), observed at each time after the first by H with error variances r.
struct LinearWindow {
  Eigen::MatrixXd M = 0.5 * Eigen::MatrixXd(normal_matrix(n, n, 1)) + Eigen::MatrixXd::Identity(n, n);
  Eigen::MatrixXd H = normal_matrix(per_time, n, 2);
  Vector y = normal_matrix(times * per_time, 1, 3), r = Vector::Constant(times * per_time, 0.4);
  Vector xb = normal_matrix(n, 1, 4);
  Eigen::MatrixXd P = Eigen::MatrixXd::Identity(n, n) + 0.3 * Eigen::MatrixXd::Ones(n, n);

  Matrix members() const { return exact_ensemble(xb, P, N, 5); }
  Matrix predictions(const Matrix& E) const {
    Matrix HE(times * per_time, E.cols());
    Eigen::MatrixXd x = E;
    for (int t = 0; t < times; ++t) {
      x = (M * x).eval();
      HE.middleRows(t * per_time, per_time) = H * x;
    }
    return HE;
  }
  Window window(Through through) const {
    return {[this](const Matrix& E) { return predictions(E); }, y, r, through, {}, 0, {}};
  }
};

struct Gaussian {
  Vector mean;
  Eigen::MatrixXd covariance;
};

/// State at the start of the window given all its observations: the Kalman filter of (start, now), time by time.
Gaussian fixed_point_smoother(const LinearWindow& w) {
  Eigen::MatrixXd F = Eigen::MatrixXd::Identity(2 * n, 2 * n), Hz = Eigen::MatrixXd::Zero(per_time, 2 * n);
  F.bottomRightCorner(n, n) = w.M;
  Hz.rightCols(n) = w.H;
  Vector z(2 * n);
  z << w.xb, w.xb;
  Eigen::MatrixXd C(2 * n, 2 * n);
  C << w.P, w.P, w.P, w.P;
  for (int t = 0; t < times; ++t) {
    z = (F * z).eval();
    C = (F * C * F.transpose()).eval();
    const Eigen::MatrixXd R = w.r.segment(t * per_time, per_time).asDiagonal();
    const Eigen::MatrixXd S = Hz * C * Hz.transpose() + R;
    const Eigen::MatrixXd K = S.ldlt().solve(Eigen::MatrixXd(Hz * C)).transpose();
    z += K * (w.y.segment(t * per_time, per_time) - Hz * z);
    C -= (K * Hz * C).eval();
  }
  return {z.head(n), C.topLeftCorner(n, n)};
}

TEST_P(IterativeMethodConformance, IsTheKalmanSmootherOfALinearGaussianWindow) {
  const LinearWindow linear;
  const Gaussian expected = fixed_point_smoother(linear);
  for (const Through through : {Through::field, Through::columns, Through::unit}) {
    Window window = linear.window(through);
    const Matrix Ea = window.analysed(*smoother, linear.members());
    EXPECT_LT(largest_difference(Ea.rowwise().mean(), expected.mean), 1e-8) << int(through);
    EXPECT_LT(largest_difference(covariance_of(Ea), expected.covariance), 1e-8) << int(through);
    EXPECT_LT(window.passes, most_passes);
  }
}

TEST_P(IterativeMethodConformance, LeavesRowsWithoutObservationsAsTheyAre) {
  const Matrix E = normal_matrix(n, N, 6);
  for (const Through through : {Through::field, Through::columns, Through::unit}) {
    Window window{
        [](const Matrix& members) { return Matrix(0, members.cols()); }, Vector(0), Vector(0), through, {}, 0, {}};
    EXPECT_EQ(largest_difference(window.analysed(*smoother, E), E), 0.0) << int(through);
    EXPECT_LT(window.passes, most_passes);
  }
}

/// A window that goes on pass by pass, as a driver runs it for shared rows.
struct Course {
  const LinearWindow& linear;
  std::unique_ptr<Iteration> iteration;
  Matrix prior, E;
  int pass = 0;
  bool more = true;

  /// Two units: the rows themselves, and a combination of them.
  void advance() {
    const bool from_prior = iteration->from_prior();
    Rows rows(from_prior ? prior : E), sum((from_prior ? prior : E).colwise().sum());
    const ObsGram gram = local_gram_of(linear.predictions(E), linear.y, linear.r);
    iteration->begin(pass++);
    iteration->update(0, gram, N, rows.all());
    iteration->update(1, gram, N, sum.all());
    E = rows.matrix();
    // Every set of rows moves by the same combination of members.
    EXPECT_LT(largest_difference(sum.matrix(), E.colwise().sum()), 1e-10) << pass;
    EXPECT_EQ(iteration->from_prior(), from_prior) << "it changed its mind in pass " << pass;
    more = iteration->more(Comm::self());
  }
};

TEST_P(IterativeMethodConformance, RunsWindowsThatDoNotDisturbEachOther) {
  LinearWindow first, second;
  second.y *= -2.0;
  const auto course = [&](const LinearWindow& w) { return Course{w, smoother->start({}), w.members(), w.members()}; };
  Course alone = course(first), together = course(first), other = course(second);
  while (alone.more && alone.pass < most_passes) alone.advance();
  while ((together.more || other.more) && together.pass + other.pass < 2 * most_passes) {
    if (other.more) other.advance();
    if (together.more) together.advance();
  }
  EXPECT_LT(alone.pass, most_passes);
  EXPECT_EQ(together.pass, alone.pass);
  EXPECT_EQ(largest_difference(together.E, alone.E), 0.0);
  EXPECT_GT(largest_difference(other.E, alone.E), 1e-3);
}

INSTANTIATE_TEST_SUITE_P(All, IterativeMethodConformance, ::testing::ValuesIn(names()),
                         [](const auto& registered) { return registered.param; });

}  // namespace
}  // namespace tilth::test
