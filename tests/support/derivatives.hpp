#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/base/simd/dual.hpp"
#include "support/complex_step.hpp"

namespace tilth::test {

/// What two derivatives may differ by, relative to the derivative and to output over input.
struct Closeness {
  double complex_step = 1e-10;  ///< round-off of two orders of evaluation
  double difference = 1e-6;     ///< truncation and cancellation at a step of 1e-5 of the input
  double round_off = 1e-17;     ///< of the outputs, absolute: what differences cannot see
};

/// d `f` / d x[i] by central differences over two steps, extrapolated to none (Richardson).
template <int In, int Out, class F>
void central_difference(const double (&x)[In], int i, F f, double* slope) {
  const double widest = 1e-5 * (x[i] == 0.0 ? 0.1 : std::abs(x[i]));
  for (const double h : {widest, 0.5 * widest}) {
    double up[In], down[In], high[Out], low[Out];
    std::copy(x, x + In, up);
    std::copy(x, x + In, down);
    up[i] += h;
    down[i] -= h;
    f(up, high);
    f(down, low);
    for (int j = 0; j < Out; ++j) {
      const double d = (high[j] - low[j]) / (up[i] - down[i]);
      slope[j] = h == widest ? d : d + (d - slope[j]) / 3.0;
    }
  }
}

/// Proves the derivatives that `f(const T* x, T* y)` has on `simd::Dual` at the point `x`, away from kinks: values
/// equal the run in double to the bit, derivatives agree with the complex step and with central differences.
template <int Out, int In, class F>
void expect_derivatives(const char* name, const double (&x)[In], F f, Closeness close = {}) {
  using Pair = simd::Dual<simd::Pack<xsimd::sse2>>;
  double y[Out];
  f(x, y);
  for (int first = 0; first < In; first += 2) {
    Pair in[In], out[Out];
    for (int i = 0; i < In; ++i) {
      alignas(16) const double memory[4] = {x[i], x[i], i == first ? 1.0 : 0.0, i == first + 1 ? 1.0 : 0.0};
      in[i] = simd::load<Pair>(memory);
    }
    f(in, out);
    for (int i = first; i < std::min(first + 2, In); ++i) {
      ComplexStep stepped[In], exact[Out];
      for (int k = 0; k < In; ++k) stepped[k] = ComplexStep(x[k], k == i ? 1.0 : 0.0);
      f(stepped, exact);
      double difference[Out];
      central_difference<In, Out>(x, i, f, difference);
      for (int j = 0; j < Out; ++j) {
        alignas(16) double memory[4];
        simd::store(memory, out[j]);
        const double d = memory[2 + i - first];
        const double scale = std::abs(d) + std::abs(x[i] == 0.0 ? 1e-3 * y[j] : y[j] / x[i]);
        EXPECT_EQ(memory[0], y[j]) << name << ": value of output " << j;
        EXPECT_NEAR(d, exact[j].derivative(), close.complex_step * scale) << name << ": output " << j << " input " << i;
        const double noise = close.round_off / (1e-5 * std::abs(x[i]) + 1e-9);
        EXPECT_NEAR(d, difference[j], close.difference * scale + noise) << name << ": output " << j << " input " << i;
      }
    }
  }
}

}  // namespace tilth::test
