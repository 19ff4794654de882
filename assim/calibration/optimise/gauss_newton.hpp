#pragma once

#include "assim/calibration/archive.hpp"
#include "assim/calibration/box.hpp"

namespace tilth::calibration {

struct GaussNewtonOptions {
  double first_damping = 1e-3;       ///< relative to the diagonal of the Hessian
  double gradient_tolerance = 1e-8;  ///< on the projected gradient, in widths of the box
  double value_tolerance = 1e-10;    ///< on the decrease of a step, relative to the value
  int max_iterations = 100;
};

/// Levenberg-Marquardt search (Marquardt 1963; Nocedal & Wright 2006, section 10.3) for the least half sum of squares
/// of residuals within bounds: one run with derivatives per step. `CostFunction::residuals` and `residual_jacobian`
/// make the value J.
class GaussNewton {
 public:
  GaussNewton(const Box& box, const Vector& start, const GaussNewtonOptions& options = {});

  /// The parameter set to run next.
  Vector ask() const { return box_.from_unit(trial_.transpose()).row(0).transpose(); }
  /// Residuals there and their derivatives by the parameters. Residuals that are not finite (a failed run) shorten the
  /// step; the derivatives are not looked at then.
  void tell(const Vector& residuals, const Matrix& jacobian);
  bool finished() const { return finished_; }
  Vector best() const { return box_.from_unit(x_.transpose()).row(0).transpose(); }
  double value() const { return value_; }
  int evaluations() const { return evaluations_; }

  std::vector<double> numbers() const { return numbers_of(*this); }
  void restore(std::span<const double> numbers) { restore_from(numbers, *this); }
  template <class A>
  void fields(A& archive) {
    archive(x_, trial_, gradient_, hessian_, value_, damping_, evaluations_, iterations_, finished_);
  }

 private:
  void propose();

  Box box_;
  GaussNewtonOptions options_;
  Vector x_, trial_, gradient_;  // in the unit cube
  Matrix hessian_;
  double value_ = INFINITY, damping_;
  int evaluations_ = 0, iterations_ = 0;
  bool finished_ = false;
};

}  // namespace tilth::calibration
