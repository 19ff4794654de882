#pragma once

// Linear algebra of `lane_count` small symmetric problems at once: every element is a vector with one number per
// problem. Only + - * / and sqrt, each lane by itself: a lane's bits depend neither on the other lanes nor on the
// instruction set. Problems of different size share a batch: zero rows and columns at the end change no bit of the
// smaller one. Everything here is inlined into one function per instruction set (letkf_lanes.cpp).

namespace tilth::lanes {

inline constexpr int lane_count = 8;
using Lanes = double __attribute__((vector_size(8 * lane_count), may_alias));

#define TILTH_LANES_INLINE inline __attribute__((always_inline))

/// Right-hand sides are kept in blocks of this many: element i of side r of a block is at [i * sides + r].
inline constexpr int sides = 4;
/// Shifts (poles) are solved for this many at a time.
inline constexpr int shifts = 4;

/// Symmetric matrix of size n as a packed lower triangle; after `tridiagonalise`, row k holds its reflector.
struct Tridiagonal {
  int n = 0;
  Lanes* a = nullptr;          ///< n (n + 1) / 2
  Lanes* diagonal = nullptr;   ///< n
  Lanes* below = nullptr;      ///< n, below[i] couples i - 1 and i
  Lanes* inverse_h = nullptr;  ///< n, 2 / |reflector|^2, or 0 for none
  Lanes* work = nullptr;       ///< n
  Lanes* row(int i) const { return a + i * (i + 1) / 2; }
};

TILTH_LANES_INLINE void take_root(Lanes& x) {
  for (int l = 0; l < lane_count; ++l) x[l] = __builtin_sqrt(x[l]);
}

/// work = A u for the leading k x k block.
TILTH_LANES_INLINE void multiply(const Tridiagonal& t, const Lanes* u, int k) {
  Lanes* p = t.work;
  int i = 0;
  for (; i + 4 <= k; i += 4) {  // four rows share the loads of u and p
    const Lanes *a0 = t.row(i), *a1 = t.row(i + 1), *a2 = t.row(i + 2), *a3 = t.row(i + 3);
    const Lanes u0 = u[i], u1 = u[i + 1], u2 = u[i + 2], u3 = u[i + 3];
    Lanes p0 = {}, p1 = {}, p2 = {}, p3 = {};
    for (int j = 0; j < i; ++j) {
      const Lanes uj = u[j];
      p0 += a0[j] * uj;
      p1 += a1[j] * uj;
      p2 += a2[j] * uj;
      p3 += a3[j] * uj;
      p[j] += (a0[j] * u0 + a1[j] * u1) + (a2[j] * u2 + a3[j] * u3);
    }
    p[i] = p0 + a0[i] * u0 + a1[i] * u1 + a2[i] * u2 + a3[i] * u3;
    p[i + 1] = p1 + a1[i] * u0 + a1[i + 1] * u1 + a2[i + 1] * u2 + a3[i + 1] * u3;
    p[i + 2] = p2 + a2[i] * u0 + a2[i + 1] * u1 + a2[i + 2] * u2 + a3[i + 2] * u3;
    p[i + 3] = p3 + a3[i] * u0 + a3[i + 1] * u1 + a3[i + 2] * u2 + a3[i + 3] * u3;
  }
  for (; i < k; ++i) {
    const Lanes* a = t.row(i);
    Lanes sum = {};
    for (int j = 0; j < i; ++j) {
      sum += a[j] * u[j];
      p[j] += a[j] * u[i];
    }
    p[i] = sum + a[i] * u[i];
  }
}

/// A -= u q' + q u' for the leading k x k block.
TILTH_LANES_INLINE void update(const Tridiagonal& t, const Lanes* u, const Lanes* q, int k) {
  int i = 0;
  for (; i + 4 <= k; i += 4) {
    Lanes *a0 = t.row(i), *a1 = t.row(i + 1), *a2 = t.row(i + 2), *a3 = t.row(i + 3);
    const Lanes u0 = u[i], u1 = u[i + 1], u2 = u[i + 2], u3 = u[i + 3];
    const Lanes q0 = q[i], q1 = q[i + 1], q2 = q[i + 2], q3 = q[i + 3];
    for (int j = 0; j <= i; ++j) {
      const Lanes uj = u[j], qj = q[j];
      a0[j] -= u0 * qj + q0 * uj;
      a1[j] -= u1 * qj + q1 * uj;
      a2[j] -= u2 * qj + q2 * uj;
      a3[j] -= u3 * qj + q3 * uj;
    }
    a1[i + 1] -= u1 * q1 + q1 * u1;
    a2[i + 1] -= u2 * q1 + q2 * u1;
    a3[i + 1] -= u3 * q1 + q3 * u1;
    a2[i + 2] -= u2 * q2 + q2 * u2;
    a3[i + 2] -= u3 * q2 + q3 * u2;
    a3[i + 3] -= u3 * q3 + q3 * u3;
  }
  for (; i < k; ++i) {
    Lanes* a = t.row(i);
    for (int j = 0; j <= i; ++j) a[j] -= u[i] * q[j] + q[i] * u[j];
  }
}

/// A = Q T Q' by Householder reflectors from the last row upwards (Wilkinson & Reinsch 1971, tred), so that the active
/// block is always the leading one.
TILTH_LANES_INLINE void tridiagonalise(const Tridiagonal& t) {
  constexpr double negligible = 1e-290;  // squared length of a row that is already tridiagonal
  for (int k = t.n - 1; k >= 2; --k) {
    Lanes* u = t.row(k);
    Lanes sum[2] = {{}, {}};
    for (int j = 0; j < k; ++j) sum[j & 1] += u[j] * u[j];
    const Lanes length2 = sum[0] + sum[1], f = u[k - 1];
    Lanes length = length2;
    take_root(length);
    const Lanes g = f > 0.0 ? -length : length;
    const Lanes h = length2 - f * g;
    const auto reflect = length2 > negligible;
    t.diagonal[k] = u[k];
    t.below[k] = reflect ? g : f;
    const Lanes inverse = reflect ? 1.0 / (reflect ? h : h + 1.0) : Lanes{};
    t.inverse_h[k] = inverse;
    u[k - 1] = f - g;
    multiply(t, u, k);
    Lanes projection = {};
    for (int j = 0; j < k; ++j) {
      t.work[j] *= inverse;
      projection += u[j] * t.work[j];
    }
    projection *= 0.5 * inverse;
    for (int j = 0; j < k; ++j) t.work[j] -= projection * u[j];
    update(t, u, t.work, k);
  }
  if (t.n > 1) {
    t.diagonal[1] = t.row(1)[1];
    t.below[1] = t.row(1)[0];
  }
  t.diagonal[0] = t.row(0)[0];
  t.below[0] = Lanes{};
}

/// One reflector on a block of right-hand sides.
TILTH_LANES_INLINE void reflect_block(const Tridiagonal& t, int k, Lanes* x) {
  const Lanes* u = t.row(k);
  Lanes dot[sides] = {};
  for (int j = 0; j < k; ++j)
    for (int r = 0; r < sides; ++r) dot[r] += u[j] * x[j * sides + r];
  for (int r = 0; r < sides; ++r) dot[r] *= t.inverse_h[k];
  for (int j = 0; j < k; ++j)
    for (int r = 0; r < sides; ++r) x[j * sides + r] -= dot[r] * u[j];
}

/// x = Q' x for a block of right-hand sides.
TILTH_LANES_INLINE void to_tridiagonal(const Tridiagonal& t, Lanes* x) {
  for (int k = t.n - 1; k >= 2; --k) reflect_block(t, k, x);
}

/// x = Q x for a block of right-hand sides.
TILTH_LANES_INLINE void from_tridiagonal(const Tridiagonal& t, Lanes* x) {
  for (int k = 2; k < t.n; ++k) reflect_block(t, k, x);
}

/// T + shift = L D L' for several shifts; `lower` and `inverse_d` hold element i of shift m at [i * shifts + m].
TILTH_LANES_INLINE void factor(const Tridiagonal& t, const Lanes* shift, Lanes* lower, Lanes* inverse_d) {
  for (int m = 0; m < shifts; ++m) {
    lower[m] = Lanes{};
    inverse_d[m] = 1.0 / (t.diagonal[0] + shift[m]);
  }
  for (int i = 1; i < t.n; ++i)
    for (int m = 0; m < shifts; ++m) {
      const Lanes l = t.below[i] * inverse_d[(i - 1) * shifts + m];
      lower[i * shifts + m] = l;
      inverse_d[i * shifts + m] = 1.0 / (t.diagonal[i] + shift[m] - t.below[i] * l);
    }
}

/// sum += sum over shifts of weight (T + shift)^-1 x, for one side of a block; `z` is room for n * shifts.
TILTH_LANES_INLINE void add_solutions(const Tridiagonal& t, const Lanes* lower, const Lanes* inverse_d,
                                      const Lanes* weight, const Lanes* x, Lanes* sum, Lanes* z) {
  Lanes last[shifts] = {};
  for (int i = 0; i < t.n; ++i)
    for (int m = 0; m < shifts; ++m) {
      last[m] = x[i * sides] - lower[i * shifts + m] * last[m];
      z[i * shifts + m] = last[m];
    }
  for (int m = 0; m < shifts; ++m) last[m] = Lanes{};
  for (int i = t.n - 1; i >= 0; --i)
    for (int m = 0; m < shifts; ++m) {
      const Lanes above = i + 1 < t.n ? lower[(i + 1) * shifts + m] : Lanes{};
      last[m] = z[i * shifts + m] * inverse_d[i * shifts + m] - above * last[m];
      sum[i * sides] += weight[m] * last[m];
    }
}

}  // namespace tilth::lanes
