#pragma once

#include "assim/calibration/types.hpp"

namespace tilth::calibration {

/// What a metric of the model is compared with.
struct Target {
  double value = 0.0;
  double observation_variance = 0.0;  ///< of the observed value
  double structural_variance = 0.0;   ///< of the best model's departure from the truth (model discrepancy)
};

/// |value - mean| / sqrt(observation + structural + emulator variance) (Craig et al. 1997). A total variance of zero
/// gives 0 for an exact match and infinity otherwise.
double implausibility(const Target& target, double mean, double emulator_variance);

/// The same for rows of metrics. @pre mean and variance have one column per target
Matrix implausibilities(const std::vector<Target>& targets, const Matrix& mean, const Matrix& variance);

/// Per row the n-th largest value: 1 is the largest, 2 the second largest. @pre 1 <= nth <= columns
Vector nth_largest(const Matrix& implausibility, int nth);

}  // namespace tilth::calibration
