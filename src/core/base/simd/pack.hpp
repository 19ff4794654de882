#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include <xsimd/xsimd.hpp>

// Every function is forced inline: no copy compiled for a wide instruction set may ever be linked into code that runs
// without it.
#define TILTH_INLINE [[gnu::always_inline]] inline

namespace tilth::simd {

/// Result of comparing two packs, one truth value per lane.
template <class Arch>
struct PackMask {
  xsimd::batch_bool<double, Arch> v;
};

/// Doubles side by side in one register of instruction set `Arch`, one ensemble member per lane.
///
/// Only + - * / sqrt, comparisons and bit operations of the register type are used, so every width gives the same bits.
template <class Arch>
struct Pack {
  using Batch = xsimd::batch<double, Arch>;
  using Bits = xsimd::batch<std::uint64_t, Arch>;
  static constexpr int lanes = int(Batch::size);
  Batch v;

  Pack() = default;
  TILTH_INLINE Pack(double x) : v(x) {}  // NOLINT: constants mix with packs
  TILTH_INLINE explicit Pack(Batch x) : v(x) {}
};

/// Number of members a scalar type holds, and its mask type.
template <class T>
struct Traits {
  static constexpr int lanes = T::lanes;
};
template <class Arch>
PackMask<Arch> mask_type(const Pack<Arch>&);
bool mask_type(double);
template <>
struct Traits<double> {
  static constexpr int lanes = 1;
};
template <class T>
inline constexpr int lanes = Traits<T>::lanes;
template <class T>
using Mask = decltype(mask_type(T(0.0)));

#define TILTH_PACK_OPERATOR(op)                            \
  template <class A>                                       \
  TILTH_INLINE Pack<A> operator op(Pack<A> a, Pack<A> b) { \
    return Pack<A>(a.v op b.v);                            \
  }                                                        \
  template <class A>                                       \
  TILTH_INLINE Pack<A> operator op(Pack<A> a, double b) {  \
    return Pack<A>(a.v op typename Pack<A>::Batch(b));     \
  }                                                        \
  template <class A>                                       \
  TILTH_INLINE Pack<A> operator op(double a, Pack<A> b) {  \
    return Pack<A>(typename Pack<A>::Batch(a) op b.v);     \
  }                                                        \
  template <class A, class B>                              \
  TILTH_INLINE Pack<A>& operator op##=(Pack<A>& a, B b) {  \
    return a = a op b;                                     \
  }
TILTH_PACK_OPERATOR(+)
TILTH_PACK_OPERATOR(-)
TILTH_PACK_OPERATOR(*)
TILTH_PACK_OPERATOR(/)
#undef TILTH_PACK_OPERATOR

#define TILTH_PACK_COMPARISON(op)                              \
  template <class A>                                           \
  TILTH_INLINE PackMask<A> operator op(Pack<A> a, Pack<A> b) { \
    return {a.v op b.v};                                       \
  }                                                            \
  template <class A>                                           \
  TILTH_INLINE PackMask<A> operator op(Pack<A> a, double b) {  \
    return {a.v op typename Pack<A>::Batch(b)};                \
  }
TILTH_PACK_COMPARISON(<)
TILTH_PACK_COMPARISON(<=)
TILTH_PACK_COMPARISON(>)
TILTH_PACK_COMPARISON(>=)
#undef TILTH_PACK_COMPARISON

/// The sign bit flipped, as the machine does for a double.
template <class A>
TILTH_INLINE Pack<A> operator-(Pack<A> a) {
  return Pack<A>(-a.v);
}

template <class A>
TILTH_INLINE PackMask<A> operator&(PackMask<A> a, PackMask<A> b) {
  return {a.v & b.v};
}
template <class A>
TILTH_INLINE PackMask<A> operator|(PackMask<A> a, PackMask<A> b) {
  return {a.v | b.v};
}
template <class A>
TILTH_INLINE PackMask<A> operator!(PackMask<A> a) {
  return {~a.v};
}

/// True when some lane is; may only decide whether work is skipped, never a value.
template <class A>
TILTH_INLINE bool any(PackMask<A> m) {
  return xsimd::any(m.v);
}
TILTH_INLINE bool any(bool m) { return m; }

/// Lane by lane `m ? a : b`. Both sides have been computed: clamp arguments before dividing or taking logarithms.
template <class A>
TILTH_INLINE Pack<A> select(PackMask<A> m, Pack<A> a, Pack<A> b) {
  return Pack<A>(xsimd::select(m.v, a.v, b.v));
}
template <class A>
TILTH_INLINE Pack<A> select(PackMask<A> m, double a, Pack<A> b) {
  return select(m, Pack<A>(a), b);
}
template <class A>
TILTH_INLINE Pack<A> select(PackMask<A> m, Pack<A> a, double b) {
  return select(m, a, Pack<A>(b));
}
TILTH_INLINE double select(bool m, double a, double b) { return m ? a : b; }

/// `a > b ? a : b`: the second operand when either is not a number, so max(limit, x) keeps a NaN in x.
template <class A>
TILTH_INLINE Pack<A> max(Pack<A> a, Pack<A> b) {
  return Pack<A>(xsimd::max(a.v, b.v));
}
template <class A>
TILTH_INLINE Pack<A> min(Pack<A> a, Pack<A> b) {
  return Pack<A>(xsimd::min(a.v, b.v));
}
template <class A>
TILTH_INLINE Pack<A> max(double a, Pack<A> b) {
  return max(Pack<A>(a), b);
}
template <class A>
TILTH_INLINE Pack<A> min(double a, Pack<A> b) {
  return min(Pack<A>(a), b);
}
TILTH_INLINE double max(double a, double b) { return a > b ? a : b; }
TILTH_INLINE double min(double a, double b) { return a < b ? a : b; }

template <class A>
TILTH_INLINE Pack<A> sqrt(Pack<A> a) {
  return Pack<A>(xsimd::sqrt(a.v));
}
TILTH_INLINE double sqrt(double a) { return __builtin_sqrt(a); }
TILTH_INLINE double abs(double a) { return max(a, -a); }
/// Of any scalar type with `max`.
template <class T, std::enable_if_t<std::is_class_v<T>, int> = 0>
TILTH_INLINE T abs(T a) {
  return max(a, -a);
}

/// `lanes<T>` consecutive members from aligned memory.
template <class T>
struct Memory {
  TILTH_INLINE static T load(const double* p) { return T(T::Batch::load_aligned(p)); }
  TILTH_INLINE static void store(double* p, T x) { x.v.store_aligned(p); }
};
template <>
struct Memory<double> {
  TILTH_INLINE static double load(const double* p) { return *p; }
  TILTH_INLINE static void store(double* p, double x) { *p = x; }
};
template <class T>
TILTH_INLINE T load(const double* p) {
  return Memory<T>::load(p);
}
template <class T>
TILTH_INLINE void store(double* p, T x) {
  Memory<T>::store(p, x);
}

}  // namespace tilth::simd
