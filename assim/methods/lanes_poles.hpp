#pragma once

// (T + shift)^-1 for several shifts (poles) of one tridiagonal matrix per lane.

#include "assim/methods/lanes_tridiagonal.hpp"

namespace tilth::lanes {

/// Most poles worked on together, to hide the latency of the divisions. Always a multiple of two.
inline constexpr int pole_block = 4;

/// T + shift = L D L' for M shifts: `lower` of L, `inverse_d` of D; element i of shift m at [i * M + m]. Two
/// reciprocals share a division.
template <int M, class V>
TILTH_LANES_INLINE void factor(const Tridiagonal<V>& t, const V* shift, V* lower, V* inverse_d) {
  V s[M], inverse[M], l[M] = {};
  for (int m = 0; m < M; ++m) s[m] = shift[m];
  for (int i = 0; i < t.n; ++i) {
    const V below = t.below[i], diagonal = t.diagonal[i];
    V d[M];
    for (int m = 0; m < M; ++m) {
      if (i > 0) l[m] = below * inverse[m];
      d[m] = diagonal + s[m] - below * l[m];
      lower[i * M + m] = l[m];
    }
    for (int m = 0; m < M; m += 2) {
      const V both = 1.0 / (d[m] * d[m + 1]);
      inverse[m] = both * d[m + 1];
      inverse[m + 1] = both * d[m];
    }
    for (int m = 0; m < M; ++m) inverse_d[i * M + m] = inverse[m];
  }
}

/// sum += sum over M poles of weight (T + shift)^-1 x, for one side of a block; from zero if `first`. `scaled_d`:
/// weight / D; `z`: room for n * M.
template <int M, class V>
TILTH_LANES_INLINE void add_solutions(const Tridiagonal<V>& t, bool first, const V* lower, const V* scaled_d,
                                      const V* x, V* sum, V* z) {
  V last[M] = {};
  for (int i = 0; i < t.n; ++i)
    for (int m = 0; m < M; ++m) {
      last[m] = x[i * sides] - lower[i * M + m] * last[m];
      z[i * M + m] = last[m];
    }
  V above[M] = {};
  for (int m = 0; m < M; ++m) last[m] = V{};
  for (int i = t.n - 1; i >= 0; --i) {
    V total = first ? V{} : sum[i * sides];
    for (int m = 0; m < M; ++m) {
      last[m] = z[i * M + m] * scaled_d[i * M + m] - above[m] * last[m];
      above[m] = lower[i * M + m];
      total += last[m];
    }
    sum[i * sides] = total;
  }
}

/// (T + shift)^-1 of one side, for the first of M factored poles, into `out` (also a side of a block).
template <int M, class V>
TILTH_LANES_INLINE void solve_first(const Tridiagonal<V>& t, const V* lower, const V* inverse_d, const V* x, V* out) {
  V last = {};
  for (int i = 0; i < t.n; ++i) {
    last = x[i * sides] - lower[i * M] * last;
    out[i * sides] = last;
  }
  V above = {};
  last = V{};
  for (int i = t.n - 1; i >= 0; --i) {
    last = out[i * sides] * inverse_d[i * M] - above * last;
    above = lower[i * M];
    out[i * sides] = last;
  }
}

}  // namespace tilth::lanes
