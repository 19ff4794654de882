#pragma once

#include <vector>

#include "assim/observation_error/block_whitening.hpp"
#include "driver/analyse/observations.hpp"

namespace tilth {

/// Full observation error covariance R = L L': observations multiplied by L^-1 have independent errors of variance 1.
/// The root holds R; only observations that are connected by it are mixed.
class ErrorCovariance {
 public:
  /// Reads and factors R; `Error` unless it is symmetric positive definite. `Error` when it connects observations at
  /// different places although the analysis is `local`. Collective.
  ErrorCovariance(const Comm& comm, const AnalyseProblem& problem, const PredictedObservations& observations,
                  const ObservedPlaces& places, bool local);
  /// Replaces values, predictions and perturbations by their whitened ones, and sets error_sd to 1. Collective.
  void whiten(PredictedObservations& observations) const;
  /// R as it was read, on the root.
  const std::vector<double>& values() const { return R_; }

 private:
  const Comm& comm_;
  std::vector<double> R_;
  std::vector<BlockWhitening> blocks_;  // of observations that are connected; on the root
};

}  // namespace tilth
