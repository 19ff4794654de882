#include "assim/rotation.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cassert>
#include <cmath>

#include "assim/inflation.hpp"

namespace tilth {

std::vector<double> mean_preserving_rotation(const Random& random, std::int64_t cycle, int N) {
  using Eigen::MatrixXd;
  MatrixXd normals(N - 1, N - 1);
  for (int i = 0; i < N - 1; ++i)
    for (int j = 0; j < N - 1; ++j) normals(i, j) = random.normal({cycle, i, j, 77});
  const Eigen::HouseholderQR<MatrixXd> qr(normals);
  MatrixXd V = qr.householderQ();
  for (int j = 0; j < N - 1; ++j)  // the sign of R's diagonal makes it Haar (Mezzadri 2007)
    if (qr.matrixQR()(j, j) < 0.0) V.col(j) *= -1.0;
  // B: orthonormal, first column 1 / sqrt(N); a Householder reflector that takes e_1 there.
  Eigen::VectorXd u = Eigen::VectorXd::Constant(N, -1.0 / std::sqrt(double(N)));
  u(0) += 1.0;
  const MatrixXd B = MatrixXd::Identity(N, N) - (2.0 / u.squaredNorm()) * u * u.transpose();
  MatrixXd inner = MatrixXd::Identity(N, N);
  inner.bottomRightCorner(N - 1, N - 1) = V;
  const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> U = B * inner * B.transpose();
  return {U.data(), U.data() + U.size()};
}

void rotate_members(std::span<const double> U, std::span<double> row) {
  const std::size_t N = row.size();
  assert(U.size() == N * N);
  if (std::all_of(row.begin(), row.end(), [&](double x) { return x == row[0]; })) return;
  const double mean = member_mean(row);
  std::vector<double> out(N, 0.0);
  for (std::size_t k = 0; k < N; ++k) {
    const double x = row[k] - mean;
    for (std::size_t l = 0; l < N; ++l) out[l] += x * U[k * N + l];
  }
  for (std::size_t l = 0; l < N; ++l) row[l] = mean + out[l];
}

}  // namespace tilth
