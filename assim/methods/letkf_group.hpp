#pragma once

// The stages of LetkfLanes for one group of columns, inlined once per instruction set.

#include "assim/methods/lanes_matrix.hpp"
#include "assim/methods/lanes_poles.hpp"

namespace tilth::lanes {

/// A group of at most `width<V>` columns and the memory to work on it. n: size of the matrix, largest of the lanes;
/// blocks of `sides` right-hand sides: side 0 is the weighted departure, the others are the rows. Lanes beyond `count`
/// are zero problems.
template <class V>
struct Group {
  int count = 0, n = 0, N = 0, rows = 0, blocks = 0, poles = 0;
  bool observation_space = false;
  double c = 0.0;
  WeightedRows obs[most_lanes];          ///< weights: squared in ensemble space, as they are in observation space
  WeightedRows gram[most_lanes];         ///< observation space: where the scalar products of the observations are
  const double* given_matrix = nullptr;  ///< one lane, ensemble space: N x N and N, instead of observations
  const double* given_side = nullptr;
  double* const* row[most_lanes] = {};  ///< rows to update
  int rows_of[most_lanes] = {};
  double *anomalies = nullptr, *means = nullptr;  ///< [lane][row][member_stride], [row][lane]
  double* strip = nullptr;                        ///< [lane][formed_rows][strip_stride], and one more row of zeros
  int member_stride = 0, strip_stride = 0;
  Tridiagonal<V> t;
  V *sides_in = nullptr, *sides_out = nullptr;  ///< [block][n][sides]
  V *shift = nullptr, *pole_weight = nullptr;   ///< [poles], the first one for the mean
  V *lower = nullptr, *inverse_d = nullptr, *scaled_d = nullptr, *z = nullptr, *increment = nullptr;

