#pragma once

#include <cmath>

namespace tilth {

/// An orthonormal basis of the anomalies of N members: N - 1 numbers instead of N when they add up to zero.
///
/// The Householder reflector that takes (1 .. 1) / sqrt(N) to the first axis makes 0 of the first number and
/// y_k + first * y_0 of the others; going back, y_0 = back_0 * S and y_k - back_k * S, S being the sum of the N - 1
/// numbers. Scalar products are the same in both, as is the symmetric square root. Where observations' anomalies are
/// not about their mean, all N numbers are kept as they are.
struct EnsembleBasis {
  EnsembleBasis(int members, bool centred) : skip(centred ? 1 : 0), size(members - skip) {
    if (!centred) return;
    first = 1.0 / (std::sqrt(double(members)) - 1.0);
    back_0 = 1.0 / std::sqrt(double(members));
    back_k = back_0 * first;
  }
  int skip, size;  ///< numbers left out, numbers kept
  double first = 0.0, back_0 = 0.0, back_k = 0.0;
};

}  // namespace tilth
