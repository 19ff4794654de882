#pragma once

#include <span>
#include <string>

#include "core/config/schema.hpp"

namespace tilth {

/// Adaptive inflation of the prior (`analysis.inflation.adaptive`).
struct AdaptiveInflationOptions {
  std::string method = "none";
  double rate = 0.05, damping = 0.9, initial_sd = 0.6, least_sd = 0.1, upper = 4.0;
  void describe(Schema& s);
};

/// How spread is kept (`analysis.inflation`); the neutral value switches each off. Parameter spread is kept by
/// `analysis.parameter_relaxation` and `parameter_floor`.
struct InflationOptions {
  double multiplicative = 1.0;
  double rtps = 0.0;
  double rtpp = 0.0;
  double additive = 0.0;
  bool rotation = false;
  AdaptiveInflationOptions adaptive;
  void describe(Schema& s);
};

// Rows hold N >= 2 members. Every function scales or replaces anomalies about the row's mean, which stays the same to
// round-off; with the neutral factor, or without spread to scale, the row keeps its bits.

/// Mean of the members, summed in their order.
double member_mean(std::span<const double> row);
/// Standard deviation of the members (divisor N - 1).
double member_spread(std::span<const double> row);

/// Multiplies the anomalies by `factor` (multiplicative inflation of the spread; Anderson & Anderson 1999).
void inflate(std::span<double> row, double factor);

/// Relaxation to prior spread (Whitaker & Hamill 2012, eq. 2): anomalies times 1 - alpha + alpha * prior sd / sd.
void relax_to_prior_spread(std::span<const double> prior, std::span<double> row, double alpha);

/// Relaxation to prior perturbations (Zhang et al. 2004, eq. 5): anomalies (1 - alpha) * analysis + alpha * prior.
void relax_to_prior_perturbations(std::span<const double> prior, std::span<double> row, double alpha);

/// Widens the anomalies where needed so that the spread is at least `fraction * reference_sd`.
void keep_spread(std::span<double> row, double reference_sd, double fraction);

}  // namespace tilth
