#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/parallel/comm.hpp"

namespace tilth {

/// Sums whose bits do not depend on how the addends fall on ranks nor on their order.
///
/// Every addend is rounded to a multiple of 2^-80 of a common power of two not below the largest magnitude, and summed
/// as a 128-bit integer; integer addition is associative (after Demmel & Nguyen 2015, with fixed-point bins).
/// Relative error of the result: 1e-24 of the largest addend per term, then one rounding to double.
/// Usage: construct with a bound on |addend| known on every rank (e.g. `comm.max`), `add`, then `total`.
class ReproducibleSum {
 public:
  /// `count` independent sums, each addend at most `bound` in magnitude; the bound must be the same on all ranks.
  ReproducibleSum(std::size_t count, double bound);
  /// Adds to sum `i`, at most 2^46 times over all ranks; throws `Failure` unless |value| <= bound (NaN included).
  void add(std::size_t i, double value);
  /// The sums over all ranks, on every rank. Collective.
  std::vector<double> total(const Comm& comm) const;

 private:
  double bound_;
  int unit_exponent_ = 0;    // sums are in units of 2^unit_exponent_
  double half_scale_ = 1.0;  // its square, were it not for overflow, would be 2^-unit_exponent_
  double other_half_ = 1.0;
  std::vector<__int128> sum_;
};

/// Reproducible sum of one list of values over all ranks; throws `Failure` on every rank if one is not finite.
/// Collective.
double reproducible_sum(const Comm& comm, std::span<const double> values);

}  // namespace tilth
