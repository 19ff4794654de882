#pragma once

#include <vector>

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
  void connect(std::int64_t n);
  void factor(const AnalyseProblem& problem);
  void solve(std::vector<double>& columns, std::size_t width) const;
  const Comm& comm_;
  std::vector<double> R_;
  std::vector<std::vector<std::int64_t>> blocks_;  // rows that are connected, ascending
  std::vector<std::vector<double>> factors_;       // lower triangle of each block, row by row
};

}  // namespace tilth
