#pragma once

#include "assim/calibration/optimise/bounded_search.hpp"

namespace tilth::calibration {

struct GaussNewtonOptions {
  double first_damping = 1e-4;       ///< relative to the diagonal of the Hessian; shrinks from step to step
  double gradient_tolerance = 1e-8;  ///< on the projected gradient, in widths of the box
  double value_tolerance = 1e-10;    ///< on the decrease of a step, relative to the value
  int max_iterations = 100;          ///< and twice as many runs
};

/// Gauss-Newton search for the least half sum of squares of residuals within bounds: PETSc's TAOBRGN, damped by
/// Levenberg and Marquardt's diagonal, with a line search; one run with derivatives per point.
/// `CostFunction::residuals` and `residual_jacobian` make the value J. Of residuals and derivatives only the triangle
/// of a QR factorisation is kept, which TAO is given too.
class GaussNewton : public BoundedSearch {
 public:
  GaussNewton(const Box& box, const Vector& start, const GaussNewtonOptions& options = {});

  /// Residuals at the point asked for and their derivatives by the parameters. Residuals that are not finite (a failed
  /// run) shorten the step; the derivatives are not looked at then. At the start they are an error.
  void tell(const Vector& residuals, const Matrix& jacobian);
};

}  // namespace tilth::calibration
