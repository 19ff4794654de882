#pragma once

// The second stage of LetkfLanes for one group of columns, inlined once per instruction set.

#include "assim/methods/letkf_group.hpp"

namespace tilth::lanes {

/// increment[s] = side s . (T + c)^-1 side 0: the change of the rows' means.
template <int M, class V>
TILTH_LANES_INLINE void form_increments(const Group<V>& g) {
  V* solution = g.sides_out;  // side 0 has no other use
  solve_first<M>(g.t, g.lower, g.inverse_d, g.sides_in, solution);
  for (int b = 0; b < g.blocks; ++b) {
    const V* x = g.sides_in + long(b) * g.n * sides;
    V sum[sides] = {};
    for (int i = 0; i < g.n; ++i)
      for (int s = 0; s < sides; ++s) sum[s] += x[i * sides + s] * solution[i * sides];
    for (int s = 0; s < sides; ++s) g.increment[b * sides + s] = sum[s];
  }
}

/// The terms of M poles, from pole m on.
template <int M, class V>
TILTH_LANES_INLINE void add_poles(const Group<V>& g, int m) {
  factor<M>(g.t, g.shift + m, g.lower, g.inverse_d);
  if (m == 0) form_increments<M>(g);
  for (int i = 0; i < g.n; ++i)
    for (int k = 0; k < M; ++k) g.scaled_d[i * M + k] = g.pole_weight[m + k] * g.inverse_d[i * M + k];
  for (int s = 1; s <= g.rows; ++s)
    add_solutions<M>(g.t, m == 0, g.lower, g.scaled_d, g.side(g.sides_in, s), g.side(g.sides_out, s), g.z);
}

/// New members = mean + increment + root * solved.
template <class V>
TILTH_LANES_INLINE void write_from_ensemble_space(const Group<V>& g, double root) {
  constexpr int W = width<V>;
  const EnsembleBasis basis(g.N, g.centred);
  for (int s = 1; s <= g.rows; ++s) {
    const V* solved = g.side(g.sides_out, s);
    V sum[4] = {{}, {}, {}, {}};
    for (int k = 0; k < g.M; ++k) sum[k % 4] += solved[k * sides];
    const V all = root * ((sum[0] + sum[1]) + (sum[2] + sum[3]));
    const V mean = at<V>(g.means + long(s - 1) * W) + g.increment[s], other = mean - basis.back_k * all;
    for (int k = 0; k < g.N; k += W) {
      V x[W];
      for (int e = 0; e < W; ++e) {
        const int from = k + e - basis.skip;
        x[e] = from >= 0 && from < g.M ? other + root * solved[from * sides] : mean + basis.back_0 * all;
      }
      transpose(x);
      for (int lane = 0; lane < g.count; ++lane) {
        if (s > g.rows_of[lane]) continue;
        double* row = g.row[lane][s - 1] + k;
        if (k + W <= g.N)
          store(x[lane], row);
        else
          for (int e = 0; e < W && k + e < g.N; ++e) row[e] = x[lane][e];
      }
    }
  }
}

/// New members = mean + increment + root (c^-1/2 x + Z' solved).
template <class V>
TILTH_LANES_INLINE void write_from_observation_space(const Group<V>& g, double root) {
  const EnsembleBasis basis(g.N, g.centred);
  const double prior = root / __builtin_sqrt(g.c);
  double* to[width<V>];
  for (int lane = 0; lane < width<V>; ++lane) to[lane] = g.strip_of(lane);
  for (int s = 1; s <= g.rows; ++s) {
    out_of_lanes(g.side(g.sides_out, s), sides, g.n, to);
    for (int lane = 0; lane < g.count; ++lane) {
      if (s > g.rows_of[lane]) continue;
      const WeightedRows& obs = g.obs[lane];
      for (int o = 0; o < obs.count; ++o) to[lane][o] *= root * obs.weight[o];
      double* x = g.anomalies_of(lane, s - 1);
      for (int k = 0; k < g.member_stride; ++k) x[k] *= prior;
      add_combination<V>(obs, to[lane], g.member_stride, x);
      for (int k = g.M; k < g.member_stride; ++k) x[k] = 0.0;  // where the departures are
      Eight sum = {};
      for (int k = 0; k < g.member_stride; k += 8) sum += at<Eight>(x + k);
      const double all = total(sum), mean = g.means[long(s - 1) * width<V> + lane] + g.increment[s][lane];
      const double other = mean - basis.back_k * all;
      double* row = g.row[lane][s - 1];
      row[0] = mean + basis.back_0 * all;
      for (int k = 0; k < g.M; ++k) row[k + basis.skip] = other + x[k];
    }
  }
}

/// The terms of M poles in T's function.
template <int M, class V>
TILTH_LANES_INLINE void add_whole_poles(const Group<V>& g, int m) {
  start_columns<M>(g.t, g.shift + m, g.pole_weight + m, g.lower, g.inverse_d);
  add_inverses<M>(g.n, m == 0, g.lower, g.inverse_d, g.root);
}

/// Row k of the matrix that takes anomalies in the ensemble's basis to new members less their mean: root A^-1/2, back
/// from the basis, and the weight of the mean. One lane's rows, `stride` long, in its strip.
template <class V>
TILTH_LANES_INLINE void write_transforms(const Group<V>& g, int stride, double root) {
  constexpr int W = width<V>;
  const EnsembleBasis basis(g.N, g.centred);
  const auto element = [&](int i, int j) __attribute__((always_inline)) {
    return i >= j ? g.root + (long(i) * (i + 1) / 2 + j) : g.root + (long(j) * (j + 1) / 2 + i);
  };
  for (int k = 0; k < g.M; ++k) {
    V sum[4] = {{}, {}, {}, {}};
    for (int j = 0; j < g.M; ++j) sum[j % 4] += *element(k, j);
    const V all = root * ((sum[0] + sum[1]) + (sum[2] + sum[3]));
    const V wbar = g.sides_out[long(k) * sides], other = wbar - basis.back_k * all;
    for (int j = 0; j < g.N; j += W) {
      V x[W];
      for (int e = 0; e < W; ++e) {
        const int from = j + e - basis.skip;
        x[e] = from >= 0 && from < g.M ? other + root * *element(k, from) : wbar + basis.back_0 * all;
      }
      transpose(x);
      for (int lane = 0; lane < g.count; ++lane) at<V>(g.strip_of(lane) + long(k) * stride + j) = x[lane];
    }
  }
}

/// New members of `some` rows of a lane from row r on: mean + anomalies times the matrix in the strip.
template <int R, class V>
TILTH_LANES_INLINE void transform_rows(const Group<V>& g, int lane, int r, int stride) {
  const double* x[R];
  double mean[R];
  for (int s = 0; s < R; ++s) {
    x[s] = g.anomalies_of(lane, r + s);
    mean[s] = g.means[long(r + s) * width<V> + lane];
  }
  times_matrix_rows<V, R>(x, g.M, g.strip_of(lane), stride, mean, g.row[lane] + r, g.N);
}

/// Second stage with A^-1/2 formed whole.
template <class V>
TILTH_LANES_INLINE void finish_whole(const Group<V>& g) {
  factor<2>(g.t, g.shift, g.lower, g.inverse_d);
  solve_first<2>(g.t, g.lower, g.inverse_d, g.sides_in, g.sides_out);
  for (int k = 2; k < g.n; ++k) reflect_one(g.t, k, g.sides_out);
  int m = 0;
  for (; m + pole_block <= g.poles; m += pole_block) add_whole_poles<pole_block>(g, m);
  for (; m < g.poles; m += 2) add_whole_poles<2>(g, m);
  from_tridiagonal_whole(g.t, g.root);
  const int stride = padded_size(g.N);
  write_transforms(g, stride, __builtin_sqrt(g.N - 1.0));
  constexpr int R = width<V> == 8 ? 8 : 4;
  for (int lane = 0; lane < g.count; ++lane) {
    int r = 0;
    for (; r + R <= g.rows_of[lane]; r += R) transform_rows<R>(g, lane, r, stride);
    for (; r + 2 <= g.rows_of[lane]; r += 2) transform_rows<2>(g, lane, r, stride);
    if (r < g.rows_of[lane]) transform_rows<1>(g, lane, r, stride);
  }
}

/// Second stage: the sums over poles of the rows, back in the basis of A, and the new members.
template <class V>
TILTH_LANES_INLINE void finish(const Group<V>& g) {
  if (g.whole) return finish_whole(g);
  int m = 0;
  for (; m + pole_block <= g.poles; m += pole_block) add_poles<pole_block>(g, m);
  for (; m < g.poles; m += 2) add_poles<2>(g, m);
  for (int b = 0; b < g.blocks; ++b) from_tridiagonal(g.t, g.sides_out + long(b) * g.n * sides);
  const double root = __builtin_sqrt(g.N - 1.0);
  if (g.observation_space)
    write_from_observation_space(g, root);
  else
    write_from_ensemble_space(g, root);
}

}  // namespace tilth::lanes
