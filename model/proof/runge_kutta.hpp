#pragma once

#include <array>
#include <cstddef>

#include "core/base/aligned.hpp"

namespace tilth {

/// Advances `size` values by `steps` steps of the classical fourth-order Runge-Kutta scheme (Kutta 1901).
/// `tendency(x, out)` fills dx/dt of all values. Elementwise but for `tendency`, so members do not see each other.
template <class Tendency>
void runge_kutta(double* x, std::size_t size, double dt, int steps, const Tendency& tendency) {
  constexpr std::array<double, 4> weight = {1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0}, next = {0.5, 0.5, 1.0, 0.0};
  thread_local AlignedVector<double> work;
  if (work.size() < 3 * size) work.resize(3 * size);
  double *stage = work.data(), *slope = stage + size, *sum = slope + size;
  for (int s = 0; s < steps; ++s) {
    for (std::size_t i = 0; i < size; ++i) stage[i] = x[i], sum[i] = 0.0;
    for (std::size_t q = 0; q < weight.size(); ++q) {
      tendency(stage, slope);
      for (std::size_t i = 0; i < size; ++i) {
        sum[i] += weight[q] * slope[i];
        stage[i] = x[i] + dt * next[q] * slope[i];
      }
    }
    for (std::size_t i = 0; i < size; ++i) x[i] += dt * sum[i];
  }
}

}  // namespace tilth
