#pragma once

#include <memory>
#include <string>

#include "assim/calibration/types.hpp"
#include "assim/iterative/iterative_method.hpp"

namespace tilth::calibration {

/// Calibration by an ensemble with any registered iterative method (es_mda, eki, ienks, 4denvar_ensemble): members are
/// parameter sets in unconstrained coordinates, one per row, all updated together by all observations.
class EnsembleCalibration {
 public:
  /// `options` in YAML flow style, e.g. "{steps: 4}". y: observed values, r: their error variances (independent;
  /// whiten correlated ones). @throws Error for an unknown method or bad options
  EnsembleCalibration(const std::string& method, const std::string& options, const Matrix& members, const Vector& y,
                      const Vector& r, std::uint64_t seed = 1);
  /// The same with a method that is made already.
  EnsembleCalibration(std::shared_ptr<const IterativeMethod> method, const Matrix& members, const Vector& y,
                      const Vector& r, std::uint64_t seed = 1);

  /// Members to run next, one per row; when finished the posterior members.
  const Matrix& ask() const { return members_; }
  /// Predictions of the observations by the rows of `ask()`. A failed run (not-a-number) takes parameters and
  /// predictions of a member drawn from the good ones.
  /// @throws Failure where fewer than half of the runs are good
  void tell(const Matrix& predictions);
  bool finished() const { return finished_; }
  Index observations() const { return y_.size(); }
  int passes() const { return int(told_.size()); }
  /// Per pass the rows that failed.
  const std::vector<std::vector<Index>>& failed() const { return failed_; }

  /// All predictions told so far; restoring tells them again, which repeats the bits.
  std::vector<double> numbers() const;
  void restore(std::span<const double> numbers);

 private:
  void replace_failed(Matrix& members, Matrix& predictions);

  std::shared_ptr<const IterativeMethod> method_;
  std::unique_ptr<Iteration> iteration_;
  Matrix prior_, members_;
  Vector y_, r_;
  std::uint64_t seed_;
  std::vector<Matrix> told_;
  std::vector<std::vector<Index>> failed_;
  bool finished_ = false;
};

}  // namespace tilth::calibration
