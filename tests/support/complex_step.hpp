#pragma once

#include <cmath>
#include <complex>

#include "core/base/simd/math.hpp"

namespace tilth::test {

/// A number with an imaginary step along one direction: the imaginary part of a result over the step is its derivative,
/// without difference of near values (Squire & Trapp 1998).
///
/// An oracle for `simd::Dual` that knows no rule of differentiation: it runs the same templates on the standard
/// library's complex arithmetic and functions. Comparisons look at the real part. In memory as `simd::Dual<double>`:
/// value, then derivative.
struct ComplexStep {
  static constexpr int lanes = 2;
  static constexpr double step = 1e-40;  // so small that its square vanishes beside any real part
  using Complex = std::complex<double>;
  Complex z;

  ComplexStep() = default;
  ComplexStep(double x) : z(x) {}  // NOLINT: constants mix
  explicit ComplexStep(Complex x) : z(x) {}
  ComplexStep(double value, double derivative) : z(value, derivative * step) {}
  double value() const { return z.real(); }
  double derivative() const { return z.imag() / step; }
};

bool mask_type(const ComplexStep&);

#define TILTH_STEP_OPERATOR(op)                                                                    \
  inline ComplexStep operator op(ComplexStep a, ComplexStep b) { return ComplexStep(a.z op b.z); } \
  inline ComplexStep operator op(ComplexStep a, double b) { return ComplexStep(a.z op b); }        \
  inline ComplexStep operator op(double a, ComplexStep b) { return ComplexStep(a op b.z); }        \
  template <class B>                                                                               \
  ComplexStep& operator op##=(ComplexStep& a, B b) {                                               \
    return a = a op b;                                                                             \
  }
TILTH_STEP_OPERATOR(+)
TILTH_STEP_OPERATOR(-)
TILTH_STEP_OPERATOR(*)
TILTH_STEP_OPERATOR(/)
#undef TILTH_STEP_OPERATOR
inline ComplexStep operator-(ComplexStep a) { return ComplexStep(-a.z); }

#define TILTH_STEP_COMPARISON(op)                                                          \
  inline bool operator op(ComplexStep a, ComplexStep b) { return a.value() op b.value(); } \
  inline bool operator op(ComplexStep a, double b) { return a.value() op b; }
TILTH_STEP_COMPARISON(<)
TILTH_STEP_COMPARISON(<=)
TILTH_STEP_COMPARISON(>)
TILTH_STEP_COMPARISON(>=)
#undef TILTH_STEP_COMPARISON

inline ComplexStep select(bool m, ComplexStep a, ComplexStep b) { return m ? a : b; }
inline ComplexStep max(ComplexStep a, ComplexStep b) { return a > b ? a : b; }
inline ComplexStep min(ComplexStep a, ComplexStep b) { return a < b ? a : b; }
inline ComplexStep sqrt(ComplexStep x) { return ComplexStep(std::sqrt(x.z)); }
inline ComplexStep exp(ComplexStep x) { return ComplexStep(std::exp(min(709.0, max(-708.0, x)).z)); }
inline ComplexStep log(ComplexStep x) { return ComplexStep(std::log(max(1e-300, x).z)); }
inline ComplexStep tanh(ComplexStep x) { return ComplexStep(std::tanh(x.z)); }
inline ComplexStep pow(ComplexStep x, double y) { return ComplexStep(std::pow(x.z, y)); }
inline ComplexStep pow(ComplexStep x, ComplexStep y) { return ComplexStep(std::pow(x.z, y.z)); }

}  // namespace tilth::test

template <>
struct tilth::simd::Memory<tilth::test::ComplexStep> {
  static tilth::test::ComplexStep load(const double* p) { return {p[0], p[1]}; }
  static void store(double* p, tilth::test::ComplexStep x) {
    p[0] = x.value();
    p[1] = x.derivative();
  }
};
