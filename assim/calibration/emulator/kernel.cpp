#include "assim/calibration/emulator/kernel.hpp"

#include <cmath>
#include <numbers>

namespace tilth::calibration {
namespace {
constexpr double sqrt3 = std::numbers::sqrt3;
const double sqrt5 = std::sqrt(5.0);
}  // namespace

double correlation(Kernel kernel, double r) {
  switch (kernel) {
    case Kernel::matern32:
      return (1.0 + sqrt3 * r) * std::exp(-sqrt3 * r);
    case Kernel::matern52:
      return (1.0 + sqrt5 * r + 5.0 / 3.0 * r * r) * std::exp(-sqrt5 * r);
    case Kernel::rbf:
      break;
  }
  return std::exp(-0.5 * r * r);
}

double correlation_slope(Kernel kernel, double r) {
  switch (kernel) {
    case Kernel::matern32:
      return 3.0 * std::exp(-sqrt3 * r);
    case Kernel::matern52:
      return 5.0 / 3.0 * (1.0 + sqrt5 * r) * std::exp(-sqrt5 * r);
    case Kernel::rbf:
      break;
  }
  return std::exp(-0.5 * r * r);
}

Matrix correlations(Kernel kernel, const Vector& length_scale, const Matrix& a, const Matrix& b) {
  const Vector inverse = length_scale.cwiseInverse();
  const Matrix A = a * inverse.asDiagonal();
  const Eigen::MatrixXd B = b * inverse.asDiagonal();  // by columns: loops along them vectorise
  Matrix k(a.rows(), b.rows());
  Eigen::ArrayXd squared(B.rows());
  for (Index i = 0; i < A.rows(); ++i) {
    squared.setZero();
    for (Index d = 0; d < A.cols(); ++d) squared += (B.col(d).array() - A(i, d)).square();
    if (kernel == Kernel::rbf) {
      k.row(i) = (-0.5 * squared).exp().matrix().transpose();
      continue;
    }
    const double rate = kernel == Kernel::matern32 ? sqrt3 : sqrt5;
    const double square = kernel == Kernel::matern32 ? 0.0 : 5.0 / 3.0;
    const Eigen::ArrayXd r = squared.sqrt();
    k.row(i) = ((1.0 + rate * r + square * squared) * (-rate * r).exp()).matrix().transpose();
  }
  return k;
}

Matrix trend_functions(Trend trend, const Matrix& X) {
  const Index n = X.rows(), d = X.cols();
  if (trend == Trend::none) return Matrix(n, 0);
  if (trend == Trend::constant) return Matrix::Ones(n, 1);
  Matrix H(n, trend == Trend::linear ? 1 + d : trend == Trend::quadratic ? 1 + 2 * d : 1 + 2 * d + d * (d - 1) / 2);
  H.col(0).setOnes();
  H.middleCols(1, d) = X;
  if (trend == Trend::linear) return H;
  H.middleCols(1 + d, d) = X.cwiseProduct(X);
  if (trend == Trend::quadratic) return H;
  for (Index i = 0, p = 1 + 2 * d; i < d; ++i)
    for (Index j = i + 1; j < d; ++j) H.col(p++) = X.col(i).cwiseProduct(X.col(j));
  return H;
}

}  // namespace tilth::calibration
