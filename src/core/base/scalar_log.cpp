#include "core/base/scalar_log.hpp"

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <limits>

namespace tilth {
namespace {

// ln 2 = ln2_hi + ln2_lo; ln2_hi has 33 significant bits, so that k * ln2_hi is exact for |k| < 2^20.
constexpr double ln2_hi = 0x1.62e42feep-1;
constexpr double ln2_lo = 0x1.a39ef35793c76p-33;

// 2 (z/3 + z^2/5 + ...) = 2 artanh(s)/s - 2 with z = s^2 <= 0.0295; the first term left out is below 2e-18, or 0.01
// ulp.
double artanh_tail(double z) {
  double sum = 2.0 / 21.0;
  for (const double c :
       {2.0 / 19.0, 2.0 / 17.0, 2.0 / 15.0, 2.0 / 13.0, 2.0 / 11.0, 2.0 / 9.0, 2.0 / 7.0, 2.0 / 5.0, 2.0 / 3.0}) {
    sum = sum * z + c;
  }
  return sum * z;
}

}  // namespace

double scalar_log(double x) {
  using Limits = std::numeric_limits<double>;
  if (!(x > 0.0)) return x == 0.0 ? -Limits::infinity() : Limits::quiet_NaN();
  if (x > Limits::max()) return x;

  constexpr double two_54 = 0x1p54;
  const bool subnormal = x < Limits::min();
  auto bits = std::bit_cast<std::uint64_t>(subnormal ? x * two_54 : x);
  // x = 2^k (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2): subtract the bits of sqrt(1/2) and read the exponent.
  constexpr std::uint64_t sqrt_half = 0x3fe6a09e667f3bcd, fraction = 0x000fffffffffffff;
  bits -= sqrt_half;
  const auto exponent = static_cast<std::int64_t>(bits) >> 52;
  const double k = static_cast<double>(exponent) - (subnormal ? 54.0 : 0.0);
  const double f = std::bit_cast<double>((bits & fraction) + sqrt_half) - 1.0;

  // log(1 + f) = 2 artanh(s) with s = f / (2 + f); written as f - (f^2/2 - s (f^2/2 + tail)) the leading term is exact.
  const double s = f / (2.0 + f);
  const double half_square = 0.5 * f * f;
  const double correction = s * (half_square + artanh_tail(s * s));
  return k * ln2_hi - ((half_square - (correction + k * ln2_lo)) - f);
}

}  // namespace tilth
