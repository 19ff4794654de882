#pragma once

#include "assim/calibration/archive.hpp"
#include "assim/calibration/box.hpp"
#include "assim/solvers/tao_search.hpp"

namespace tilth::calibration {

/// A search within bounds by a method of PETSc's TAO, one run per point: ask() for the point, tell() what was found.
/// The state is the list of what was told; the search is replayed from it (`tao_replay`).
class BoundedSearch {
 public:
  /// The parameter set to run next.
  Vector ask() const { return box_.from_unit(trial_.transpose()).row(0).transpose(); }
  bool finished() const { return finished_; }
  /// Why it ended, in words; empty before.
  std::string ending() const { return finished_ ? tao_replay(tao_, start_, told_).reason : std::string(); }
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

 protected:
  /// The start is moved into the box.
  BoundedSearch(const Box& box, const Vector& start, const TaoOptions& options);
  /// Adds what was found at `trial_`; throws `Error` where the first is not finite.
  const TaoEvaluation& note(TaoEvaluation here);
  /// Finds the next point, or that there is none.
  void advance();

  Box box_;
  TaoOptions tao_;
  Vector start_, trial_;  // in the unit cube
  bool finished_ = false;

 private:
  std::vector<TaoEvaluation> told_;
  std::int64_t best_ = 0;  // of told_
};

}  // namespace tilth::calibration
