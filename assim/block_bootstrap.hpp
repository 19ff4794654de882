#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/random/random.hpp"

namespace tilth {

/// Moving-block bootstrap of a sequence in time (Kunsch 1989): a replicate is blocks of neighbouring records from
/// random places, joined until they are as many as the sequence has; the last block is cut. What is summed over a map
/// goes with its record, so that correlation in space is kept.
class BlockBootstrap {
 public:
  /// For sequences of `records` in blocks of `block`; draws are keyed by (replicate, `purpose`, number of the block).
  /// @pre records >= 1, 1 <= block <= records
  BlockBootstrap(const Random& random, std::int64_t purpose, int records, int block, int replicates);

  int replicates() const { return int(times_.size()) / records_; }
  /// How many blocks a replicate is made of; the last one counts as much of one as is taken.
  double blocks() const { return double(records_) / double(block_); }
  /// How often replicate b has each record.
  std::span<const double> times(int b) const {
    return {times_.data() + std::size_t(b) * records_, std::size_t(records_)};
  }

 private:
  int records_, block_;
  std::vector<double> times_;
};

/// Block length for a sequence (Wilks 1997, eq. 19 with the variance inflation of an AR(1) process): the solution of
/// L = (n - L + 1)^((2/3)(1 - n'/n)) with n' = n (1 - rho) / (1 + rho) and rho the lag-1 autocorrelation, which a short
/// sequence shows too small by (1 + 4 rho) / n (Marriott & Pope 1954); at least 1, at most n / 3.
int block_length(std::span<const double> sequence);

/// Lag-1 autocorrelation; 0 for fewer than three values or none that differ.
double lag1_autocorrelation(std::span<const double> sequence);

/// Ends of an interval; NaN: not known.
struct Interval {
  double low, high;
};

/// Scale on which the errors of an estimate are about as large whatever its value.
enum class IntervalScale {
  plain,        ///< x
  positive,     ///< log x, of errors and their ratios
  below_one,    ///< log(1 - x), of skills: 1 - a ratio of errors
  correlation,  ///< atanh x (Fisher)
  share         ///< log(x / (1 - x)), of probabilities
};

/// Interval that holds what `value` estimates with a probability of `confidence`, from the values of its replicates of
/// `blocks` blocks each: the basic interval (Davison & Hinkley 1997, eq. 5.6: replicates lie about the estimate as
/// estimates do about what they estimate, on the scale), stretched by sqrt(k / (k - 1)) t(k - 1) / t(infinity) for k
/// blocks, as replicates vary about their sample's mean and few blocks tell little of how they vary. Where the scale
/// has no number for the ends, the interval of the replicates as it is. NaN unless nine tenths of the replicates are
/// numbers and there are more than one and a half blocks.
Interval bootstrap_interval(double value, std::vector<double> replicates, double blocks, IntervalScale scale,
                            double confidence);

/// Ends of the central interval that holds `confidence` of the values (linear interpolation); NaN unless nine tenths of
/// them are numbers.
Interval percentile_interval(std::vector<double> values, double confidence);

/// Quantile of Student's distribution by its series about the normal one (Abramowitz & Stegun, 26.7.5): to 0.1 % for
/// 4 degrees of freedom, to 8 % for 1, at 0.975. @pre 0 < p < 1, freedom > 0
double student_quantile(double p, double freedom);

}  // namespace tilth
