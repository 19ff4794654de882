#pragma once

// Forming the matrices of the local problems: sums of outer products of the rows of a table, one lane at a time, and
// their way into the lanes.

#include <algorithm>

#include "assim/methods/lanes_tridiagonal.hpp"

namespace tilth::lanes {

/// Rows of a table, and their weights. Lists reach to the next multiple of eight: row 0, weight 0.
struct WeightedRows {
  const double* table = nullptr;
  int stride = 0;
  const int* index = nullptr;
  const double* weight = nullptr;
  int count = 0;
  const double* row(int o) const { return table + long(index[o]) * stride; }
};

/// Sum over o of weight[o] y_o y_o': output rows i .. i + R - 1, columns j .. j + C * width - 1 into
/// `out` (row length `stride`).
template <class V, int R, int C>
TILTH_LANES_INLINE void outer_products(const WeightedRows& rows, int i, int j, double* out, int stride) {
  V sum[R][C] = {};
  for (int o = 0; o < rows.count; ++o) {
    const double* y = rows.row(o);
    V right[C];
    for (int c = 0; c < C; ++c) right[c] = rows.weight[o] * at<V>(y + j + c * width<V>);
    for (int r = 0; r < R; ++r)
      for (int c = 0; c < C; ++c) sum[r][c] += y[i + r] * right[c];
  }
  for (int r = 0; r < R; ++r)
    for (int c = 0; c < C; ++c) at<V>(out + r * stride + j + c * width<V>) = sum[r][c];
}

/// Output rows of one block, columns 0 .. `columns` - 1 (rounded up to whole vectors).
template <class V, int R>
TILTH_LANES_INLINE void outer_product_rows(const WeightedRows& rows, int i, int columns, double* out, int stride) {
  constexpr int most = width<V> == 8 ? 3 : 2;
  int j = 0;
  if constexpr (most == 3)
    for (; j + 2 * width<V> < columns; j += 3 * width<V>) outer_products<V, R, 3>(rows, i, j, out, stride);
  for (; j + width<V> < columns; j += 2 * width<V>) outer_products<V, R, 2>(rows, i, j, out, stride);
  if (j < columns) outer_products<V, R, 1>(rows, i, j, out, stride);
}

/// Rows formed together: as many as the registers hold.
template <class V>
inline constexpr int formed_rows = width<V> == 8 ? 8 : 4;

/// How many of the rows i .. n - 1 are formed next.
template <class V>
TILTH_LANES_INLINE int next_rows(int i, int n) {
  return n - i >= formed_rows<V> ? formed_rows<V> : n - i >= 4 ? 4 : 1;
}

/// `count` rows of the sum, from row i, columns 0 .. `columns` - 1. @pre count of `next_rows`
template <class V>
TILTH_LANES_INLINE void some_outer_product_rows(const WeightedRows& rows, int i, int count, int columns, double* out,
                                                int stride) {
  if (count == 1)
    outer_product_rows<V, 1>(rows, i, columns, out, stride);
  else if (count == 4)
    outer_product_rows<V, 4>(rows, i, columns, out, stride);
  else if constexpr (width<V> == 8)
    outer_product_rows<V, 8>(rows, i, columns, out, stride);
}

/// Lower triangle of the sum, row i in out[i * stride ..]; elements right of the diagonal are not defined.
template <class V>
TILTH_LANES_INLINE void outer_product_triangle(const WeightedRows& rows, int n, double* out, int stride) {
  for (int i = 0; i < n;) {
    const int count = next_rows<V>(i, n);
    some_outer_product_rows<V>(rows, i, count, i + count, out + long(i) * stride, stride);
    i += count;
  }
}

/// Elements 0 .. n - 1 of a row of every lane, from `from[lane]` on, to out[j * step]. Writes up to width - 1 more
/// elements when `step` is 1.
template <class V>
TILTH_LANES_INLINE void into_lanes(const double* const* from, int n, V* out, int step) {
  for (int j = 0; j < n; j += width<V>) {
    V r[width<V>];
    for (int l = 0; l < width<V>; ++l) r[l] = at<V>(from[l] + j);
    transpose(r);
    const int last = step == 1 ? width<V> : std::min(width<V>, n - j);
    for (int e = 0; e < last; ++e) out[long(j + e) * step] = r[e];
  }
}

/// The same element by element of the other way: n elements from in[j * step] to `to[lane]`, padded to whole vectors.
template <class V>
TILTH_LANES_INLINE void out_of_lanes(const V* in, int step, int n, double* const* to) {
  for (int j = 0; j < n; j += width<V>) {
    V r[width<V>];
    for (int e = 0; e < width<V>; ++e) r[e] = j + e < n ? in[long(j + e) * step] : V{};
    transpose(r);
    for (int l = 0; l < width<V>; ++l) at<V>(to[l] + j) = r[l];
  }
}

/// Scalar products of the rows with x, times their weights, to out[o] (reaching to the next multiple of eight). Sums
/// are in eight parts, always in the same order.
TILTH_LANES_INLINE void weighted_products(const WeightedRows& rows, const double* x, int length, double* out) {
  for (int o = 0; o < rows.count; o += 8) {
    Eight sum[8] = {};
    for (int k = 0; k < length; k += 8) {
      const Eight xk = at<Eight>(x + k);
      for (int r = 0; r < 8; ++r) sum[r] += at<Eight>(rows.row(o + r) + k) * xk;
    }
    exchange_all<4>(sum);  // the tree of `total`, for eight sums at once
    for (int r = 0; r < 4; ++r) sum[r] += sum[r + 4];
    for (int r = 0; r < 2; ++r) {
      const Eight a = sum[r], b = sum[r + 2];
      sum[r] = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13) +
               __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
    }
    const Eight a = sum[0], b = sum[1];
    const Eight all = __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14) +
                      __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
    at<Eight>(out + o) = at<Eight>(rows.weight + o) * all;
  }
}

/// y[r] += sum over o of g[r][o] * row o, for R vectors of `length`.
template <int R>
TILTH_LANES_INLINE void add_combinations(const WeightedRows& rows, const double* const* g, int length,
                                         double* const* y) {
  for (int k = 0; k < length; k += 16) {
    const int second = k + 8 < length ? 8 : 0;  // the last one alone is done twice
    Eight sum[R][2];
    for (int r = 0; r < R; ++r) sum[r][0] = at<Eight>(y[r] + k), sum[r][1] = at<Eight>(y[r] + k + second);
    for (int o = 0; o < rows.count; ++o) {
      const double* row = rows.row(o) + k;
      const Eight first = at<Eight>(row), other = at<Eight>(row + second);
      for (int r = 0; r < R; ++r) {
        sum[r][0] += g[r][o] * first;
        sum[r][1] += g[r][o] * other;
      }
    }
    for (int r = 0; r < R; ++r) at<Eight>(y[r] + k) = sum[r][0], at<Eight>(y[r] + k + second) = sum[r][1];
  }
}

}  // namespace tilth::lanes