  double* anomalies_of(int lane, int r) const { return anomalies + (long(lane) * rows + r) * member_stride; }
  double* strip_of(int lane, int r) const { return strip + (long(lane) * formed_rows<V> + r) * strip_stride; }
  const double* zeros() const { return strip + long(width<V>) * formed_rows<V> * strip_stride; }
  V* side(V* base, int s) const { return base + (long(s / sides) * n) * sides + s % sides; }
};

/// Anomalies and means of the rows.
template <class V>
TILTH_LANES_INLINE void take_anomalies(const Group<V>& g) {
  for (int lane = 0; lane < g.count; ++lane)
    for (int r = 0; r < g.rows_of[lane]; ++r) {
      const double* row = g.row[lane][r];
      double* x = g.anomalies_of(lane, r);
      for (int k = 0; k < g.N; ++k) x[k] = row[k];
      for (int k = g.N; k < g.member_stride; ++k) x[k] = 0.0;
      Eight sum = {};
      for (int k = 0; k < g.member_stride; k += 8) sum += at<Eight>(x + k);
      const double mean = total(sum) / g.N;
      for (int k = 0; k < g.N; ++k) x[k] -= mean;
      g.means[long(r) * width<V> + lane] = mean;
    }
}

/// Z' Z and Z' e of every lane, a few rows at a time.
template <class V>
TILTH_LANES_INLINE void form_in_ensemble_space(const Group<V>& g) {
  const double* from[width<V>];
  for (int i = 0; i <= g.N;) {
    const int some = next_rows<V>(i, g.N + 1);
    for (int lane = 0; lane < g.count && !g.given_matrix; ++lane)
      some_outer_product_rows<V>(g.obs[lane], i, some, std::min(i + some, g.N), g.strip_of(lane, 0), g.strip_stride);
    for (int r = 0; r < some; ++r, ++i) {
      if (g.given_matrix)
        for (int k = 0; k < g.N; ++k)
          g.strip_of(0, r)[k] = i < g.N ? g.given_matrix[long(i) * g.N + k] : g.given_side[k];
      for (int lane = 0; lane < width<V>; ++lane) from[lane] = lane < g.count ? g.strip_of(lane, r) : g.zeros();
      if (i < g.N)
        into_lanes(from, i + 1, g.t.row(i), 1);
      else
        into_lanes(from, g.N, g.sides_in, sides);
    }
  }
  for (int s = 1; s <= g.rows; ++s) {
    for (int lane = 0; lane < width<V>; ++lane)
      from[lane] = lane < g.count && s <= g.rows_of[lane] ? g.anomalies_of(lane, s - 1) : g.zeros();
    into_lanes(from, g.N, g.side(g.sides_in, s), sides);
  }
}

/// Row i of Z Z' of one lane from the scalar products of the observations: element j is (s_i s_j) y_i.y_j.
template <class V>
TILTH_LANES_INLINE void take_products(const WeightedRows& gram, int i, double* out) {
  const double* products = gram.row(i);
  for (int j = 0; j <= i; j += width<V>) {
    V y;
    for (int e = 0; e < width<V>; ++e) y[e] = products[gram.index[j + e]];
    at<V>(out + j) = (gram.weight[i] * at<V>(gram.weight + j)) * y;
  }
}

/// Z Z', e and Z x of every lane.
template <class V>
TILTH_LANES_INLINE void form_in_observation_space(const Group<V>& g) {
  const double* from[width<V>];
  for (int lane = 0; lane < width<V>; ++lane) from[lane] = g.zeros();
  for (int i = 0; i < g.n; ++i) {
    for (int lane = 0; lane < g.count; ++lane) {
      from[lane] = i < g.obs[lane].count ? g.strip_of(lane, 0) : g.zeros();
      if (i < g.obs[lane].count) take_products<V>(g.gram[lane], i, g.strip_of(lane, 0));
    }
    into_lanes(from, i + 1, g.t.row(i), 1);
  }
  for (int s = 0; s <= g.rows; ++s) {
    for (int lane = 0; lane < g.count; ++lane) {
      from[lane] = g.zeros();
      if (s > g.rows_of[lane]) continue;
      const WeightedRows& obs = g.obs[lane];
      double* out = g.strip_of(lane, 0);
      from[lane] = out;
      if (s > 0) {
        weighted_products(obs, g.anomalies_of(lane, s - 1), g.member_stride, out);
      } else {
        for (int o = 0; o < obs.count; ++o) out[o] = obs.weight[o] * obs.row(o)[g.N];
      }
      for (int o = obs.count; o < padded_size(g.n); ++o) out[o] = 0.0;
    }
    into_lanes(from, g.n, g.side(g.sides_in, s), sides);
  }
}

/// First stage: A = Q T Q', right-hand sides into the basis of T, Gershgorin's bound of the eigenvalues of T.
template <class V>
TILTH_LANES_INLINE void reduce(const Group<V>& g, V& largest) {
  take_anomalies(g);
  if (g.observation_space)
    form_in_observation_space(g);
  else
    form_in_ensemble_space(g);
  for (int s = g.rows + 1; s < g.blocks * sides; ++s)
    for (int i = 0; i < g.n; ++i) g.side(g.sides_in, s)[i * sides] = V{};
  tridiagonalise(g.t);
  for (int b = 0; b < g.blocks; ++b) to_tridiagonal(g.t, g.sides_in + long(b) * g.n * sides);
  largest = V{};
  V beside = {};  // |below| of the row
  for (int i = 0; i < g.n; ++i) {
    V beyond = i + 1 < g.n ? g.t.below[i + 1] : V{};
    take_magnitude(beyond);
    keep_larger<V>(largest, g.t.diagonal[i] + beside + beyond);
    beside = beyond;
  }
}

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
  for (int s = 1; s <= g.rows; ++s) {
    const V* solved = g.side(g.sides_out, s);
    const V mean = at<V>(g.means + long(s - 1) * W) + g.increment[s];
    for (int k = 0; k < g.N; k += W) {
      V x[W];
      for (int e = 0; e < W; ++e) x[e] = k + e < g.N ? mean + root * solved[(k + e) * sides] : V{};
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
  const double prior = root / __builtin_sqrt(g.c);
  double* to[width<V>];
  for (int lane = 0; lane < width<V>; ++lane) to[lane] = g.strip_of(lane, 0);
  for (int s = 1; s <= g.rows; ++s) {
    out_of_lanes(g.side(g.sides_out, s), sides, g.n, to);
    for (int lane = 0; lane < g.count; ++lane) {
      if (s > g.rows_of[lane]) continue;
      const WeightedRows& obs = g.obs[lane];
      for (int o = 0; o < obs.count; ++o) to[lane][o] *= root * obs.weight[o];
      double* x = g.anomalies_of(lane, s - 1);
      for (int k = 0; k < g.member_stride; ++k) x[k] *= prior;
      const double* share[1] = {to[lane]};
      add_combinations<1>(obs, share, g.member_stride, &x);
      const double mean = g.means[long(s - 1) * width<V> + lane] + g.increment[s][lane];
      double* row = g.row[lane][s - 1];
      for (int k = 0; k < g.N; ++k) row[k] = mean + x[k];
    }
  }
}

/// Second stage: the sums over poles of the rows, back in the basis of A, and the new members.
template <class V>
TILTH_LANES_INLINE void finish(const Group<V>& g) {
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
