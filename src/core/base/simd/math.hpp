#pragma once

#include "core/base/simd/pack.hpp"

namespace tilth::simd {

// Elementary functions from + - * / and integer operations on the bits, in one fixed order: a pack of any width and a
// plain double give the same bits. Relative error below 4e-16 (exp, log).

/// The bits of doubles as unsigned integers.
template <class A>
TILTH_INLINE typename Pack<A>::Bits bits(Pack<A> x) {
  return xsimd::bitwise_cast<typename Pack<A>::Bits>(x.v);
}
TILTH_INLINE std::uint64_t bits(double x) { return __builtin_bit_cast(std::uint64_t, x); }
template <class T>
struct FromBits {
  TILTH_INLINE static T of(typename T::Bits b) { return T(xsimd::bitwise_cast<typename T::Batch>(b)); }
};
template <>
struct FromBits<double> {
  TILTH_INLINE static double of(std::uint64_t b) { return __builtin_bit_cast(double, b); }
};
template <class T>
struct BitsOf {
  using type = typename T::Bits;
};
template <>
struct BitsOf<double> {
  using type = std::uint64_t;
};

inline constexpr double ln2 = 0.69314718055994530942;
inline constexpr double ln2_high = 6.93147180369123816490e-01;  // trailing zeros: n * ln2_high is exact for |n| < 2^20
inline constexpr double ln2_low = 1.90821492927058770002e-10;

/// e^x; x beyond -708 and 709 is taken as those.
template <class T>
TILTH_INLINE T exp(T x) {
  const T c = min(709.0, max(-708.0, x));
  const T t = c * 1.44269504088896340736 + 6755399441055744.0;  // 1.5 * 2^52: the integer part sits in the low bits
  const T n = t - 6755399441055744.0;
  const T r = (c - n * ln2_high) - n * ln2_low;  // |r| <= ln2 / 2
  const T r2 = r * r, r4 = r2 * r2;
  // Taylor to r^13, summed in pairs (Estrin).
  const T p01 = 1.0 + r;
  const T p23 = 1.0 / 2 + r * (1.0 / 6);
  const T p45 = 1.0 / 24 + r * (1.0 / 120);
  const T p67 = 1.0 / 720 + r * (1.0 / 5040);
  const T p89 = 1.0 / 40320 + r * (1.0 / 362880);
  const T pab = 1.0 / 3628800 + r * (1.0 / 39916800);
  const T pcd = 1.0 / 479001600 + r * (1.0 / 6227020800.0);
  const T p = ((p01 + r2 * p23) + r4 * (p45 + r2 * p67)) + (r4 * r4) * ((p89 + r2 * pab) + r4 * pcd);
  return FromBits<T>::of(bits(p) + (bits(t) << 52)) + (x - x);  // x - x: NaN stays NaN
}

/// ln x for x > 0; anything smaller than 1e-300 counts as 1e-300.
template <class T>
TILTH_INLINE T log(T x) {
  using Bits = typename BitsOf<T>::type;
  const Bits one(std::uint64_t{0x3ff0000000000000});
  const Bits shift(std::uint64_t{0x3ff0000000000000 - 0x3fe6a09e00000000});  // 1 - sqrt(1/2), upper word
  const Bits b = bits(max(1e-300, x)) + shift;
  const Bits e = b >> 52;  // exponent of x over sqrt(1/2), plus 1023
  const T k = FromBits<T>::of(e | Bits(std::uint64_t{0x4330000000000000})) - (4503599627370496.0 + 1023.0);
  const T m = FromBits<T>::of(b - shift - (e << 52) + one);  // sqrt(1/2) <= m < sqrt(2)
  const T f = m - 1.0;
  const T s = f / (2.0 + f);
  const T z = s * s, w = z * z;
  // Remez polynomials of fdlibm's e_log.c (Sun Microsystems 1993).
  const T t1 = w * (0.3999999999940941908 + w * (0.2222219843214978396 + w * 0.1531383769920937332));
  const T t2 = z * (0.6666666666666735130 +
                    w * (0.2857142874366239149 + w * (0.1818357216161805012 + w * 0.1479819860511658591)));
  const T half = 0.5 * f * f;
  return k * ln2_high - ((half - (s * (half + (t1 + t2)) + k * ln2_low)) - f) + (x - x);
}

/// x^y = e^(y ln x) for x > 0; relative error grows with |y ln x|.
template <class T, class U>
TILTH_INLINE T pow(T x, U y) {
  return exp(y * log(x));
}

/// Logistic function.
template <class T>
TILTH_INLINE T sigmoid(T x) {
  return 1.0 / (1.0 + exp(-x));
}

template <class T>
TILTH_INLINE T tanh(T x) {
  const T e = exp(-2.0 * abs(x));
  const T large = (1.0 - e) / (1.0 + e);
  const T x2 = x * x;
  const T small = abs(x) * (1.0 - x2 * (1.0 / 3 - x2 * (2.0 / 15 - x2 * (17.0 / 315))));  // |x| < 0.02
  const T t = select(x2 < 4e-4, small, large);
  return select(x < 0.0, -t, t);
}

/// Arc tangent minus its argument, |r| <= tan(pi / 8) (rational fit of Cephes, Moshier 1989).
template <class T>
TILTH_INLINE T atan_bend(T r) {
  const T z = r * r;
  const T p = -64.85021904942025371773 +
              z * (-122.8866684490136173410 +
                   z * (-75.00855792314704667340 + z * (-16.15753718733365076637 + z * -0.8750608600031904122785)));
  const T q = 194.5506571482613964425 +
              z * (485.3903996359136964868 +
                   z * (432.8810604912902668951 + z * (165.0270098316988542046 + z * (24.85846490142306297962 + z))));
  return r * z * p / q;
}

/// Arc tangent, relative error below 4e-16.
template <class T>
TILTH_INLINE T atan(T x) {
  constexpr double eighth = 0.41421356237309504880,
                   three_eighths = 2.41421356237309504880;  // tan of pi / 8 and 3 pi / 8
  constexpr double quarter_pi = 0.78539816339744830962, quarter_pi_rest = 3.061616997868382943e-17;
  const T size = abs(x);
  const auto small = size < eighth;
  const auto large = size > three_eighths;
  // atan x = pi/4 + atan((x - 1) / (x + 1)) = pi/2 - atan(1 / x), in one division.
  const T top = select(small, size, select(large, T(-1.0), size - 1.0));
  const T bottom = select(small, T(1.0), select(large, size, size + 1.0));
  const T quarters = select(small, T(0.0), select(large, T(2.0), T(1.0)));
  const T r = top / bottom;
  const T angle = quarter_pi * quarters + ((atan_bend(r) + quarter_pi_rest * quarters) + r);
  return select(x < 0.0, -angle, angle);
}

/// width * ln(1 + e^(x / width)): max(x, 0) with a smooth corner.
template <class T>
TILTH_INLINE T softplus(T x, double width) {
  return max(x, T(0.0)) + width * log(1.0 + exp(-abs(x) / width));
}

/// Lower root of theta y^2 - (a + b) y + a b = 0: the smaller of a and b with a smooth corner, 0 < theta < 1; a, b >=
/// 0.
template <class T>
TILTH_INLINE T smooth_min(T a, T b, double theta) {
  const T sum = a + b;
  return 2.0 * a * b / max(1e-300, sum + sqrt(max(0.0, sum * sum - 4.0 * theta * a * b)));
}

/// Complementary error function, relative error below 1e-14 (Chebyshev fit of ln(erfc(x) e^(x^2) / t), t = 2 / (2 +
/// x)).
template <class T>
TILTH_INLINE T erfc(T x) {
  constexpr double c[] = {
      -1.3026537197817094342e0,   0.64196979235649026031e0,  0.019476473204185836305e0,  -0.0095615147868086316355,
      -0.00094659534448203687199, 0.00036683949785276145669, 0.000042523324806907767854, -0.000020278578112534240496,
      -1.6242900046470269612e-6,  1.3036558355805233965e-6,  1.5626441722067207095e-8,   -8.523809591492883352e-8,
      6.5290544391023020067e-9,   5.0593434955469605618e-9,  -9.9136415648759957352e-10, -2.2736512229938231344e-10,
      9.6467911026936817412e-11,  2.3940380758742428144e-12, -6.8860275191600923446e-12, 8.9448792001478877061e-13,
      3.1309214697095193927e-13,  -1.127082301858760303e-13, 3.8109644015468750184e-16,  7.1060925302663149178e-15,
      -1.5230240986332830748e-15};
  const T z = abs(x);
  const T t = 2.0 / (2.0 + z);
  const T u = 4.0 * t - 2.0;
  T d = 0.0, dd = 0.0;
  for (int j = 24; j > 0; --j) {  // Clenshaw
    const T next = u * d - dd + c[j];
    dd = d;
    d = next;
  }
  const T tail = t * exp(0.5 * (c[0] + u * d) - dd - z * z);
  return select(x < 0.0, 2.0 - tail, tail);
}

/// Cumulative standard normal distribution.
template <class T>
TILTH_INLINE T normal_cdf(T x) {
  return 0.5 * erfc(x * -0.70710678118654752440);
}

}  // namespace tilth::simd
