#pragma once

// A function of the matrix of every lane, formed whole: cheaper than going through the reflectors and poles row by row
// when there are many rows.

#include "assim/methods/lanes_poles.hpp"

namespace tilth::lanes {

/// T + shift = U D U' for M shifts, from the last row upwards. Element i of shift m at [i * M + m]: `ratio` of an
/// element of (T + shift)^-1 below the diagonal to the one above it, `start`: weight times the diagonal element.
template <int M, class V>
TILTH_LANES_INLINE void start_columns(const Tridiagonal<V>& t, const V* shift, const V* weight, V* ratio, V* start) {
  V inverse[M], coupling[M];
  for (int m = 0; m < M; ++m) coupling[m] = V{};
  for (int i = t.n - 1; i >= 0; --i) {
    V d[M];
    for (int m = 0; m < M; ++m) d[m] = t.diagonal[i] + shift[m] - coupling[m];
    for (int m = 0; m < M; m += 2) {  // two reciprocals share a division
      const V both = 1.0 / (d[m] * d[m + 1]);
      inverse[m] = both * d[m + 1];
      inverse[m + 1] = both * d[m];
    }
    for (int m = 0; m < M; ++m) {
      const V r = t.below[i] * inverse[m];
      coupling[m] = t.below[i] * r;
      ratio[i * M + m] = -r;
      start[i * M + m] = weight[m] * inverse[m];
    }
  }
  for (int i = 1; i < t.n; ++i)
    for (int m = 0; m < M; ++m) start[i * M + m] += ratio[i * M + m] * ratio[i * M + m] * start[(i - 1) * M + m];
}

/// f += sum over M poles of weight (T + shift)^-1, as a packed lower triangle; from zero if `first`.
template <int M, class V>
TILTH_LANES_INLINE void add_inverses(int n, bool first, const V* ratio, const V* start, V* f) {
  for (int j = 0; j < n; ++j) {
    V x[M];
    for (int m = 0; m < M; ++m) x[m] = start[j * M + m];
    V* element = f + long(j) * (j + 1) / 2 + j;
    for (int i = j;;) {
      V sum = first ? V{} : *element;
      for (int m = 0; m < M; ++m) sum += x[m];
      *element = sum;
      if (++i >= n) break;
      element += i;
      for (int m = 0; m < M; ++m) x[m] *= ratio[i * M + m];
    }
  }
}

/// Rows i .. i + R - 1 beyond the reflectors: applies the pending one (of `old_k` elements) from the right, takes the
/// products with the next one, which has one element more.
template <bool pending, int R, class V>
TILTH_LANES_INLINE void sweep_beyond(V* f, int i, const Pending<V>& old, const V* u, int old_k, V* p) {
  V* a[R];
  V q[R], sum[R];
  for (int r = 0; r < R; ++r) {
    a[r] = f + long(i + r) * (i + r + 1) / 2;
    if constexpr (pending) q[r] = old.q[i + r];
    sum[r] = V{};
  }
  for (int j = 0; j < old_k; ++j)
    for (int r = 0; r < R; ++r) {
      V x = a[r][j];
      if constexpr (pending) {
        x -= q[r] * old.u[j];
        a[r][j] = x;
      }
      sum[r] += x * u[j];
    }
  for (int r = 0; r < R; ++r) p[i + r] = sum[r] + a[r][old_k] * u[old_k];
}

/// p = F u after the pending update; u has k elements, the pending one k - 1.
template <bool pending, class V>
TILTH_LANES_INLINE void sweep_whole(V* f, int n, int k, const Pending<V>& old, const V* u, V* p) {
  Tridiagonal<V> view;
  view.a = f;
  const int old_k = k - 1;
  sweep<pending>(view, old_k, old, u, p);
  V* row = view.row(old_k);  // the pending one acts on it from the right only
  V sum = {};
  for (int j = 0; j < old_k; ++j) {
    V x = row[j];
    if constexpr (pending) {
      x -= old.q[old_k] * old.u[j];
      row[j] = x;
    }
    sum += x * u[j];
    p[j] += x * u[old_k];
  }
  p[old_k] = sum + row[old_k] * u[old_k];
  int i = k;
  for (; i + 4 <= n; i += 4) sweep_beyond<pending, 4>(f, i, old, u, old_k, p);
  for (; i < n; ++i) sweep_beyond<pending, 1>(f, i, old, u, old_k, p);
}

/// F = Q F Q', Q being that of `tridiagonalise`; like there, an update waits for the product of the next.
template <class V>
TILTH_LANES_INLINE void from_tridiagonal_whole(const Tridiagonal<V>& t, V* f) {
  V *q = t.work, *spare = t.work + t.n;
  Pending<V> old;
  for (int k = 2; k < t.n; ++k) {
    const V* u = t.row(k);
    const V inverse = t.inverse_h[k];
    if (old.u == nullptr)
      sweep_whole<false>(f, t.n, k, old, u, q);
    else
      sweep_whole<true>(f, t.n, k, old, u, q);
    V projection;
    product(u, q, k, projection);
    projection *= 0.5 * inverse * inverse;
    for (int j = 0; j < k; ++j) q[j] = inverse * q[j] - projection * u[j];
    for (int j = k; j < t.n; ++j) q[j] = inverse * q[j];
    old = {u, q};
    std::swap(q, spare);
  }
  if (old.u == nullptr) return;
  const int k = t.n - 1;  // the last one has no follower
  for (int i = 0; i < t.n; ++i) {
    V* a = f + long(i) * (i + 1) / 2;
    for (int j = 0; j <= i && i < k; ++j) a[j] -= old.u[i] * old.q[j] + old.q[i] * old.u[j];
    for (int j = 0; j < k && i == k; ++j) a[j] -= old.q[i] * old.u[j];
  }
}

/// R rows of x (length n) times a matrix (n rows of `stride`), C vectors of columns from `column` on, plus `add[r]`.
template <class V, int R, int C>
TILTH_LANES_INLINE void times_matrix(const double* const* x, int n, const double* matrix, int stride, int column,
                                     const double* add, double* const* out, int columns) {
  constexpr int W = width<V>;
  V sum[R][C];
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r)
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) sum[r][c] = V{} + add[r];
  for (long k = 0; k < n; ++k) {
    const double* row = matrix + k * stride + column;
    long at_k[C];
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) {
      at_k[c] = k;
      if constexpr (W == 8) asm volatile("" : "+r"(at_k[c]));  // a broadcast within each product
    }
    V right[C];
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) right[c] = at<V>(row + c * W);
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r)
#pragma GCC unroll 8
      for (int c = 0; c < C; ++c) sum[r][c] += x[r][at_k[c]] * right[c];
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r)
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) {
      const int first = column + c * W;
      if (first + W <= columns)
        store(sum[r][c], out[r] + first);
      else
        for (int e = 0; e < W && first + e < columns; ++e) out[r][first + e] = sum[r][c][e];
    }
}

/// All columns for R rows.
template <class V, int R>
TILTH_LANES_INLINE void times_matrix_rows(const double* const* x, int n, const double* matrix, int stride,
                                          const double* add, double* const* out, int columns) {
  constexpr int W = width<V>, most = W == 8 ? 3 : 2;
  int column = 0;
  for (; column + (most - 1) * W < columns; column += most * W)
    times_matrix<V, R, most>(x, n, matrix, stride, column, add, out, columns);
  if (most == 3 && column + W < columns) {
    times_matrix<V, R, 2>(x, n, matrix, stride, column, add, out, columns);
  } else if (column < columns) {
    times_matrix<V, R, 1>(x, n, matrix, stride, column, add, out, columns);
  }
}

}  // namespace tilth::lanes
