#pragma once

// Forming the matrices of the local problems: sums of outer products of the rows of a table, one lane at a time, and
// their way into the lanes.

#include <algorithm>
#include <cstdint>

#include "assim/methods/lanes_tridiagonal.hpp"

namespace tilth::lanes {

/// Rows of a table, and their weights. Lists reach to the next multiple of eight: row 0, weight 0.
struct WeightedRows {
  const double* table = nullptr;
  const std::int64_t* offset = nullptr;  ///< where each row starts
  const double* weight = nullptr;
  int count = 0;
  const double* row(int o) const { return table + offset[o]; }
};

/// Rows of a sum of outer products formed together, as many as a vector has numbers.
template <class V>
inline constexpr int formed_rows = width<V>;

/// Sum over o of weight[o] y_o y_o': output rows i .. i + R - 1, columns j .. j + C * width - 1, into `out` (row length
/// `stride`). `diagonal`: the last vector holds the diagonal, of which the upper four rows need the first half.
template <class V, int R, int C, bool diagonal>
TILTH_LANES_INLINE void outer_products(const WeightedRows& rows, int i, int j, double* out, int stride) {
  constexpr int W = width<V>, halves = diagonal && W == 8 ? 4 : 0;
  V sum[R][C];
  Four half[4];
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r)
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) sum[r][c] = V{};
#pragma GCC unroll 8
  for (int r = 0; r < 4; ++r) half[r] = Four{};
  for (int o = 0; o < rows.count; ++o) {
    const double *y = rows.row(o) + j, *left[C];
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) {
      left[c] = rows.row(o) + i;
      if constexpr (W == 8)
        asm volatile("" : "+r"(left[c]));  // a broadcast within each product: alone it would cost a cycle
    }
    V right[C];
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) right[c] = rows.weight[o] * at<V>(y + c * W);
    const Four first_half = __builtin_shufflevector(right[C - 1], right[C - 1], 0, 1, 2, 3);
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
#pragma GCC unroll 8
      for (int c = 0; c < C - 1; ++c) sum[r][c] += left[c][r] * right[c];
      if (r < halves)
        half[r] += left[C - 1][r] * first_half;
      else
        sum[r][C - 1] += left[C - 1][r] * right[C - 1];
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
    double* to = out + long(r) * stride + j;
#pragma GCC unroll 8
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

/// The sums of `total` of eight rows, each in parts of eight numbers.
TILTH_LANES_INLINE void totals(Eight* sum, Eight& out) {
  exchange_all<4>(sum);
  for (int r = 0; r < 4; ++r) sum[r] += sum[r + 4];
  for (int r = 0; r < 2; ++r) {
    const Eight a = sum[r], b = sum[r + 2];
    sum[r] = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13) +
             __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
  }
  const Eight a = sum[0], b = sum[1];
  out = __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14) +
        __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
}
/// The same for four rows, their parts being in two vectors each.
TILTH_LANES_INLINE void totals(Four* sum, Four& out) {
  for (int r = 0; r < 4; ++r) sum[r] += sum[r + 4];
  transpose(sum);
  out = (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

/// Scalar products of the rows with x, times their weights, to out[o] (reaching to the next multiple of eight). Sums
/// are in eight parts, always in the same order.
template <class V>
TILTH_LANES_INLINE void weighted_products(const WeightedRows& rows, const double* x, int length, double* out) {
  constexpr int W = width<V>, parts = 8 / W;
  for (int o = 0; o < rows.count; o += W) {
    V sum[8] = {};
    for (int k = 0; k < length; k += 8)
      for (int part = 0; part < parts; ++part) {
        const V xk = at<V>(x + k + part * W);
        for (int r = 0; r < W; ++r) sum[part * W + r] += at<V>(rows.row(o + r) + k + part * W) * xk;
      }
    V all;
    totals(sum, all);
    at<V>(out + o) = at<V>(rows.weight + o) * all;
  }
}

/// y += sum over o of share[o] * row o, of `length` (a multiple of eight).
template <class V>
TILTH_LANES_INLINE void add_combination(const WeightedRows& rows, const double* share, int length, double* y) {
  constexpr int W = width<V>, C = 4;
  int k = 0;
  for (; k + C * W <= length; k += C * W) {
    V sum[C];
    for (int c = 0; c < C; ++c) sum[c] = at<V>(y + k + c * W);
    for (int o = 0; o < rows.count; ++o) {
      const double* row = rows.row(o) + k;
      for (int c = 0; c < C; ++c) sum[c] += share[o] * at<V>(row + c * W);
    }
    for (int c = 0; c < C; ++c) at<V>(y + k + c * W) = sum[c];
  }
  for (; k < length; k += 8) {
    V sum[8 / W];
    for (int c = 0; c < 8 / W; ++c) sum[c] = at<V>(y + k + c * W);
    for (int o = 0; o < rows.count; ++o)
      for (int c = 0; c < 8 / W; ++c) sum[c] += share[o] * at<V>(rows.row(o) + k + c * W);
    for (int c = 0; c < 8 / W; ++c) at<V>(y + k + c * W) = sum[c];
  }
}

}  // namespace tilth::lanes
