#include "assim/iterative/gauss_newton.hpp"

#include <cmath>

namespace tilth {

using Form = GaussNewtonOptions::Form;
using Root = GaussNewtonOptions::Root;

GaussNewton::GaussNewton(int members, const GaussNewtonOptions& options)
    : members_(members), options_(options), w_(Eigen::VectorXd::Zero(members)), run_(w_) {}

void GaussNewton::advance(const ObsGram& gram) {
  const bool first = !begun_;
  begun_ = true;
  const double cost = 0.5 * prior_weight() * run_.squaredNorm() + 0.5 * gram.dtRd;
  if (comparable_ && reject(cost)) return;
  halved_ = 0;
  w_ = run_;
  cost_ = cost;
  linearise(gram);
  const bool bundle = options_.form == Form::bundle, hold = first && bundle && !options_.step_from_prior;
  if (!hold) run_ = w_ + step_;
  comparable_ = !hold;
  transformed_ = !bundle;
  scale_ = options_.epsilon;
}

/// The next run is then half as far away, with the anomalies of the last.
bool GaussNewton::reject(double cost) {
  constexpr double round_off = 1e-12;
  if (cost <= cost_ * (1.0 + round_off) || halved_ >= options_.halvings) return false;
  ++halved_;
  run_ = w_ + std::ldexp(1.0, -halved_) * step_;
  return true;
}

void GaussNewton::linearise(const ObsGram& gram) {
  const int N = members_;
  // Statistics of Y = Y_run B^-1; B is symmetric.
  Eigen::MatrixXd hessian = Eigen::Map<const Eigen::MatrixXd>(gram.YtRY.data(), N, N);
  Eigen::VectorXd gradient = Eigen::Map<const Eigen::VectorXd>(gram.YtRd.data(), N);
  if (transformed_) {
    const auto B = Eigen::MatrixXd(std::sqrt(N - 1.0) * root_).llt();
    hessian = B.solve(B.solve(hessian).transpose()).eval();
    gradient = B.solve(gradient).eval();
  } else {
    hessian /= scale_ * scale_;
    gradient /= scale_;
  }
  hessian.diagonal().array() += prior_weight();
  gradient -= prior_weight() * w_;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(hessian);
  const Eigen::MatrixXd& V = eigen.eigenvectors();
  const Eigen::VectorXd s = eigen.eigenvalues().cwiseSqrt();
  step_ = V * (V.transpose() * gradient).cwiseQuotient(eigen.eigenvalues());
  root_ = V * s.cwiseInverse().asDiagonal() * V.transpose();
}

double GaussNewton::move() const { return std::ldexp(step_.norm(), -halved_) * std::sqrt(prior_weight()); }

Eigen::MatrixXd GaussNewton::covariance() const { return root_ * root_; }

Eigen::MatrixXd GaussNewton::next() const {
  const int N = members_;
  const Eigen::MatrixXd B = transformed_ ? Eigen::MatrixXd(std::sqrt(N - 1.0) * root_)
                                         : Eigen::MatrixXd(scale_ * Eigen::MatrixXd::Identity(N, N));
  return B.colwise() + run_;
}

Eigen::MatrixXd GaussNewton::last() const {
  Eigen::MatrixXd root = root_;
  if (options_.root == Root::cholesky) root = covariance().llt().matrixL();
  // A step that made the cost rise is not taken.
  const Eigen::VectorXd w = rejected() ? w_ : Eigen::VectorXd(w_ + step_);
  return (std::sqrt(members_ - 1.0) * root).colwise() + w;
}

}  // namespace tilth
