// Functions drawn from a Gaussian process.
#include <algorithm>
#include <cmath>

#include "assim/calibration/draws.hpp"
#include "assim/calibration/emulator/gaussian_process.hpp"

namespace tilth::calibration {
namespace {

constexpr Index frequencies = 1024;

// Twice the order of a Matern kernel, whose spectrum is Student's t with as many degrees of freedom; 0: normal.
int degrees_of_freedom(Kernel kernel) { return kernel == Kernel::matern32 ? 3 : kernel == Kernel::matern52 ? 5 : 0; }

// Frequencies of a kernel with unit length scales, one per row.
Matrix spectrum(Kernel kernel, Index dimensions, const Draws& draws) {
  Matrix out(frequencies, dimensions);
  const int nu = degrees_of_freedom(kernel);
  for (Index j = 0; j < frequencies; ++j) {
    for (Index d = 0; d < dimensions; ++d) out(j, d) = draws.normal(-1, j, d);
    double chi2 = 0.0;
    for (int i = 0; i < nu; ++i) chi2 += std::pow(draws.normal(-2, j, i), 2);
    if (nu > 0) out.row(j) *= std::sqrt(double(nu) / chi2);
  }
  return out;
}

// Cosines and sines at the rows of X, whose products are correlations on average.
Eigen::MatrixXd features(const Matrix& spectrum, const Vector& length_scale, const Matrix& X) {
  const Eigen::MatrixXd angle = X * length_scale.cwiseInverse().asDiagonal() * spectrum.transpose();
  Eigen::MatrixXd out(X.rows(), 2 * frequencies);
  out << angle.array().cos().matrix(), angle.array().sin().matrix();
  return out / std::sqrt(double(frequencies));
}

}  // namespace

Matrix GaussianProcess::draws(const Matrix& X, int count, std::uint64_t seed) const {
  const Draws draws(seed, Stream::function);
  const Matrix omega = spectrum(kernel_, X_.cols(), draws);
  Eigen::MatrixXd coefficient(2 * frequencies, count), left(y_.size(), count);
  for (Index c = 0; c < count; ++c) {
    for (Index j = 0; j < coefficient.rows(); ++j)
      coefficient(j, c) = std::sqrt(hyper_.variance) * draws.normal(c, 0, j);
    for (Index i = 0; i < left.rows(); ++i) left(i, c) = std::sqrt(hyper_.nugget) * draws.normal(c, 1, i);
  }
  // What is left of the values less a function of the prior and its errors is kriged like the values.
  left = y_.replicate(1, count) - left - features(omega, hyper_.length_scale, X_) * coefficient;
  Eigen::MatrixXd beta(H_.cols(), count);
  if (H_.cols() > 0) beta = HtKinvH_.solve(KinvH_.transpose() * left);
  const Eigen::MatrixXd weights = K_.solve(left - H_ * beta);
  constexpr Index chunk = 256;  // rows at once
  Matrix out(count, X.rows());
  for (Index from = 0; from < X.rows(); from += chunk) {
    const Matrix rows = X.middleRows(from, std::min(chunk, X.rows() - from));
    const Eigen::MatrixXd k = hyper_.variance * correlations(kernel_, hyper_.length_scale, X_, rows);
    const Eigen::MatrixXd here = features(omega, hyper_.length_scale, rows) * coefficient + k.transpose() * weights +
                                 trend_functions(trend_, rows) * beta;
    out.middleCols(from, rows.rows()) = here.transpose();
  }
  return out;
}

}  // namespace tilth::calibration
