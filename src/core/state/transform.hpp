#pragma once

#include <string>

namespace tilth {

/// Map between a bounded physical value x and an unconstrained one z (MODEL: N, L, G).
struct Transform {
  enum class Kind { identity, log, logit, probit };
  Kind kind = Kind::identity;
  /// log: z = log(x - lower); logit: z = log((x - lower) / (upper - x)); probit: the standard normal quantile of
  /// (x - lower) / (upper - lower)
  double lower = 0.0, upper = 0.0;

  double to_unconstrained(double x) const;
  double to_physical(double z) const;
  /// dx/dz at x.
  double derivative(double x) const;
};

std::string to_string(Transform::Kind kind);

/// Mean and standard deviation of log x.
struct Lognormal {
  double mu, sigma;
};
/// The lognormal distribution of this mean and variance of x. @pre mean > 0, variance >= 0
Lognormal lognormal_of(double mean, double variance);

}  // namespace tilth
