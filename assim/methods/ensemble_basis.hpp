#pragma once

#include <cmath>

namespace tilth {

/// An orthonormal basis of the anomalies of N members, which add up to zero: N - 1 numbers instead of N.
///
/// The Householder reflector that takes (1 .. 1) / sqrt(N) to the first axis makes 0 of the first number and
/// y_k + first * y_0 of the others; going back, y_0 = back_0 * S and y_k - back_k * S, S being the sum of the N - 1
/// numbers. Scalar products are the same in both, as is the symmetric square root.
struct EnsembleBasis {
  explicit EnsembleBasis(int members)
      : first(1.0 / (std::sqrt(double(members)) - 1.0)),
        back_0(1.0 / std::sqrt(double(members))),
        back_k(back_0 * first) {}
  double first, back_0, back_k;
};

}  // namespace tilth
