#pragma once

#include "assim/calibration/emulator/kernel.hpp"

namespace tilth::calibration {

/// Hyper-parameters of a Gaussian process.
struct Hyper {
  Vector length_scale;    ///< one per dimension
  double variance = 1.0;  ///< of the process
  double nugget = 0.0;    ///< variance of what is no function of x: on the diagonal of the training covariance only
};

/// Predictive mean and variance of the function (without the nugget), one per row asked for.
struct Prediction {
  Vector mean, variance;
};

/// A Gaussian process conditioned on n values (Rasmussen & Williams 2006, ch. 2), with a trend whose coefficients are
/// estimated by generalised least squares and count in the variance (universal kriging).
///
///   y = H beta + f + e,  f ~ N(0, variance k),  e ~ N(0, nugget),  K = variance k + nugget I,
///   P = K^-1 - K^-1 H (H' K^-1 H)^-1 H' K^-1
class GaussianProcess {
 public:
  /// @throws Error unless y is finite and longer than the trend; Failure when K is not positive definite
  GaussianProcess(Matrix X, Vector y, Kernel kernel, Trend trend, Hyper hyper);

  Prediction predict(const Matrix& X) const;

  /// Functions drawn from the process given its values, at rows of X: draw x row. Random Fourier features (Rahimi &
  /// Recht 2007) make functions of the prior, which are then conditioned exactly (Matheron's rule; Wilson et al. 2020).
  /// Over seeds mean and variance are those of `predict`; with one seed all draws share the features, whose error is up
  /// to a fifth of the standard deviation.
  Matrix draws(const Matrix& X, int count, std::uint64_t seed) const;

  /// Predictions of each training value from all others, with hyper-parameters kept and the trend estimated again;
  /// variances include the nugget. Closed form (Dubrule 1983): y_i - (P y)_i / P_ii and 1 / P_ii.
  Prediction leave_one_out() const;

  /// Logarithm of the likelihood; with a trend the restricted one (of contrasts, Harville 1974):
  /// -1/2 (y' P y + log |K| + log |H' K^-1 H| + (n - p) log 2 pi).
  double log_likelihood() const;
  /// Its derivatives with respect to the logarithms of length scales, variance and nugget.
  Vector log_likelihood_gradient() const;

  const Vector& trend_coefficients() const { return beta_; }
  const Hyper& hyper() const { return hyper_; }
  const Matrix& X() const { return X_; }
  const Vector& y() const { return y_; }

 private:
  Matrix projector() const;  // P

  Matrix X_;
  Vector y_;
  Kernel kernel_;
  Trend trend_;
  Hyper hyper_;
  Matrix H_, KinvH_;
  Eigen::LLT<Eigen::MatrixXd> K_, HtKinvH_;
  Vector beta_, weights_;  // weights = K^-1 (y - H beta) = P y
};

}  // namespace tilth::calibration
