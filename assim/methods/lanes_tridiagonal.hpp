#pragma once

// Householder reduction of one symmetric matrix per lane, and its reflectors on right-hand sides.

#include "assim/methods/lanes.hpp"

namespace tilth::lanes {

/// Right-hand sides are kept in blocks of this many: element i of side r of a block is at [i * sides + r].
inline constexpr int sides = 4;
/// Rows of a matrix worked on together: as many as the registers hold.
template <class V>
inline constexpr int row_block = width<V> == 8 ? 4 : 2;

/// Symmetric matrix of size n as a packed lower triangle; after `tridiagonalise`, row k holds its reflector.
///
/// Problems of different size share the lanes: zero rows and columns at the end change no bit of the smaller one.
template <class V>
struct Tridiagonal {
  int n = 0;
  V* a = nullptr;          ///< n (n + 1) / 2, and room for one more vector per lane
  V* diagonal = nullptr;   ///< n
  V* below = nullptr;      ///< n, below[i] couples i - 1 and i
  V* inverse_h = nullptr;  ///< n, 2 / |reflector|^2, or 0 for none
  V* work = nullptr;       ///< 2 n
  V* row(int i) const { return a + i * (i + 1) / 2; }
};

/// A symmetric update by two vectors that is still to be applied: A -= u q' + q u'.
template <class V>
struct Pending {
  const V *u = nullptr, *q = nullptr;
};

/// Rows i .. i + R - 1 of the leading block: applies the pending update, adds the rows' share of p = A u. Every element
/// of p is summed in the order of the columns, whatever R.
template <bool pending, int R, class V>
TILTH_LANES_INLINE void sweep_rows(V* const* a, int i, const Pending<V>& old, const V* u, V* p) {
  V old_u[R], old_q[R], ui[R], sum[R];
  for (int r = 0; r < R; ++r) {
    if constexpr (pending) old_u[r] = old.u[i + r], old_q[r] = old.q[i + r];
    ui[r] = u[i + r];
    sum[r] = V{};
  }
  for (int j = 0; j < i; ++j) {
    const V uj = u[j];
    V pj = p[j];
    for (int r = 0; r < R; ++r) {
      V x = a[r][j];
      if constexpr (pending) {
        x -= old_u[r] * old.q[j] + old_q[r] * old.u[j];
        a[r][j] = x;
      }
      sum[r] += x * uj;
      pj += x * ui[r];
    }
    p[j] = pj;
  }
  for (int r = 0; r < R; ++r)
    for (int c = 0; c <= r; ++c) {
      V x = a[r][i + c];
      if constexpr (pending) {
        x -= old_u[r] * old_q[c] + old_q[r] * old_u[c];
        a[r][i + c] = x;
      }
      sum[r] += x * ui[c];
      if (c < r) sum[c] += x * ui[r];
    }
  for (int r = 0; r < R; ++r) p[i + r] = sum[r];
}

/// p = A u for the leading k x k block, after the pending update of the block.
template <bool pending, class V>
TILTH_LANES_INLINE void sweep(const Tridiagonal<V>& t, int k, const Pending<V>& old, const V* u, V* p) {
  constexpr int R = row_block<V>;
  int i = 0;
  for (; i + R <= k; i += R) {
    V* a[R];
    for (int r = 0; r < R; ++r) a[r] = t.row(i + r);
    sweep_rows<pending, R>(a, i, old, u, p);
  }
  if (R > 2 && i + 2 <= k) {
    V* const a[2] = {t.row(i), t.row(i + 1)};
    sweep_rows<pending, 2>(a, i, old, u, p);
    i += 2;
  }
  if (i < k) {
    V* const a[1] = {t.row(i)};
    sweep_rows<pending, 1>(a, i, old, u, p);
  }
}

/// sum of a[j] b[j], j < n, in four interleaved parts.
template <class V>
TILTH_LANES_INLINE void product(const V* a, const V* b, int n, V& result) {
  V sum[4] = {{}, {}, {}, {}};
  int j = 0;
  for (; j + 4 <= n; j += 4)
    for (int s = 0; s < 4; ++s) sum[s] += a[j + s] * b[j + s];
  for (int s = 0; j + s < n; ++s) sum[s] += a[j + s] * b[j + s];
  result = (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/// One step: row k becomes a reflector, and q of the update it asks for.
template <bool pending, class V>
TILTH_LANES_INLINE void reduce_row(const Tridiagonal<V>& t, int k, const Pending<V>& old, V* q) {
  // Squared length of a row that is already tridiagonal: nothing beside a shift near 1, and 1 / h squared stays finite.
  constexpr double negligible = 1e-150;
  V* u = t.row(k);
  if constexpr (pending) {
    const V old_u = old.u[k], old_q = old.q[k];
    for (int j = 0; j <= k; ++j) u[j] -= old_u * old.q[j] + old_q * old.u[j];
  }
  V length2;
  product(u, u, k, length2);
  const V f = u[k - 1];
  V length = length2;
  take_root(length);
  const V g = f > 0.0 ? -length : length;
  const V h = length2 - f * g;
  const auto reflect = length2 > negligible;
  t.diagonal[k] = u[k];
  t.below[k] = reflect ? g : f;
  const V inverse = reflect ? 1.0 / (reflect ? h : h + 1.0) : V{};
  t.inverse_h[k] = inverse;
  u[k - 1] = f - g;
  sweep<pending>(t, k, old, u, q);
  V projection;
  product(u, q, k, projection);
  projection *= 0.5 * inverse * inverse;
  for (int j = 0; j < k; ++j) q[j] = inverse * q[j] - projection * u[j];
}

/// A = Q T Q' by Householder reflectors from the last row upwards (Wilkinson & Reinsch 1971, tred), so that the active
/// block is always the leading one. The update of a step waits for the product of the next: one sweep through A a step.
template <class V>
TILTH_LANES_INLINE void tridiagonalise(const Tridiagonal<V>& t) {
  V *q = t.work, *spare = t.work + t.n;
  Pending<V> old;
  for (int k = t.n - 1; k >= 2; --k) {
    if (old.u == nullptr)
      reduce_row<false>(t, k, old, q);
    else
      reduce_row<true>(t, k, old, q);
    old = {t.row(k), q};
    std::swap(q, spare);
  }
  if (t.n > 1) {
    V* row = t.row(1);
    if (old.u != nullptr) {
      row[0] -= old.u[1] * old.q[0] + old.q[1] * old.u[0];
      row[1] -= old.u[1] * old.q[1] + old.q[1] * old.u[1];
      t.row(0)[0] -= old.u[0] * old.q[0] + old.q[0] * old.u[0];
    }
    t.diagonal[1] = row[1];
    t.below[1] = row[0];
  }
  t.diagonal[0] = t.row(0)[0];
  t.below[0] = V{};
}

/// One reflector on a block of right-hand sides.
template <class V>
TILTH_LANES_INLINE void reflect_block(const Tridiagonal<V>& t, int k, V* x) {
  const V* u = t.row(k);
  V dot[sides];
  for (int r = 0; r < sides; ++r) dot[r] = V{};
  for (int j = 0; j < k; ++j)
    for (int r = 0; r < sides; ++r) dot[r] += u[j] * x[j * sides + r];
  for (int r = 0; r < sides; ++r) dot[r] *= t.inverse_h[k];
  for (int j = 0; j < k; ++j)
    for (int r = 0; r < sides; ++r) x[j * sides + r] -= dot[r] * u[j];
}

/// Two reflectors, a then b, on a block of right-hand sides in one pass. Reflector k has k elements.
template <class V>
TILTH_LANES_INLINE void reflect_block_twice(const Tridiagonal<V>& t, int a, int b, V* x) {
  const V *ua = t.row(a), *ub = t.row(b);
  const int both = a < b ? a : b;
  V dot_a[sides], dot_b[sides], ab = {};
  for (int r = 0; r < sides; ++r) dot_a[r] = dot_b[r] = V{};
  for (int j = 0; j < both; ++j) {
    ab += ua[j] * ub[j];
    for (int r = 0; r < sides; ++r) {
      const V xj = x[j * sides + r];
      dot_a[r] += ua[j] * xj;
      dot_b[r] += ub[j] * xj;
    }
  }
  const V* last = (a < b ? ub : ua) + both;  // the longer one has one element more
  for (int r = 0; r < sides; ++r) (a < b ? dot_b : dot_a)[r] += *last * x[both * sides + r];
  for (int r = 0; r < sides; ++r) {
    dot_a[r] *= t.inverse_h[a];
    dot_b[r] = (dot_b[r] - dot_a[r] * ab) * t.inverse_h[b];
  }
  for (int j = 0; j < both; ++j)
    for (int r = 0; r < sides; ++r) x[j * sides + r] -= dot_a[r] * ua[j] + dot_b[r] * ub[j];
  for (int r = 0; r < sides; ++r) x[both * sides + r] -= (a < b ? dot_b : dot_a)[r] * *last;
}

// Reflectors go in pairs 2, 3 and 4, 5 and so on, whatever n: a smaller problem in the same lanes keeps its bits.

/// x = Q' x for a block of right-hand sides.
template <class V>
TILTH_LANES_INLINE void to_tridiagonal(const Tridiagonal<V>& t, V* x) {
  int k = t.n - 1;
  if (k >= 2 && k % 2 == 0) reflect_block(t, k--, x);
  for (; k >= 3; k -= 2) reflect_block_twice(t, k, k - 1, x);
}

/// x = Q x for a block of right-hand sides.
template <class V>
TILTH_LANES_INLINE void from_tridiagonal(const Tridiagonal<V>& t, V* x) {
  int k = 3;
  for (; k < t.n; k += 2) reflect_block_twice(t, k - 1, k, x);
  if (k == t.n) reflect_block(t, k - 1, x);
}

/// One reflector on the first side of a block alone.
template <class V>
TILTH_LANES_INLINE void reflect_one(const Tridiagonal<V>& t, int k, V* x) {
  const V* u = t.row(k);
  V dot[4] = {{}, {}, {}, {}};
  int j = 0;
  for (; j + 4 <= k; j += 4)
    for (int s = 0; s < 4; ++s) dot[s] += u[j + s] * x[(j + s) * sides];
  for (int s = 0; j + s < k; ++s) dot[s] += u[j + s] * x[(j + s) * sides];
  const V share = ((dot[0] + dot[1]) + (dot[2] + dot[3])) * t.inverse_h[k];
  for (j = 0; j < k; ++j) x[j * sides] -= share * u[j];
}

}  // namespace tilth::lanes
