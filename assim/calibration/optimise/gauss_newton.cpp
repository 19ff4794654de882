#include "assim/calibration/optimise/gauss_newton.hpp"

#include <algorithm>
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
    : BoundedSearch(box, start,
                    {.method = TaoOptions::Method::gauss_newton,
                     .gradient_tolerance = options.gradient_tolerance,
                     .value_tolerance = options.value_tolerance,
                     .value_floor = 0.0,
                     .max_iterations = options.max_iterations,
                     .max_evaluations = 2 * options.max_iterations,
                     .damping = options.first_damping}) {}

void GaussNewton::tell(const Vector& residuals, const Matrix& jacobian) {
  if (finished()) return;
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
  note(std::move(here));
  advance();
}

}  // namespace tilth::calibration
