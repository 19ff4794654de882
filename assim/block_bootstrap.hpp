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
  /// How often replicate b has each record.
  std::span<const double> times(int b) const {
    return {times_.data() + std::size_t(b) * records_, std::size_t(records_)};
  }

 private:
  int records_;
  std::vector<double> times_;
};

/// Block length for a sequence (Wilks 1997, eq. 19 with the variance inflation of an AR(1) process): the solution of
/// L = (n - L + 1)^((2/3)(1 - n'/n)) with n' = n (1 - rho) / (1 + rho) and rho the lag-1 autocorrelation; at least 1,
/// at most n / 3.
int block_length(std::span<const double> sequence);

/// Lag-1 autocorrelation; 0 for fewer than three values or none that differ.
double lag1_autocorrelation(std::span<const double> sequence);

/// Ends of the central interval that holds `confidence` of the values (percentile method, linear interpolation); NaN
/// unless nine tenths of them are numbers.
struct Interval {
  double low, high;
};
Interval percentile_interval(std::vector<double> values, double confidence);

}  // namespace tilth
