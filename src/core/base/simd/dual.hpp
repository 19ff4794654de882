#pragma once

#include "core/base/simd/math.hpp"

namespace tilth::simd {

/// A value and its derivatives along `directions` directions (forward mode), one direction per lane of `P`.
///
/// `P` is double or a Pack. Values take the very operations of a run in double, so they have its bits; masks are bool.
/// A Dual stands where one member stands, so a routine for double or Pack computes derivatives unchanged. In memory it
/// takes 2 * lanes<P> members: the value in the first lanes<P>, the derivatives in the others. At a kink the derivative
/// is that of the side the value takes; where a function has none (sqrt at 0) or is held (exp, log out of their range)
/// it is 0, so that a side that is not selected stays finite.
template <class P>
struct Dual {
  static constexpr int directions = simd::lanes<P>;
  static constexpr int lanes = 2 * directions;
  double v;  ///< value
  P d;       ///< derivatives

  Dual() = default;
  TILTH_INLINE Dual(double value) : v(value), d(0.0) {}  // NOLINT: constants mix with duals
  TILTH_INLINE Dual(double value, P derivatives) : v(value), d(derivatives) {}
};

template <class P>
bool mask_type(const Dual<P>&);

template <class P>
TILTH_INLINE Dual<P> operator+(Dual<P> a, Dual<P> b) {
  return {a.v + b.v, a.d + b.d};
}
template <class P>
TILTH_INLINE Dual<P> operator+(Dual<P> a, double b) {
  return {a.v + b, a.d};
}
template <class P>
TILTH_INLINE Dual<P> operator+(double a, Dual<P> b) {
  return {a + b.v, b.d};
}
template <class P>
TILTH_INLINE Dual<P> operator-(Dual<P> a) {
  return {-a.v, -a.d};
}
template <class P>
TILTH_INLINE Dual<P> operator-(Dual<P> a, Dual<P> b) {
  return {a.v - b.v, a.d - b.d};
}
template <class P>
TILTH_INLINE Dual<P> operator-(Dual<P> a, double b) {
  return {a.v - b, a.d};
}
template <class P>
TILTH_INLINE Dual<P> operator-(double a, Dual<P> b) {
  return {a - b.v, -b.d};
}
template <class P>
TILTH_INLINE Dual<P> operator*(Dual<P> a, Dual<P> b) {
  return {a.v * b.v, a.v * b.d + b.v * a.d};
}
template <class P>
TILTH_INLINE Dual<P> operator*(Dual<P> a, double b) {
  return {a.v * b, b * a.d};
}
template <class P>
TILTH_INLINE Dual<P> operator*(double a, Dual<P> b) {
  return {a * b.v, a * b.d};
}
template <class P>
TILTH_INLINE Dual<P> operator/(Dual<P> a, Dual<P> b) {
  const double quotient = a.v / b.v, inverse = 1.0 / b.v;
  return {quotient, inverse * (a.d - quotient * b.d)};
}
template <class P>
TILTH_INLINE Dual<P> operator/(Dual<P> a, double b) {
  return {a.v / b, (1.0 / b) * a.d};
}
template <class P>
TILTH_INLINE Dual<P> operator/(double a, Dual<P> b) {
  const double quotient = a / b.v, inverse = 1.0 / b.v;
  return {quotient, inverse * (-quotient * b.d)};
}

#define TILTH_DUAL_ASSIGNMENT(op)                         \
  template <class P, class B>                             \
  TILTH_INLINE Dual<P>& operator op##=(Dual<P>& a, B b) { \
    return a = a op b;                                    \
  }
TILTH_DUAL_ASSIGNMENT(+)
TILTH_DUAL_ASSIGNMENT(-)
TILTH_DUAL_ASSIGNMENT(*)
TILTH_DUAL_ASSIGNMENT(/)
#undef TILTH_DUAL_ASSIGNMENT

