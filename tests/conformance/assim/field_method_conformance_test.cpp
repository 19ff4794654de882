#include <gtest/gtest.h>

#include "support/ring.hpp"

namespace tilth::test {
namespace {

constexpr int n = 12, N = 30;

class FieldMethodConformance : public ::testing::TestWithParam<std::string> {
 protected:
  /// Solves go on to round-off, where there are any.
  std::unique_ptr<FieldMethod> method_to_round_off() const {
    return field_method_of(GetParam(), GetParam() == "ensrf" ? "{}" : "{solver: {tolerance: 1e-13}}");
  }
  /// Methods that perturb observations have a random posterior covariance.
  bool perturbs() const { return GetParam() == "enkf_schur"; }
  /// Whether rows that belong to no column take part; the others refuse them.
  bool updates_shared() const { return GetParam() == "4denvar"; }
  const Comm world = Comm::world();
};

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& entry : field_methods()) all.push_back(entry.first);
  return all;
}

/// Observations between and at columns, each of a combination of rows.
std::vector<RingObs> observations_of(const Matrix& HE, const Vector& y, const Vector& r) {
  std::vector<RingObs> all;
  for (Eigen::Index i = 0; i < HE.rows(); ++i)
    all.push_back({std::fmod(i * 4.3, double(n)), y(i), r(i), HE.row(i).transpose(), int(i % 2)});
  return all;
}

TEST_P(FieldMethodConformance, LeavesRowsWithoutUsedObservationsAsTheyAre) {
  const Matrix E = normal_matrix(2 * n, N, 1);
  for (const bool any : {false, true}) {
    Ring ring(world, n, E);
    if (any) ring.observe(observations_of(normal_matrix(9, N, 2), normal_matrix(9, 1, 3), Vector::Ones(9)));
    for (std::size_t i = 0; i < ring.obs().size(); ++i) {
      ring.obs().flag[i] = i % 2 == 0 ? qc_withheld : qc_bad_value;
      if (i % 2 == 1) ring.obs().value[i] = NAN;
    }
    Rows shared(normal_matrix(1, N, 4));
    if (updates_shared()) ring.share("shared", shared.all());
    ring.analyse(*method_to_round_off(), 2.0);
    EXPECT_EQ(largest_difference(ring.gathered(), E), 0.0) << any;
    EXPECT_EQ(largest_difference(shared.matrix(), normal_matrix(1, N, 4)), 0.0) << any;
  }
}

TEST_P(FieldMethodConformance, LeavesRowsThatNoObservationMayMoveAsTheyAre) {
  const Matrix E = normal_matrix(2 * n, N, 1);
  Ring ring(world, n, E);
  ring.observe(observations_of(normal_matrix(9, N, 2), normal_matrix(9, 1, 3), Vector::Ones(9)));
  LocalisationRule none;
  none.rows = {"x1"};
  none.weight = 0.0;
  ring.rules() = {none};
  ring.analyse(*method_to_round_off(), 2.0);
  const Matrix Ea = ring.gathered();
  for (int i = 0; i < n; ++i) {
    EXPECT_EQ(largest_difference(Ea.row(2 * i + 1), E.row(2 * i + 1)), 0.0) << i;
    EXPECT_GT(largest_difference(Ea.row(2 * i), E.row(2 * i)), 1e-3) << i;
  }
}

TEST_P(FieldMethodConformance, IsTheKalmanFilterForALinearGaussianCaseWithoutLocalisation) {
  for (const int p : {5, 40}) {  // fewer and more observations than members
    const Matrix root = normal_matrix(n, n, 5), H = normal_matrix(p, n, 6);
    const Eigen::MatrixXd P = Eigen::MatrixXd(root * root.transpose()) / n + Eigen::MatrixXd::Identity(n, n);
    const Vector xb = normal_matrix(n, 1, 7), y = normal_matrix(p, 1, 8);
    const Vector r = normal_matrix(p, 1, 9).array().abs() + 0.3;
    const Eigen::MatrixXd S = H * P * H.transpose() + Eigen::MatrixXd(r.asDiagonal());
    const Eigen::MatrixXd K = S.ldlt().solve(Eigen::MatrixXd(H * P)).transpose();
    const Matrix E = exact_ensemble(xb, P, N, 10);
    Ring ring(world, n, E);
    ring.observe(observations_of(H * E, y, r));
    ring.analyse(*method_to_round_off(), 0.0);
    const Matrix Ea = ring.gathered();
    // Solves end at a residual of 1e-13; the condition of S is some hundreds.
    EXPECT_LT(largest_difference(Ea.rowwise().mean(), xb + K * (y - H * xb)), 1e-9) << p;
    if (!perturbs()) {
      EXPECT_LT(largest_difference(covariance_of(Ea), P - K * H * P), 1e-9) << p;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, FieldMethodConformance, ::testing::ValuesIn(names()),
                         [](const auto& registered) { return registered.param; });

}  // namespace
}  // namespace tilth::test
