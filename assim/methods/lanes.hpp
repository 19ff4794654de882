#pragma once

// Vectors for many small problems at once: every element of a matrix is a vector with one number per problem (lane).
// Only + - * / and sqrt, each lane by itself: a lane's bits depend neither on the other lanes nor on the width of the
// vectors. Everything here is inlined into one function per instruction set (letkf_lanes.cpp).

#include <cstddef>
#include <utility>

namespace tilth::lanes {

#define TILTH_LANES_INLINE inline __attribute__((always_inline))

// The memory of vectors is also read as plain numbers: compiled with -fno-strict-aliasing.
using Eight = double __attribute__((vector_size(64)));
using Four = double __attribute__((vector_size(32)));
using EightAnywhere = double __attribute__((vector_size(64), aligned(8)));
using FourAnywhere = double __attribute__((vector_size(32), aligned(8)));

template <class V>
inline constexpr int width = int(sizeof(V) / sizeof(double));
inline constexpr int most_lanes = width<Eight>;
constexpr int padded_size(int n) { return (n + 7) / 8 * 8; }

template <class V>
TILTH_LANES_INLINE V& at(double* p) {
  return *reinterpret_cast<V*>(p);
}
template <class V>
TILTH_LANES_INLINE const V& at(const double* p) {
  return *reinterpret_cast<const V*>(p);
}
/// Reads and stores where alignment is not known.
TILTH_LANES_INLINE const EightAnywhere& anywhere(const double* p) { return *reinterpret_cast<const EightAnywhere*>(p); }
TILTH_LANES_INLINE void store(const Eight& v, double* p) { *reinterpret_cast<EightAnywhere*>(p) = v; }
TILTH_LANES_INLINE void store(const Four& v, double* p) { *reinterpret_cast<FourAnywhere*>(p) = v; }

template <class V>
TILTH_LANES_INLINE void take_root(V& x) {
  for (int l = 0; l < width<V>; ++l) x[l] = __builtin_sqrt(x[l]);
}
template <class V>
TILTH_LANES_INLINE void keep_larger(V& largest, const V& x) {
  largest = x > largest ? x : largest;
}
template <class V>
TILTH_LANES_INLINE void take_magnitude(V& x) {
  x = x < 0.0 ? -x : x;
}

/// Sum of the eight numbers, always in the same order.
TILTH_LANES_INLINE double total(const Eight& v) {
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

template <int half, class V, std::size_t... I>
TILTH_LANES_INLINE void exchange(V& a, V& b, std::index_sequence<I...>) {
  constexpr std::size_t W = sizeof...(I), h = half;
  const V low = __builtin_shufflevector(a, b, ((I & h) == 0 ? I : W + I - h)...);
  b = __builtin_shufflevector(a, b, ((I & h) == 0 ? I + h : W + I)...);
  a = low;
}
template <int half, class V>
TILTH_LANES_INLINE void exchange_all(V* r) {
  for (int i = 0; i < width<V>; ++i)
    if ((i & half) == 0) exchange<half>(r[i], r[i + half], std::make_index_sequence<std::size_t(width<V>)>());
}
/// Transposes a square of `width` vectors.
template <class V>
TILTH_LANES_INLINE void transpose(V* r) {
  if constexpr (width<V> >= 8) exchange_all<4>(r);
  exchange_all<2>(r);
  exchange_all<1>(r);
}

}  // namespace tilth::lanes
