#include "assim/calibration/optimise/gauss_newton.hpp"

#include <algorithm>
#include <cmath>

namespace tilth::calibration {

GaussNewton::GaussNewton(const Box& box, const Vector& start, const GaussNewtonOptions& options)
    : box_(box), options_(options), damping_(options.first_damping) {
  check(box_);
  require(start.size() == box.size() && start.allFinite(), "start of a search: ", start.size(), " values for ",
          box.size(), " parameters, all must be finite");
  x_ = trial_ = box_.to_unit(start.transpose()).row(0).transpose().cwiseMax(0.0).cwiseMin(1.0);
}

void GaussNewton::tell(const Vector& residuals, const Matrix& jacobian) {
  if (finished_) return;
  constexpr double easier = 0.2, harder = 4.0, most_damping = 1e12;
  ++evaluations_;
  const double value = residuals.allFinite() ? 0.5 * residuals.squaredNorm() : double(INFINITY);
  require(evaluations_ > 1 || std::isfinite(value),
          "start of a search: the residuals are not finite; start where the "
          "model runs");
  if (!(value < value_)) {
    damping_ *= harder;
    finished_ = damping_ > most_damping;
    if (!finished_) propose();
    return;
  }
  require(jacobian.rows() == residuals.size() && jacobian.cols() == box_.size() && jacobian.allFinite(),
          "search: derivatives of ", jacobian.rows(), " x ", jacobian.cols(), " for ", residuals.size(),
          " residuals and ", box_.size(), " parameters, all must be finite");
  const double decrease = value_ - value;
  const Matrix J = jacobian * box_.width().asDiagonal();
  x_ = trial_;
  value_ = value;
  gradient_ = J.transpose() * residuals;
  hessian_ = J.transpose() * J;
  damping_ = std::max(damping_ * easier, 1e-12);
  const Vector step = (x_ - gradient_).cwiseMax(0.0).cwiseMin(1.0) - x_;
  finished_ = step.cwiseAbs().maxCoeff() <= options_.gradient_tolerance ||
              decrease <= options_.value_tolerance * value || ++iterations_ > options_.max_iterations;
  if (!finished_) propose();
}

void GaussNewton::propose() {
  // Parameters held by a bound keep their value; the others take the damped step, cut at the box.
  Eigen::MatrixXd A = hessian_;
  Vector g = gradient_;
  const double floor = 1e-12 * std::max(A.diagonal().maxCoeff(), 1e-300);
  for (Index d = 0; d < g.size(); ++d) {
    A(d, d) += damping_ * std::max(hessian_(d, d), floor) + floor;
    const bool held = (x_(d) <= 0.0 && g(d) > 0.0) || (x_(d) >= 1.0 && g(d) < 0.0);
    if (!held) continue;
    A.row(d).setZero();
    A.col(d).setZero();
    A(d, d) = 1.0;
    g(d) = 0.0;
  }
  trial_ = (x_ - A.ldlt().solve(g)).cwiseMax(0.0).cwiseMin(1.0);
}

}  // namespace tilth::calibration
