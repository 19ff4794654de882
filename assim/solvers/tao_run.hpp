#pragma once

#include <cmath>
#include <deque>
#include <exception>
#include <optional>

#include "assim/solvers/tao_search.hpp"

namespace tilth {

/// One run of TAO as its callbacks see it: what it is told at a point, and whether it ends there.
class TaoRun {
 public:
  /// Why a run ends.
  enum class Stop { no_answer, no_slope, no_decrease, too_long };

  TaoRun(const TaoOptions& options, const TaoAnswer& answer) : options_(options), answer_(answer) {}

  /// What TAO is told at a point: the answer, or what stands for a failed run or for none.
  const TaoEvaluation& at(const Eigen::VectorXd& point);
  /// Taken off the values that TAO sees: its first step has length 2 |value| / |gradient|, which is made a part of the
  /// cube whatever constant the value contains.
  double offset(const TaoEvaluation& first);
  /// At an iterate: is it the last?
  bool ends_at(const Eigen::VectorXd& point);

  /// Nothing while it goes on, and where TAO ends it: no better point along the step.
  const std::optional<Stop>& stops() const { return stops_; }
  /// The start has been tested.
  bool began() const { return iterate_ != nullptr; }
  const Eigen::VectorXd& question() const { return question_; }

  std::exception_ptr failure;  ///< exceptions do not pass through PETSc

 private:
  void count(double value);
  const TaoEvaluation& bottom(const Eigen::VectorXd& point, Stop why);
  TaoEvaluation wall(const Eigen::VectorXd& point) const;
  bool least_squares() const { return options_.method == TaoOptions::Method::gauss_newton; }

  const TaoOptions& options_;
  const TaoAnswer& answer_;
  std::deque<TaoEvaluation> seen_;
  const TaoEvaluation* iterate_ = nullptr;  // the last one
  std::optional<double> offset_;
  std::optional<Stop> stops_;
  Eigen::VectorXd question_;
  int iterations_ = 0, asked_ = 0;
  double least_ = INFINITY;  // value that a later one has to be below by more than the tolerance
  int in_vain_ = 0;          // answers since it was
};

}  // namespace tilth
