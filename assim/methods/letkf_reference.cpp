#include "assim/methods/letkf_reference.hpp"

#include <Eigen/Dense>
#include <cmath>

namespace tilth {

void letkf_reference(const ObsSpace& space, const LocalProblem& problem, double inflation) {
  const int N = space.members;
  ObsGram gram(N);
  Eigen::Map<Eigen::MatrixXd> YtRY(gram.YtRY.data(), N, N);
  Eigen::Map<Eigen::VectorXd> YtRd(gram.YtRd.data(), N);
  for (std::size_t j = 0; j < problem.obs.size(); ++j) {
    const std::size_t i = problem.obs[j];
    if (problem.taper[j] <= 0.0) continue;
    const double weight = problem.taper[j] / space.variance[i];
    const Eigen::Map<const Eigen::VectorXd> y(space.Y.data() + i * space.stride, N);
    YtRY += weight * y * y.transpose();
    YtRd += weight * space.d[i] * y;
    gram.count += 1.0;
  }
  letkf_reference(gram, N, problem.rows, inflation);
}

void letkf_reference(const ObsGram& gram, int members, std::span<double* const> rows, double inflation) {
  if (gram.count == 0.0) return;
  const int N = members;
  const Eigen::Map<const Eigen::MatrixXd> YtRY(gram.YtRY.data(), N, N);
  const Eigen::Map<const Eigen::VectorXd> YtRd(gram.YtRd.data(), N);
  // Hunt et al. (2007), step 4 to 8: A = (N - 1) / inflation I + Y' R^-1 Y, wbar = A^-1 Y' R^-1 d, W = sqrt(N - 1)
  // A^-1/2
  const Eigen::MatrixXd A = (N - 1) / inflation * Eigen::MatrixXd::Identity(N, N) + YtRY;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(A);
  const Eigen::MatrixXd V = eigen.eigenvectors();
  const Eigen::VectorXd s = eigen.eigenvalues();
  const Eigen::VectorXd wbar = V * (V.transpose() * YtRd).cwiseQuotient(s);
  const Eigen::MatrixXd W = std::sqrt(N - 1.0) * V * s.cwiseSqrt().cwiseInverse().asDiagonal() * V.transpose();
  for (double* row : rows) {
    Eigen::Map<Eigen::VectorXd> x(row, N);
    const double mean = x.mean();
    const Eigen::VectorXd anomaly = x.array() - mean;
    x = (W * anomaly).array() + (mean + anomaly.dot(wbar));
  }
}

}  // namespace tilth
