#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace tilth {

/// Limits of a variable; infinite where there is none.
struct Bounds {
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();
};

/// Lower tail of a bounded normal rank histogram; the upper tail is that of the negated variable.
///
/// Holds mass q below the extreme member: a normal curve with the ensemble's spread, cut at the bound and scaled, or
/// uniform where the bound leaves it less than 1 % of q.
class BnrhTail {
 public:
  BnrhTail(double extreme, double spread, double q, double bound);
  /// Mass below x. @pre bound <= x <= extreme
  double mass(double x) const;
  /// Place with mass p below it. @pre 0 <= p <= q
  double place(double p) const;
  bool uniform() const { return uniform_; }

 private:
  double extreme_, spread_, q_, bound_;
  double mean_;             // of the normal curve
  double outside_ = 0.0;    // its mass beyond the bound
  double amplitude_ = 1.0;  // scale that brings the part inside the bound back to q
  bool uniform_ = false;
};

/// Continuous distribution of an ensemble: the bounded normal rank histogram (Anderson 2010, 2022, 2023).
///
/// N sorted members cut the line into N + 1 bins of mass q = 1 / (N + 1): uniform inside, `BnrhTail` outside. Building
/// it costs a sort; a value of the distribution O(log N), of its inverse O(1).
class Bnrh {
 public:
  /// Throws where there are less than two members or one is not finite or outside the bounds.
  explicit Bnrh(std::span<const double> members, const Bounds& bounds = {});

  int members() const { return int(sorted_.size()); }
  const Bounds& bounds() const { return bounds_; }
  /// Members in ascending order, and which member each of them is.
  std::span<const double> sorted() const { return sorted_; }
  std::span<const std::int32_t> order() const { return order_; }
  const BnrhTail& left() const { return left_; }
  /// Of the negated variable.
  const BnrhTail& right() const { return right_; }

  /// Probability of a value below x; k tied members share the middle of their range, k on a bound get k q / 2 of it.
  double cdf(double x) const;
  /// Inverse of `cdf`, within the bounds.
  double quantile(double u) const;
  /// Place in bin 0 (left tail) ... N (right tail) with this fraction of the bin's mass below it.
  double place(int bin, double fraction) const;

  /// Standard normal value of the same quantile as x; both tails are exact.
  double probit(double x) const;
  /// Inverse of `probit`; beyond -37 and 37 the value there.
  double from_probit(double z) const;

  /// Quantiles of the members, in their own order, exact multiples of q / 2.
  std::vector<double> quantiles() const;
  /// Standard normal values of `quantiles`, from a table.
  std::vector<double> probits() const;

 private:
  double member_quantile(int k) const { return half_steps_[std::size_t(k)] / (2.0 * (members() + 1)); }

  Bounds bounds_;
  std::vector<double> sorted_;
  std::vector<std::int32_t> order_;
  std::vector<std::int32_t> half_steps_;  // quantile of each member in units of q / 2
  BnrhTail left_, right_;
};

}  // namespace tilth
