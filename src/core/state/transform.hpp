#pragma once

#include <string>

namespace tilth {

/// Map between a bounded physical value x and an unconstrained one z (MODEL: N, L, G).
struct Transform {
  enum class Kind { identity, log, logit };
  Kind kind = Kind::identity;
  double lower = 0.0, upper = 0.0;  ///< log: z = log(x - lower); logit: z = log((x - lower) / (upper - x))

  double to_unconstrained(double x) const;
  double to_physical(double z) const;
  /// dx/dz at x.
  double derivative(double x) const;
};

std::string to_string(Transform::Kind kind);

}  // namespace tilth
