#pragma once

#include "assim/calibration/types.hpp"

namespace tilth::calibration {

/// A search for small values of a function, or a sampler of exp(-value): it asks for parameter sets and is told their
/// values, so that whoever drives it may evaluate them in parallel, and stop and resume between two calls.
class Search {
 public:
  virtual ~Search() = default;
  /// Parameter sets to evaluate next, one per row; the same until they are told.
  virtual Matrix ask() const = 0;
  /// Values of the rows of `ask()`; not-a-number for runs that failed, which count as worse than all others.
  virtual void tell(const Vector& values) = 0;
  virtual bool finished() const = 0;
  /// The whole state, and back into a search made with the same options.
  virtual std::vector<double> numbers() const = 0;
  virtual void restore(std::span<const double> numbers) = 0;
};

/// The best parameter set seen, and which evaluations failed.
struct Record {
  Vector best;
  double value = INFINITY;
  std::int64_t evaluations = 0;
  std::vector<std::int64_t> failed;  ///< numbers of evaluations, from 0

  /// Takes note of evaluated rows.
  void note(const Matrix& rows, const Vector& values);
  template <class A>
  void fields(A& archive) {
    archive(best, value, evaluations, failed);
  }
};

/// Values with infinity for failed runs, so that they are last in any order.
Vector worst_where_failed(const Vector& values);

/// Numbers of values in ascending order; equal ones in the order given.
std::vector<Index> ascending(const Vector& values);

}  // namespace tilth::calibration
