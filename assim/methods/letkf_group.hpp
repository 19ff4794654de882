#pragma once

// The first stage of LetkfLanes for one group of columns, inlined once per instruction set.

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

}  // namespace tilth::lanes
