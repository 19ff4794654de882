#pragma once

// The stages of LetkfLanes for one group of columns, inlined once per instruction set.

#include "assim/methods/ensemble_basis.hpp"
#include "assim/methods/lanes_matrix.hpp"
#include "assim/methods/lanes_root.hpp"

namespace tilth::lanes {

/// Scalar products of observations, lower triangle of a square; `place`: row and column of each one of a list.
struct Products {
  const double* square = nullptr;
  long stride = 0;
  const int* place = nullptr;
};

/// A group of at most `width<V>` columns and the memory to work on it. n: size of the matrix, largest of the lanes;
/// M: size of the ensemble's basis (ensemble_basis.hpp, centred or not), in which anomalies and observations are;
/// blocks of `sides` right-hand sides: side 0 is the weighted departure, the others are the rows. Lanes beyond `count`
/// are zero problems.
template <class V>
struct Group {
  int count = 0, n = 0, N = 0, M = 0, rows = 0, blocks = 0, poles = 0;
  bool observation_space = false, whole = false;  ///< whole: A^-1/2 is formed, for many rows (ensemble space)
  bool centred = true;
  double c = 0.0;
  WeightedRows obs[most_lanes];          ///< weights: squared in ensemble space, as they are in observation space
  Products products[most_lanes];         ///< observation space only
  const double* given_matrix = nullptr;  ///< one lane, ensemble space: N x N and N, instead of observations
  const double* given_side = nullptr;
  double* const* row[most_lanes] = {};  ///< rows to update
  int rows_of[most_lanes] = {};
  double *anomalies = nullptr, *means = nullptr;  ///< [lane][row][member_stride], [row][lane]
  double* strip = nullptr;  ///< [lane][strip_size]: a matrix in blocks of rows, or a list; and as many zeros
  int member_stride = 0;
  long strip_size = 0;
  Tridiagonal<V> t;
  V *sides_in = nullptr, *sides_out = nullptr;  ///< [block][n][sides]
  V *shift = nullptr, *pole_weight = nullptr;   ///< [poles], the first one for the mean
  V* root = nullptr;                            ///< A^-1/2 as a packed lower triangle
  V *lower = nullptr, *inverse_d = nullptr, *scaled_d = nullptr, *z = nullptr, *increment = nullptr;

  double* anomalies_of(int lane, int r) const { return anomalies + (long(lane) * rows + r) * member_stride; }
  double* strip_of(int lane) const { return strip + lane * strip_size; }
  const double* zeros() const { return strip + width<V> * strip_size; }
  V* side(V* base, int s) const { return base + (long(s / sides) * n) * sides + s % sides; }
};

/// Means of the rows, and their anomalies in the ensemble's basis.
template <class V>
TILTH_LANES_INLINE void take_anomalies(const Group<V>& g) {
  const EnsembleBasis basis(g.N, g.centred);
  for (int lane = 0; lane < g.count; ++lane)
    for (int r = 0; r < g.rows_of[lane]; ++r) {
      const double* row = g.row[lane][r];
      double* x = g.anomalies_of(lane, r);
      Eight sum = {};
      int k = 0;
      for (; k + 8 <= g.N; k += 8) sum += anywhere(row + k);
      for (int e = 0; e < 8 && k + e < g.N; ++e) sum[e] += row[k + e];
      const double mean = total(sum) / g.N, first = basis.first * (row[0] - mean);
      const double* rest = row + basis.skip;
      for (k = 0; k + 8 <= g.M; k += 8) at<Eight>(x + k) = (anywhere(rest + k) - mean) + first;
      if (k < g.member_stride) at<Eight>(x + k) = Eight{};
      for (int e = 0; e < 8 && k + e < g.M; ++e) x[k + e] = (rest[k + e] - mean) + first;
      g.means[long(r) * width<V> + lane] = mean;
    }
}

/// A given matrix and side, as `form_in_ensemble_space` leaves them. @pre the basis has all N numbers
template <class V>
TILTH_LANES_INLINE void take_given(const Group<V>& g) {
  for (int i = 0; i <= g.N; ++i) {
    double* to = g.strip_of(0) + block_row<width<V>>(i);
    for (int j = 0; j < (i < g.N ? i + 1 : g.N); ++j)
      to[j] = i < g.N ? g.given_matrix[long(i) * g.N + j] : g.given_side[j];
  }
}

/// Z' Z and Z' e of every lane: the departure is the last of an observation's numbers.
template <class V>
TILTH_LANES_INLINE void form_in_ensemble_space(const Group<V>& g) {
  constexpr int W = width<V>;
  if (g.given_matrix)
    take_given(g);
  else
    for (int lane = 0; lane < g.count; ++lane)
      for (int i = 0; i <= g.M; i += W)
        some_outer_product_rows<V>(g.obs[lane], i, g.M + 1, g.strip_of(lane) + block_row<W>(i), W * (i / W + 1));
  const double* from[W];
  for (int i = 0; i <= g.M; ++i) {
    for (int lane = 0; lane < W; ++lane) from[lane] = lane < g.count ? g.strip_of(lane) + block_row<W>(i) : g.zeros();
    if (i < g.M)
      into_lanes(from, i + 1, g.t.row(i), 1);
    else
      into_lanes(from, g.M, g.sides_in, sides);
  }
  for (int s = 1; s <= g.rows && !g.whole; ++s) {
    for (int lane = 0; lane < W; ++lane)
      from[lane] = lane < g.count && s <= g.rows_of[lane] ? g.anomalies_of(lane, s - 1) : g.zeros();
    into_lanes(from, g.M, g.side(g.sides_in, s), sides);
  }
}

/// Row i of Z Z' of one lane: element j is (s_i s_j) y_i.y_j.
template <class V>
TILTH_LANES_INLINE void take_products(const Products& products, const double* s, int i, double* out) {
  const double* row = products.square + products.place[i] * products.stride;
  for (int j = 0; j <= i; j += width<V>) {
    V y;
    for (int e = 0; e < width<V>; ++e) y[e] = row[products.place[j + e]];
    at<V>(out + j) = (s[i] * at<V>(s + j)) * y;
  }
}

/// Z Z', e and Z x of every lane.
template <class V>
TILTH_LANES_INLINE void form_in_observation_space(const Group<V>& g) {
  const double* from[width<V>];
  for (int lane = 0; lane < width<V>; ++lane) from[lane] = g.zeros();
  for (int i = 0; i < g.n; ++i) {
    for (int lane = 0; lane < g.count; ++lane) {
      from[lane] = i < g.obs[lane].count ? g.strip_of(lane) : g.zeros();
      if (i < g.obs[lane].count) take_products<V>(g.products[lane], g.obs[lane].weight, i, g.strip_of(lane));
    }
    into_lanes(from, i + 1, g.t.row(i), 1);
  }
  for (int s = 0; s <= g.rows; ++s) {
    for (int lane = 0; lane < g.count; ++lane) {
      from[lane] = g.zeros();
      if (s > g.rows_of[lane]) continue;
      const WeightedRows& obs = g.obs[lane];
      double* out = g.strip_of(lane);
      from[lane] = out;
      if (s > 0) {
        weighted_products<V>(obs, g.anomalies_of(lane, s - 1), g.member_stride, out);
      } else {
        for (int o = 0; o < obs.count; ++o) out[o] = obs.weight[o] * obs.row(o)[g.M];
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
  for (int b = 0; b < g.blocks && !g.whole; ++b) to_tridiagonal(g.t, g.sides_in + long(b) * g.n * sides);
  for (int k = g.n - 1; k >= 2 && g.whole; --k) reflect_one(g.t, k, g.sides_in);
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
