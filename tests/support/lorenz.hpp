#pragma once

#include <array>
#include <span>
#include <vector>

namespace tilth::test {

/// Tendency of the Lorenz (1996) model: dx_i/dt = (x_(i+1) - x_(i-2)) x_(i-1) - x_i + F on a circle.
inline void lorenz96_tendency(std::span<const double> x, double forcing, std::span<double> tendency) {
  const std::size_t n = x.size();
  for (std::size_t i = 0; i < n; ++i)
    tendency[i] = (x[(i + 1) % n] - x[(i + n - 2) % n]) * x[(i + n - 1) % n] - x[i] + forcing;
}

/// Advances x by one step of the classical fourth-order Runge-Kutta scheme.
inline void lorenz96_step(std::span<double> x, double forcing = 8.0, double dt = 0.05) {
  const std::size_t n = x.size();
  std::vector<double> stage(x.begin(), x.end()), k(n), sum(n, 0.0);
  constexpr std::array<double, 4> weight = {1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0}, next = {0.5, 0.5, 1.0, 0.0};
  for (std::size_t s = 0; s < weight.size(); ++s) {
    lorenz96_tendency(stage, forcing, k);
    for (std::size_t i = 0; i < n; ++i) {
      sum[i] += weight[s] * k[i];
      stage[i] = x[i] + dt * next[s] * k[i];
    }
  }
  for (std::size_t i = 0; i < n; ++i) x[i] += dt * sum[i];
}

}  // namespace tilth::test
