#include "assim/envar_global.hpp"

#include <cmath>

#include "core/base/error.hpp"

namespace tilth {

EnvarGlobal::EnvarGlobal(const Eigen::MatrixXd& HE, const Eigen::VectorXd& hb, const Eigen::VectorXd& y,
                         const Eigen::MatrixXd& R) {
  require(HE.cols() >= 2, "4DEnVar: ", HE.cols(), " members, at least 2 are needed");
  require(HE.rows() == y.size() && hb.size() == y.size() && R.rows() == y.size() && R.cols() == y.size(),
          "4DEnVar: ", y.size(), " observations, but predictions of ", HE.rows(), ", reference predictions of ",
          hb.size(), " and an error covariance of ", R.rows(), " x ", R.cols());
  const Eigen::LLT<Eigen::MatrixXd> factor(R);
  require(factor.info() == Eigen::Success, "4DEnVar: the observation error covariance is not positive definite");
  Z_ = factor.matrixL().solve(Eigen::MatrixXd((HE.colwise() - hb) / std::sqrt(HE.cols() - 1.0)));
  e_ = factor.matrixL().solve(y - hb);
  hessian_ = Z_.transpose() * Z_;
  hessian_.diagonal().array() += 1.0;
}

double EnvarGlobal::cost(const Eigen::VectorXd& w) const {
  return 0.5 * w.squaredNorm() + 0.5 * (Z_ * w - e_).squaredNorm();
}

Eigen::VectorXd EnvarGlobal::gradient(const Eigen::VectorXd& w) const { return w + Z_.transpose() * (Z_ * w - e_); }

Eigen::VectorXd EnvarGlobal::minimiser() const { return hessian_.llt().solve(Z_.transpose() * e_); }

Eigen::MatrixXd EnvarGlobal::root(PosteriorRoot kind) const {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(hessian_);
  const Eigen::MatrixXd symmetric = eigen.operatorInverseSqrt();
  if (kind == PosteriorRoot::symmetric) return symmetric;
  return Eigen::MatrixXd(symmetric * symmetric).llt().matrixL();
}

EnvarPosterior envar_posterior(const EnvarGlobal& problem, const Eigen::MatrixXd& E, PosteriorRoot kind) {
  const Eigen::VectorXd prior = E.rowwise().mean();
  const double scale = std::sqrt(E.cols() - 1.0);
  const Eigen::MatrixXd X = (E.colwise() - prior) / scale, XW = X * problem.root(kind);
  EnvarPosterior out;
  out.mean = prior + X * problem.minimiser();
  out.covariance = XW * XW.transpose();
  out.members = (scale * XW).colwise() + out.mean;
  return out;
}

}  // namespace tilth
