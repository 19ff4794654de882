#include "assim/calibration/optimise/gauss_newton.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tilth::calibration {
namespace {

// R of the factorisation QR of (J, r): for all steps, |J step + r| = |R (step, 1)|.
Matrix triangle(const Matrix& J, const Vector& r) {
  const Index n = J.cols() + 1;
  Eigen::MatrixXd A(J.rows(), n);
  A << J, r;
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(A);
  const Index rows = std::min(A.rows(), n);
  Matrix R = Matrix::Zero(n, n);
  R.topRows(rows) = qr.matrixQR().topRows(rows).triangularView<Eigen::Upper>();
  return R;
}

}  // namespace

GaussNewton::GaussNewton(const Box& box, const Vector& start, const GaussNewtonOptions& options)
    : box_(box), options_(options), start_(unit_start(box, start)), trial_(start_) {}

void GaussNewton::tell(const Vector& residuals, const Matrix& jacobian) {
  if (finished_) return;
  TaoEvaluation here{trial_, double(INFINITY), {}, {}, {}};
  if (residuals.allFinite()) {
    require(jacobian.rows() == residuals.size() && jacobian.cols() == box_.size() && jacobian.allFinite(),
            "search: derivatives of ", jacobian.rows(), " x ", jacobian.cols(), " for ", residuals.size(),
            " residuals and ", box_.size(), " parameters, all must be finite");
    const Matrix R = triangle(jacobian * box_.width().asDiagonal(), residuals);
    here.value = 0.5 * residuals.squaredNorm();
    here.jacobian = R.leftCols(box_.size());
    here.residuals = R.col(box_.size());
    here.gradient = here.jacobian.transpose() * here.residuals;
  }
  require(!told_.empty() || std::isfinite(here.value),
          "start of a search: the residuals are not finite; start where the model runs");
  told_.push_back(std::move(here));
  if (told_.back().value < told_[std::size_t(best_)].value) best_ = std::int64_t(told_.size()) - 1;
  const TaoEnd end = tao_replay(tao_options(), start_, told_);
  finished_ = end.finished;
  if (!finished_) trial_ = end.question;
}

TaoOptions GaussNewton::tao_options() const {
  return {.method = TaoOptions::Method::gauss_newton,
          .gradient_tolerance = options_.gradient_tolerance,
          .value_tolerance = options_.value_tolerance,
          .value_floor = 0.0,
          .max_iterations = options_.max_iterations,
          .max_evaluations = 2 * options_.max_iterations,
          .damping = options_.first_damping};
}

Vector GaussNewton::best() const {
  const Vector& u = told_.empty() ? start_ : told_[std::size_t(best_)].point;
  return box_.from_unit(u.transpose()).row(0).transpose();
}

}  // namespace tilth::calibration
