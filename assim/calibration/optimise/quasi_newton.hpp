#pragma once

#include <functional>

#include "assim/calibration/optimise/bounded_search.hpp"

namespace tilth::calibration {

/// When a quasi-Newton search ends.
struct QuasiNewtonOptions {
  double gradient_tolerance = 1e-8;  ///< on the largest component of the projected gradient, in widths of the box
  double value_tolerance = 1e-13;    ///< on the decrease of a step, relative to 1 plus the size of the value
  int max_iterations = 500;          ///< and twice as many runs
  int memory = 10;                   ///< pairs of steps kept
};

/// Value of a function, which also fills its gradient.
using ValueAndGradient = std::function<double(const Vector& x, Vector& gradient)>;

/// Limited-memory quasi-Newton search within bounds: PETSc's TAOBQNLS (BFGS on the variables that are free to move,
/// More-Thuente line search). One value and gradient per run.
class QuasiNewton : public BoundedSearch {
 public:
  QuasiNewton(const Box& box, const Vector& start, const QuasiNewtonOptions& options = {});

  /// A value that is not finite (a failed run) shortens the step; at the start it is an error. Does nothing when
  /// finished.
  void tell(double value, const Vector& gradient);

 private:
  friend QuasiNewton minimised(const ValueAndGradient&, const Box&, const Vector&, const QuasiNewtonOptions&);
  TaoEvaluation found(double value, const Vector& gradient) const;
};

/// Runs a quasi-Newton search to its end.
QuasiNewton minimised(const ValueAndGradient& function, const Box& box, const Vector& start,
                      const QuasiNewtonOptions& options = {});

}  // namespace tilth::calibration
