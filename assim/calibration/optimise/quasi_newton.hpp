#pragma once

#include <functional>

#include "assim/calibration/archive.hpp"
#include "assim/calibration/box.hpp"
#include "assim/solvers/tao_search.hpp"

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
/// More-Thuente line search). One value and gradient per run: ask() for the point, tell() them. The state is the list
/// of what was told; the search is replayed from it (`tao_replay`).
class QuasiNewton {
 public:
  /// The start is moved into the box.
  QuasiNewton(const Box& box, const Vector& start, const QuasiNewtonOptions& options = {});

  Vector ask() const { return box_.from_unit(trial_.transpose()).row(0).transpose(); }
  /// A value that is not finite (a failed run) shortens the step; at the start it is an error. Does nothing when
  /// finished.
  void tell(double value, const Vector& gradient);
  bool finished() const { return finished_; }
  /// Why it ended, in words; empty before.
  std::string ending() const { return finished_ ? tao_replay(tao_options(), start_, told_).reason : std::string(); }
  /// The best point told, the start before any.
  Vector best() const;
  double value() const;
  int evaluations() const { return int(told_.size()); }

  std::vector<double> numbers() const { return numbers_of(*this); }
  void restore(std::span<const double> numbers) { restore_from(numbers, *this); }
  template <class A>
  void fields(A& archive) {
    archive(start_, trial_, told_, best_, finished_);
  }

 private:
  friend QuasiNewton minimised(const ValueAndGradient&, const Box&, const Vector&, const QuasiNewtonOptions&);
  TaoOptions tao_options() const;
  const TaoEvaluation& note(double value, const Vector& gradient);

  Box box_;
  QuasiNewtonOptions options_;
  Vector start_, trial_;  // in the unit cube
  std::vector<TaoEvaluation> told_;
  std::int64_t best_ = 0;  // of told_
  bool finished_ = false;
};

/// Runs a quasi-Newton search to its end.
QuasiNewton minimised(const ValueAndGradient& function, const Box& box, const Vector& start,
                      const QuasiNewtonOptions& options = {});

}  // namespace tilth::calibration
