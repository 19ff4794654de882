#pragma once

#include <functional>

#include "assim/calibration/archive.hpp"
#include "assim/calibration/box.hpp"

namespace tilth::calibration {

/// When a quasi-Newton search ends.
struct QuasiNewtonOptions {
  double gradient_tolerance = 1e-8;  ///< on the largest component of the projected gradient
  double value_tolerance = 1e-13;    ///< on the decrease of a step, relative to the value
  int max_iterations = 500;
  int memory = 10;  ///< pairs of steps kept
};

/// Limited-memory quasi-Newton search within bounds: the two-loop recursion (Nocedal & Wright 2006, algorithm 7.4) on
/// the variables that are free to move, steps projected onto the box (Bertsekas 1982) and halved until the value
/// decreases enough. One value and gradient per step: ask() for the point, tell() them.
class QuasiNewton {
 public:
  /// The start is moved into the box.
  QuasiNewton(const Box& box, const Vector& start, const QuasiNewtonOptions& options = {});

  const Vector& ask() const { return trial_; }
  /// A value that is not finite (a failed run) shortens the step. Does nothing when finished.
  void tell(double value, const Vector& gradient);
  bool finished() const { return finished_; }
  const Vector& best() const { return x_; }
  double value() const { return value_; }
  const Vector& gradient() const { return gradient_; }
  int evaluations() const { return evaluations_; }

  template <class A>
  void fields(A& archive) {
    archive(x_, gradient_, trial_, direction_, steps_, changes_, value_, step_, started_, finished_, iterations_,
            evaluations_, halvings_);
  }

 private:
  void accept(double value, const Vector& gradient);
  void shorten();
  void next_direction();
  Eigen::Array<bool, Eigen::Dynamic, 1> free_variables() const;
  Vector projected(const Vector& x) const { return x.cwiseMax(box_.lower).cwiseMin(box_.upper); }

  Box box_;
  QuasiNewtonOptions options_;
  Vector x_, gradient_, trial_, direction_;
  std::vector<Vector> steps_, changes_;  // of x and of the gradient, oldest first
  double value_ = INFINITY, step_ = 1.0;
  bool started_ = false, finished_ = false;
  int iterations_ = 0, evaluations_ = 0, halvings_ = 0;
};

/// Value of a function, which also fills its gradient.
using ValueAndGradient = std::function<double(const Vector& x, Vector& gradient)>;

/// Runs a quasi-Newton search to its end.
QuasiNewton minimised(const ValueAndGradient& function, const Box& box, const Vector& start,
                      const QuasiNewtonOptions& options = {});

}  // namespace tilth::calibration
