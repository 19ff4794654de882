#pragma once

// The heavy stages of LetkfLanes, inlined once per instruction set.

#include "assim/methods/lanes.hpp"

namespace tilth::lanes {

/// What the stages work on. n: size of the matrix, largest of the lanes; blocks of `sides` right-hand sides: side 0 is
/// the whitened departure, the others are the rows.
struct Work {
  int count = 0, n = 0, N = 0, stride = 0, blocks = 0, rows = 0, poles = 0;
  bool observation_space = false, given_matrix = false;
  double c = 0.0;
  const double* Z[lane_count] = {};
  const double* e[lane_count] = {};
  int p[lane_count] = {};
  int rows_of[lane_count] = {};
  const double* anomalies = nullptr;  ///< [lane][row][stride]
  double* dense = nullptr;            ///< one lane's matrix, row length `dense_stride`
  int dense_stride = 0;
  Tridiagonal t;
  Lanes *sides_in = nullptr, *sides_out = nullptr;  ///< [block][n][sides]
  Lanes *shift = nullptr, *weight = nullptr;        ///< [poles]
  Lanes *lower = nullptr, *inverse_d = nullptr, *z = nullptr, *increment = nullptr;
  const double* anomalies_of(int lane, int row) const { return anomalies + (long(lane) * rows + row) * stride; }
  Lanes* side(Lanes* base, int s) const { return base + (long(s / sides) * n) * sides + s % sides; }
};

TILTH_LANES_INLINE const Lanes& vector_at(const double* p) { return *reinterpret_cast<const Lanes*>(p); }

/// Sum of the eight numbers, always in the same order.
TILTH_LANES_INLINE double total(const Lanes& v) {
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

TILTH_LANES_INLINE double dot(const double* a, const double* b, int stride) {
  Lanes sum = {};
  for (int k = 0; k < stride; k += lane_count) sum += vector_at(a + k) * vector_at(b + k);
  return total(sum);
}

/// Lower triangle of Z' Z in tiles of 8 x 8, vectors over members.
TILTH_LANES_INLINE void ensemble_matrix(const Work& w, int lane) {
  for (int i = 0; i < w.stride; i += lane_count)
    for (int j = 0; j <= i; j += lane_count) {
      Lanes sum[lane_count] = {};
      for (int o = 0; o < w.p[lane]; ++o) {
        const double* z = w.Z[lane] + long(o) * w.stride;
        const Lanes zj = vector_at(z + j);
        for (int r = 0; r < lane_count; ++r) sum[r] += z[i + r] * zj;
      }
      for (int r = 0; r < lane_count; ++r)
        *reinterpret_cast<Lanes*>(w.dense + long(i + r) * w.dense_stride + j) = sum[r];
    }
}

/// Lower triangle of Z Z', rows in pairs against four.
TILTH_LANES_INLINE void observation_matrix(const Work& w, int lane) {
  const int p = w.p[lane];
  const auto row = [&](int i) __attribute__((always_inline)) { return w.Z[lane] + long(i < p ? i : p - 1) * w.stride; };
  for (int i = 0; i < p; i += 2)
    for (int j = 0; j <= i + 1 && j < p; j += 4) {
      const double *a0 = row(i), *a1 = row(i + 1), *b0 = row(j), *b1 = row(j + 1), *b2 = row(j + 2), *b3 = row(j + 3);
      Lanes sum[8] = {};
      for (int k = 0; k < w.stride; k += lane_count) {
        const Lanes x = vector_at(a0 + k), y = vector_at(a1 + k);
        const Lanes c0 = vector_at(b0 + k), c1 = vector_at(b1 + k), c2 = vector_at(b2 + k), c3 = vector_at(b3 + k);
        sum[0] += x * c0;
        sum[1] += x * c1;
        sum[2] += x * c2;
        sum[3] += x * c3;
        sum[4] += y * c0;
        sum[5] += y * c1;
        sum[6] += y * c2;
        sum[7] += y * c3;
      }
      double* out = w.dense + long(i) * w.dense_stride + j;
      for (int s = 0; s < 4; ++s) {
        out[s] = total(sum[s]);
        out[w.dense_stride + s] = total(sum[4 + s]);
      }
    }
}

/// Matrix of every lane, into the packed triangle of lanes. @pre the triangle is zero
TILTH_LANES_INLINE void form_matrices(const Work& w) {
  for (int lane = 0; lane < w.count; ++lane) {
    if (w.observation_space) {
      observation_matrix(w, lane);
    } else if (!w.given_matrix) {
      ensemble_matrix(w, lane);
    }
    const int size = w.observation_space ? w.p[lane] : w.N;
    double* out = reinterpret_cast<double*>(w.t.a) + lane;
    for (int i = 0; i < size; ++i)
      for (int j = 0; j <= i; ++j, out += lane_count) *out = w.dense[long(i) * w.dense_stride + j];
  }
}

/// Right-hand sides: departures and rows, in the space of the matrix. @pre all zero
TILTH_LANES_INLINE void form_sides(const Work& w) {
  for (int lane = 0; lane < w.count; ++lane) {
    double* first = reinterpret_cast<double*>(w.sides_in) + lane;
    constexpr int step = sides * lane_count;
    if (w.observation_space) {
      for (int i = 0; i < w.p[lane]; ++i) first[long(i) * step] = w.e[lane][i];
    } else if (w.given_matrix) {
      for (int k = 0; k < w.N; ++k) first[long(k) * step] = w.e[lane][k];
    } else {
      for (int k = 0; k < w.stride; k += lane_count) {
        Lanes sum = {};
        for (int o = 0; o < w.p[lane]; ++o) sum += vector_at(w.Z[lane] + long(o) * w.stride + k) * w.e[lane][o];
        for (int m = k; m < k + lane_count && m < w.N; ++m) first[long(m) * step] = sum[m - k];
      }
    }
    for (int r = 0; r < w.rows_of[lane]; ++r) {
      double* out = reinterpret_cast<double*>(w.side(w.sides_in, r + 1)) + lane;
      const double* x = w.anomalies_of(lane, r);
      if (w.observation_space) {
        for (int i = 0; i < w.p[lane]; ++i) out[long(i) * step] = dot(w.Z[lane] + long(i) * w.stride, x, w.stride);
      } else {
        for (int k = 0; k < w.N; ++k) out[long(k) * step] = x[k];
      }
    }
  }
}

/// First stage: A = Q T Q', right-hand sides into the basis of T.
TILTH_LANES_INLINE void reduce(const Work& w) {
  form_matrices(w);
  form_sides(w);
  tridiagonalise(w.t);
  for (int b = 0; b < w.blocks; ++b) to_tridiagonal(w.t, w.sides_in + long(b) * w.n * sides);
}

/// increment[s] = side s . (T + c)^-1 side 0: the change of the rows' means.
TILTH_LANES_INLINE void form_increments(const Work& w) {
  const Lanes shift[shifts] = {Lanes{} + w.c, Lanes{} + w.c, Lanes{} + w.c, Lanes{} + w.c};
  const Lanes weight[shifts] = {Lanes{} + 1.0, Lanes{}, Lanes{}, Lanes{}};
  factor(w.t, shift, w.lower, w.inverse_d);
  Lanes* solution = w.sides_out;  // cleared by the caller, and again below
  add_solutions(w.t, w.lower, w.inverse_d, weight, w.sides_in, solution, w.z);
  for (int s = 0; s < w.blocks * sides; ++s) {
    const Lanes* x = w.side(w.sides_in, s);
    Lanes sum = {};
    for (int i = 0; i < w.n; ++i) sum += x[i * sides] * solution[i * sides];
    w.increment[s] = sum;
  }
  for (int i = 0; i < w.n; ++i) solution[i * sides] = Lanes{};
}

/// Second stage: the sums over poles of the rows, back in the basis of A. @pre sides_out is zero
TILTH_LANES_INLINE void finish(const Work& w) {
  form_increments(w);
  for (int m = 0; m < w.poles; m += shifts) {
    factor(w.t, w.shift + m, w.lower, w.inverse_d);
    for (int s = 1; s <= w.rows; ++s)
      add_solutions(w.t, w.lower, w.inverse_d, w.weight + m, w.side(w.sides_in, s), w.side(w.sides_out, s), w.z);
  }
  for (int b = 0; b < w.blocks; ++b) from_tridiagonal(w.t, w.sides_out + long(b) * w.n * sides);
}

}  // namespace tilth::lanes
