#include "assim/calibration/emulator/gaussian_process.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.hpp"

namespace tilth::calibration {
namespace {

double log_determinant(const Eigen::LLT<Eigen::MatrixXd>& factor) {
  return 2.0 * factor.matrixLLT().diagonal().array().log().sum();
}

}  // namespace

GaussianProcess::GaussianProcess(Matrix X, Vector y, Kernel kernel, Trend trend, Hyper hyper)
    : X_(std::move(X)), y_(std::move(y)), kernel_(kernel), trend_(trend), hyper_(std::move(hyper)) {
  H_ = trend_functions(trend_, X_);
  require(X_.rows() == y_.size() && y_.allFinite() && X_.allFinite(), "Gaussian process: ", X_.rows(), " points and ",
          y_.size(), " values, must be as many and finite; leave failed runs out");
  require(y_.size() > H_.cols(), "Gaussian process: ", y_.size(), " values for a trend of ", H_.cols(),
          " coefficients; give more runs or take a smaller trend");
  require(hyper_.length_scale.size() == X_.cols(), "Gaussian process: ", hyper_.length_scale.size(),
          " length scales for ", X_.cols(), " dimensions");
  Eigen::MatrixXd K = hyper_.variance * correlations(kernel_, hyper_.length_scale, X_, X_);
  K.diagonal().array() += hyper_.nugget;
  K_.compute(K);
  ensure(K_.info() == Eigen::Success, "Gaussian process: the covariance of ", y_.size(),
         " points is not positive definite with a nugget of ", hyper_.nugget, "; raise the nugget");
  KinvH_ = K_.solve(Eigen::MatrixXd(H_));
  if (H_.cols() > 0) {
    HtKinvH_.compute(H_.transpose() * KinvH_);
    ensure(HtKinvH_.info() == Eigen::Success, "Gaussian process: the ", H_.cols(), " trend functions of ", y_.size(),
           " points depend on each other; take a smaller trend");
    beta_ = HtKinvH_.solve(KinvH_.transpose() * y_);
    weights_ = K_.solve(y_ - H_ * beta_);
  } else {
    beta_ = Vector(0);
    weights_ = K_.solve(y_);
  }
}

Prediction GaussianProcess::predict(const Matrix& X) const {
  constexpr Index chunk = 1024;  // rows at once, so that cross-covariances stay in cache
  Prediction out{Vector(X.rows()), Vector(X.rows())};
  for (Index from = 0; from < X.rows(); from += chunk) {
    const Index n = std::min(chunk, X.rows() - from);
    const Matrix rows = X.middleRows(from, n);
    const Eigen::MatrixXd k = hyper_.variance * correlations(kernel_, hyper_.length_scale, X_, rows);  // n_train x n
    const Eigen::MatrixXd root = K_.matrixL().solve(k);
    Vector mean = k.transpose() * weights_;
    Vector variance = (hyper_.variance - root.colwise().squaredNorm().array()).matrix().transpose();
    if (H_.cols() > 0) {
      const Matrix h = trend_functions(trend_, rows);
      mean += h * beta_;
      const Eigen::MatrixXd left = (h - k.transpose() * KinvH_).transpose();
      variance += HtKinvH_.matrixL().solve(left).colwise().squaredNorm().transpose();
    }
    out.mean.segment(from, n) = mean;
    out.variance.segment(from, n) = variance.cwiseMax(0.0);
  }
  return out;
}

Matrix GaussianProcess::projector() const {
  Eigen::MatrixXd P = K_.solve(Eigen::MatrixXd::Identity(y_.size(), y_.size()));
  if (H_.cols() > 0) P -= KinvH_ * HtKinvH_.solve(KinvH_.transpose());
  return P;
}

Prediction GaussianProcess::leave_one_out() const {
  const Vector diagonal = projector().diagonal();
  return {y_ - weights_.cwiseQuotient(diagonal), diagonal.cwiseInverse()};
}

double GaussianProcess::log_likelihood() const {
  const double n = double(y_.size() - H_.cols());
  double twice = y_.dot(weights_) + log_determinant(K_) + n * std::log(2.0 * std::numbers::pi);
  if (H_.cols() > 0) twice += log_determinant(HtKinvH_);
  return -0.5 * twice;
}

Vector GaussianProcess::log_likelihood_gradient() const {
  // 1/2 tr((w w' - P) dK) for every dK; w = P y (Rasmussen & Williams 2006, eq. 5.9, P for K^-1).
  const Matrix W = weights_ * weights_.transpose() - projector();
  const Index n = X_.rows(), d = X_.cols();
  const Vector inverse = hyper_.length_scale.cwiseInverse();
  const Matrix scaled = X_ * inverse.asDiagonal();
  Vector gradient = Vector::Zero(d + 2);
  for (Index i = 0; i < n; ++i) {
    gradient(d) += 0.5 * W(i, i) * hyper_.variance;
    gradient(d + 1) += 0.5 * W(i, i) * hyper_.nugget;
    for (Index j = 0; j < i; ++j) {
      const Vector difference = (scaled.row(i) - scaled.row(j)).transpose();
      const double r = difference.norm();
      const double w = W(i, j) * hyper_.variance;  // the pair counts twice
      gradient(d) += w * correlation(kernel_, r);
      gradient.head(d) += w * correlation_slope(kernel_, r) * difference.cwiseProduct(difference);
    }
  }
  return gradient;
}

}  // namespace tilth::calibration
