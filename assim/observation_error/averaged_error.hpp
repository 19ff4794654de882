#pragma once

#include <span>

#include "core/base/time.hpp"

namespace tilth {

/// How the errors of two observations of a stream in one column are correlated: `correlation` * exp(-|dt| / time),
/// where a time of 0 means that it does not fall with time. An error with itself: 1.
struct ErrorCorrelation {
  double correlation = 1.0;
  double time_s = 0.0;
  double between(Time a, Time b) const;
};

/// Error standard deviation of a weighted mean: sqrt(sum_ij w_i w_j sd_i sd_j c_ij), weights with the sum 1. For n
/// equal errors and weights at one time: sd * sqrt((1 - correlation) / n + correlation).
double averaged_error_sd(std::span<const double> weight, std::span<const double> error_sd, std::span<const Time> time,
                         const ErrorCorrelation& correlation);

}  // namespace tilth
