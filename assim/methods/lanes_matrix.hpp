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

/// Rows of a sum of outer products formed together, as many as a vector has numbers.
template <class V>
inline constexpr int formed_rows = width<V>;

/// Sum over o of weight[o] y_o y_o': output rows i .. i + R - 1, columns j .. j + C * width - 1, into `out` (row length
/// `stride`). `diagonal`: the last vector holds the diagonal, of which the upper four rows need the first half.
template <class V, int R, int C, bool diagonal>
TILTH_LANES_INLINE void outer_products(const WeightedRows& rows, int i, int j, double* out, int stride) {
  constexpr int W = width<V>, halves = diagonal && W == 8 ? 4 : 0;
  V sum[R][C] = {};
  Four half[4] = {};
  for (int o = 0; o < rows.count; ++o) {
    const double* y = rows.row(o);
    V right[C];
    for (int c = 0; c < C; ++c) right[c] = rows.weight[o] * at<V>(y + j + c * W);
    const Four first_half = __builtin_shufflevector(right[C - 1], right[C - 1], 0, 1, 2, 3);
    for (int r = 0; r < R; ++r) {
      for (int c = 0; c < C - 1; ++c) sum[r][c] += y[i + r] * right[c];
      if (r < halves)
        half[r] += y[i + r] * first_half;
      else
        sum[r][C - 1] += y[i + r] * right[C - 1];
    }
  }
  for (int r = 0; r < R; ++r) {
    double* to = out + long(r) * stride + j;
    for (int c = 0; c < C - 1; ++c) at<V>(to + c * W) = sum[r][c];
    if (r < halves)
      at<Four>(to + (C - 1) * W) = half[r];
    else
      at<V>(to + (C - 1) * W) = sum[r][C - 1];
  }
}

/// Output rows i .. i + R - 1, up to the diagonal. @pre i is a multiple of `formed_rows`
template <class V, int R>
TILTH_LANES_INLINE void outer_product_rows(const WeightedRows& rows, int i, double* out, int stride) {
  constexpr int W = width<V>, most = W == 8 ? 3 : 2;
  int j = 0;
  for (; j + most * W <= i; j += most * W) outer_products<V, R, most, false>(rows, i, j, out, stride);
  if (most > 2 && j + 2 * W == i)
    outer_products<V, R, most, true>(rows, i, j, out, stride);
  else if (j + W == i)
    outer_products<V, R, 2, true>(rows, i, j, out, stride);
  else
    outer_products<V, R, 1, true>(rows, i, j, out, stride);
}

/// The same for all rows that there are from row i on, at most `formed_rows`, of n. May write zeros in rows beyond.
template <class V>
TILTH_LANES_INLINE void some_outer_product_rows(const WeightedRows& rows, int i, int n, double* out, int stride) {
  if constexpr (width<V> == 8)
    if (n - i > 4) return outer_product_rows<V, 8>(rows, i, out, stride);
  outer_product_rows<V, 4>(rows, i, out, stride);
}

/// Lower triangle of the sum for n a multiple of eight, rows of length n; right of the diagonal is not defined.
template <class V>
TILTH_LANES_INLINE void outer_product_triangle(const WeightedRows& rows, int n, double* out) {
  for (int i = 0; i < n; i += formed_rows<V>) some_outer_product_rows<V>(rows, i, n, out + long(i) * n, n);
}

/// Where row i of a lower triangle starts that is stored in blocks of W rows, each as long as its diagonal needs.
template <int W>
TILTH_LANES_INLINE long block_row(int i) {
  const long b = i / W;
  return W * W * (b * (b + 1) / 2) + (i % W) * W * (b + 1);
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