#define TILTH_DUAL_COMPARISON(op)                       \
  template <class P>                                    \
  TILTH_INLINE bool operator op(Dual<P> a, Dual<P> b) { \
    return a.v op b.v;                                  \
  }                                                     \
  template <class P>                                    \
  TILTH_INLINE bool operator op(Dual<P> a, double b) {  \
    return a.v op b;                                    \
  }
TILTH_DUAL_COMPARISON(<)
TILTH_DUAL_COMPARISON(<=)
TILTH_DUAL_COMPARISON(>)
TILTH_DUAL_COMPARISON(>=)
#undef TILTH_DUAL_COMPARISON

template <class P>
TILTH_INLINE Dual<P> select(bool m, Dual<P> a, Dual<P> b) {
  return m ? a : b;
}
template <class P>
TILTH_INLINE Dual<P> select(bool m, double a, Dual<P> b) {
  return m ? Dual<P>(a) : b;
}
template <class P>
TILTH_INLINE Dual<P> select(bool m, Dual<P> a, double b) {
  return m ? a : Dual<P>(b);
}

/// `a > b ? a : b` with its derivatives: those of the second operand at a tie.
template <class P>
TILTH_INLINE Dual<P> max(Dual<P> a, Dual<P> b) {
  return a.v > b.v ? a : b;
}
template <class P>
TILTH_INLINE Dual<P> min(Dual<P> a, Dual<P> b) {
  return a.v < b.v ? a : b;
}
template <class P>
TILTH_INLINE Dual<P> max(double a, Dual<P> b) {
  return max(Dual<P>(a), b);
}
template <class P>
TILTH_INLINE Dual<P> min(double a, Dual<P> b) {
  return min(Dual<P>(a), b);
}

// Elementary functions: the value as for double, the derivative in closed form. What is composed of these (pow,
// smooth_min, normal_cdf) needs nothing of its own.

template <class P>
TILTH_INLINE Dual<P> sqrt(Dual<P> x) {
  const double root = sqrt(x.v);
  return {root, (x.v > 0.0 ? 0.5 / root : 0.0) * x.d};
}

template <class P>
TILTH_INLINE Dual<P> exp(Dual<P> x) {
  const double e = exp(x.v);
  return {e, (x.v < -708.0 || x.v > 709.0 ? 0.0 : e) * x.d};
}

template <class P>
TILTH_INLINE Dual<P> log(Dual<P> x) {
  return {log(x.v), (x.v < 1e-300 ? 0.0 : 1.0 / x.v) * x.d};
}

template <class P>
TILTH_INLINE Dual<P> sigmoid(Dual<P> x) {
  const double e = exp(-x.v), s = 1.0 / (1.0 + e);
  return {s, (e * s) * s * x.d};
}

template <class P>
TILTH_INLINE Dual<P> tanh(Dual<P> x) {
  const double e = exp(-2.0 * abs(x.v)), inverse = 1.0 / (1.0 + e);
  return {tanh(x.v), 4.0 * e * inverse * inverse * x.d};  // 1 / cosh^2
}

template <class P>
TILTH_INLINE Dual<P> softplus(Dual<P> x, double width) {
  return {softplus(x.v, width), sigmoid(x.v / width) * x.d};
}

template <class P>
TILTH_INLINE Dual<P> erfc(Dual<P> x) {
  constexpr double slope_at_0 = -1.1283791670955125739;  // -2 / sqrt(pi)
  return {erfc(x.v), slope_at_0 * exp(-x.v * x.v) * x.d};
}

template <class P>
struct Memory<Dual<P>> {
  TILTH_INLINE static Dual<P> load(const double* p) { return {*p, Memory<P>::load(p + lanes<P>)}; }
  TILTH_INLINE static void store(double* p, Dual<P> x) {
    Memory<P>::store(p, P(x.v));
    Memory<P>::store(p + lanes<P>, x.d);
  }
};

}  // namespace tilth::simd
