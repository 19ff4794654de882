#include "assim/methods/inverse_root.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace tilth {
namespace {

constexpr int classes = 201;  // up to kappa = 2^100

/// Complete elliptic integral K by the arithmetic-geometric mean; k1: complementary modulus.
double quarter_period(double k1) {
  double a = 1.0, b = k1;
  while (std::abs(a - b) > 1e-15 * a) {
    const double mean = 0.5 * (a + b);
    b = std::sqrt(a * b);
    a = mean;
  }
  return std::numbers::pi / (a + b);
}

/// cn / sn and dn at u, 0 < u < K, by descending Landen transformations (Bulirsch 1965).
struct Jacobi {
  double cs, dn;
};
Jacobi jacobi(double u, double k1) {
  std::array<double, 16> a{}, b{};
  double mean = 1.0, geometric = k1, c = 1.0;
  int last = 0;
  for (int i = 0; i < 16; ++i) {
    last = i;
    a[i] = mean;
    b[i] = geometric;
    c = 0.5 * (mean + geometric);
    if (std::abs(mean - geometric) <= 1e-9 * mean) break;
    geometric = std::sqrt(geometric * mean);
    mean = c;
  }
  const double angle = c * u;
  double ratio = std::cos(angle) / std::sin(angle), dn = 1.0;
  c *= ratio;
  for (int i = last; i >= 0; --i) {
    ratio *= c;
    c *= dn;
    dn = (b[i] + ratio) / (a[i] + ratio);
    ratio = c / a[i];
  }
  return {c, dn};
}

InverseRoot poles(double kappa) {
  const int n = int(std::ceil((std::log(kappa) + 3.0) * 34.0 / 19.74));  // error below 1e-14
  const double k1 = 1.0 / std::sqrt(kappa), K = quarter_period(k1), step = 2.0 * K / (std::numbers::pi * n);
  InverseRoot root;
  for (int j = 0; j < n; ++j) {
    const double u = (j + 0.5) * K / n;
    if (u <= 0.5 * K) {
      const auto [cs, dn] = jacobi(u, k1);
      root.shift.push_back(1.0 / (cs * cs));
      root.weight.push_back(step * dn * (1.0 + 1.0 / (cs * cs)));  // dn / cn^2
    } else {  // sn / cn at u is 1 / (k1 sn / cn) at K - u: no cancellation near K
      const auto [cs, dn] = jacobi(K - u, k1);
      root.shift.push_back(cs * cs / (k1 * k1));
      root.weight.push_back(step * dn * (1.0 + cs * cs) / k1);  // dn / (k1 sn^2)
    }
  }
  return root;
}

}  // namespace

const InverseRoot& inverse_root(double kappa) {
  static const std::array<InverseRoot, classes> table = [] {
    std::array<InverseRoot, classes> all;
    for (int i = 0; i < classes; ++i) all[i] = poles(std::pow(2.0, 0.5 * i));
    return all;
  }();
  int exponent = 0;
  const double fraction = std::frexp(kappa, &exponent);  // kappa = fraction 2^exponent, 0.5 <= fraction < 1
  int i = 2 * exponent;
  if (fraction <= 0.5 * std::numbers::sqrt2) --i;
  if (fraction <= 0.5) --i;
  return table[std::clamp(i, 0, classes - 1)];
}

}  // namespace tilth
