#include <gtest/gtest.h>

#include "assim/methods/ensemble_solve.hpp"
#include "unit/assim/analysis_problem.hpp"

namespace tilth::test {
namespace {

class MethodConformance : public ::testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<AnalysisMethod> filter = method(GetParam());
};

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& entry : analysis_methods()) all.push_back(entry.first);
  return all;
}

/// Perturbations for the methods that take them, nothing for the others.
Matrix perturbations_for(const AnalysisMethod& filter, const Vector& r, const Matrix& X) {
  return filter.perturbs() ? exact_perturbations(r, X, 30) : Matrix{};
}

/// Covariance a method promises with exact perturbations: that of the Kalman filter, or of the anomalies X - K Y / 2.
Eigen::MatrixXd promised_covariance(const std::string& name, const Eigen::MatrixXd& P, const Eigen::MatrixXd& K,
                                    const Eigen::MatrixXd& H) {
  const double gain = name == "denkf" ? 0.5 : 1.0;
  const Eigen::MatrixXd kalman = P - K * H * P;
  return gain == 1.0 ? kalman : Eigen::MatrixXd(kalman + 0.25 * K * H * P * H.transpose() * K.transpose());
}

TEST_P(MethodConformance, LeavesRowsWithoutObservationsAsTheyAre) {
  const Matrix E = normal_matrix(3, 10, 1), HE = normal_matrix(2, 10, 2);
  const Observed observed(HE, Vector::Zero(2), Vector::Ones(2));
  Rows rows(E);
  std::vector<LocalProblem> batch(1);
  batch[0].rows = rows.all();
  filter->update(observed.space(), batch);
  filter->update(ObsGram(10), 10, rows.all());
  EXPECT_EQ(largest_difference(rows.matrix(), E), 0.0);
}

TEST_P(MethodConformance, IsTheKalmanFilterForALinearGaussianCase) {
  const int n = 4, p = 6;
  const Matrix root = normal_matrix(n, n, 3), H = normal_matrix(p, n, 4);
  const Eigen::MatrixXd P = Eigen::MatrixXd(root * root.transpose()) + Eigen::MatrixXd::Identity(n, n);
  const Vector xb = normal_matrix(n, 1, 5), y = normal_matrix(p, 1, 6);
  const Vector r = normal_matrix(p, 1, 7).array().abs() + 0.1;
  const Eigen::MatrixXd S = H * P * H.transpose() + Eigen::MatrixXd(r.asDiagonal());
  const Eigen::MatrixXd K = S.ldlt().solve(Eigen::MatrixXd(H * P)).transpose();
  const Matrix E = exact_ensemble(xb, P, 25, 8);
  const Matrix Ea = updated(*filter, E, H * E, y, r, perturbations_for(*filter, r, E));
  EXPECT_LT(largest_difference(Ea.rowwise().mean(), xb + K * (y - H * xb)), 1e-10);
  EXPECT_LT(largest_difference(covariance_of(Ea), promised_covariance(GetParam(), P, K, H)), 1e-10);
}

TEST_P(MethodConformance, GivesTheSameFromStatisticsAndInEitherSpace) {
  // More observations than members, and fewer: statistics are always N x N.
  for (const int p : {4, 30}) {
    const Matrix E = normal_matrix(3, 12, 20), HE = normal_matrix(p, 12, 21);
    const Vector r = normal_matrix(p, 1, 22).array().abs() + 0.2;
    Observed observed(HE, normal_matrix(p, 1, 23), r);
    if (filter->perturbs()) observed.perturb(normal_matrix(p, 12, 24));
    Rows direct(E), from_statistics(E);
    LocalProblem problem = global_problem(observed, direct.all());
    for (int i = 0; i < p; ++i) problem.taper[i] = 1.0 / (1 + i % 3);
    const ObsGram gram = local_gram(observed.space(), problem);
    filter->update(observed.space(), {&problem, 1});
    filter->update(gram, 12, from_statistics.all());
    EXPECT_LT(largest_difference(direct.matrix(), from_statistics.matrix()), 1e-11) << p;
  }
}

TEST_P(MethodConformance, GivesTheSameBitsAloneAndInABatch) {
  const Matrix E = normal_matrix(13, 12, 9), HE = normal_matrix(20, 12, 10);
  Observed observed(HE, normal_matrix(20, 1, 11), Vector::Constant(20, 0.3));
  if (filter->perturbs()) observed.perturb(normal_matrix(20, 12, 12));
  Rows together(E), alone(E);
  const auto problem = [](int i, Rows& rows) {
    LocalProblem one;
    for (int j = i; j < 20; j += i % 4 + 1) {
      one.obs.push_back(j);
      one.taper.push_back(1.0 / (1.0 + j));
    }
    one.rows = {rows.row(i)};
    return one;
  };
  std::vector<LocalProblem> batch;
  for (int i = 0; i < 13; ++i) batch.push_back(problem(i, together));
  filter->update(observed.space(), batch);
  for (int i = 0; i < 13; ++i) {
    LocalProblem one = problem(i, alone);
    filter->update(observed.space(), {&one, 1});
  }
  EXPECT_EQ(largest_difference(together.matrix(), alone.matrix()), 0.0);
}

INSTANTIATE_TEST_SUITE_P(All, MethodConformance, ::testing::ValuesIn(names()),
                         [](const auto& registered) { return registered.param; });

}  // namespace
}  // namespace tilth::test
