#pragma once

#include "assim/calibration/archive.hpp"
#include "assim/calibration/box.hpp"
#include "assim/solvers/tao_search.hpp"

namespace tilth::calibration {

struct GaussNewtonOptions {
  double first_damping = 1e-4;       ///< relative to the diagonal of the Hessian; shrinks from step to step
  double gradient_tolerance = 1e-8;  ///< on the projected gradient, in widths of the box
  double value_tolerance = 1e-10;    ///< on the decrease of a step, relative to the value
  int max_iterations = 100;          ///< and twice as many runs
};

/// Gauss-Newton search for the least half sum of squares of residuals within bounds: PETSc's TAOBRGN, damped by
/// Levenberg and Marquardt's diagonal, with a line search; one run with derivatives per point.
/// `CostFunction::residuals` and `residual_jacobian` make the value J. The state is the list of what was told, of
/// residuals and derivatives only the triangle of a QR factorisation, which TAO is given too; the search is replayed
/// from it (`tao_replay`).
class GaussNewton {
 public:
  GaussNewton(const Box& box, const Vector& start, const GaussNewtonOptions& options = {});

  /// The parameter set to run next.
  Vector ask() const { return box_.from_unit(trial_.transpose()).row(0).transpose(); }
  /// Residuals there and their derivatives by the parameters. Residuals that are not finite (a failed run) shorten the
  /// step; the derivatives are not looked at then. At the start they are an error.
  void tell(const Vector& residuals, const Matrix& jacobian);
  bool finished() const { return finished_; }
  /// Why it ended, in words; empty before.
  std::string ending() const { return finished_ ? tao_replay(tao_options(), start_, told_).reason : std::string(); }
  /// The best parameter set told, the start before any.
  Vector best() const;
  double value() const { return told_.empty() ? double(INFINITY) : told_[std::size_t(best_)].value; }
  int evaluations() const { return int(told_.size()); }

  std::vector<double> numbers() const { return numbers_of(*this); }
  void restore(std::span<const double> numbers) { restore_from(numbers, *this); }
  template <class A>
  void fields(A& archive) {
    archive(start_, trial_, told_, best_, finished_);
  }

 private:
  TaoOptions tao_options() const;

  Box box_;
  GaussNewtonOptions options_;
  Vector start_, trial_;  // in the unit cube
  std::vector<TaoEvaluation> told_;
  std::int64_t best_ = 0;  // of told_
  bool finished_ = false;
};

}  // namespace tilth::calibration
