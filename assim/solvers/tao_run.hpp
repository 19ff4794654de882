#pragma once

#include <deque>
#include <exception>
#include <optional>

#include "assim/solvers/tao_search.hpp"

namespace tilth {

/// One run of TAO as its callbacks see it: what it is told at a point, and whether it ends there.
class TaoRun {
 public:
  TaoRun(const TaoOptions& options, const TaoAnswer& answer) : options_(options), answer_(answer) {}

  /// What TAO is told at a point: the answer, or what stands for a failed run or for none.
  const TaoEvaluation& at(const Eigen::VectorXd& point);
  /// Taken off the values that TAO sees: its first step has length 2 |value| / |gradient|, which is made a part of the
  /// cube whatever constant the value contains.
  double offset(const TaoEvaluation& first);
  /// At an iterate: is it the last?
  bool ends_at(const Eigen::VectorXd& point);

  bool stopped() const { return question_.size() > 0; }
  const Eigen::VectorXd& question() const { return question_; }

  std::exception_ptr failure;  ///< exceptions do not pass through PETSc

 private:
  TaoEvaluation bottom(const Eigen::VectorXd& point) const;
  TaoEvaluation wall(const Eigen::VectorXd& point) const;
  bool least_squares() const { return options_.method == TaoOptions::Method::gauss_newton; }

  const TaoOptions& options_;
  const TaoAnswer& answer_;
  std::deque<TaoEvaluation> seen_;
  const TaoEvaluation* iterate_ = nullptr;  // the last one
  std::optional<double> offset_;
  Eigen::VectorXd question_;
  int iterations_ = 0;
};

}  // namespace tilth
