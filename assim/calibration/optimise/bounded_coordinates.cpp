#include "assim/calibration/optimise/bounded_coordinates.hpp"

#include <algorithm>
#include <cmath>

namespace tilth::calibration {
namespace {

constexpr double a = fold_margin;

double folded(double x) {
  // The map has period 2 (1 + 2 a) and is symmetric about -a and about 1 + a, where it takes the values 0 and 1.
  constexpr double half = 1.0 + 2.0 * a;
  double t = std::fmod(x + a, 2.0 * half);
  if (t < 0.0) t += 2.0 * half;
  if (t > half) t = 2.0 * half - t;
  const double y = t - a;  // in [-a, 1 + a]
  if (y < a) return (y + a) * (y + a) / (4.0 * a);
  if (y > 1.0 - a) return 1.0 - (1.0 + a - y) * (1.0 + a - y) / (4.0 * a);
  return y;
}

}  // namespace

Matrix folded_into_unit(const Matrix& x) {
  return x.unaryExpr([](double v) { return std::clamp(folded(v), 0.0, 1.0); });
}

Vector unfolded(const Vector& u) {
  return u.unaryExpr([](double v) {
    if (v < a) return -a + std::sqrt(4.0 * a * std::max(v, 0.0));
    if (v > 1.0 - a) return 1.0 + a - std::sqrt(4.0 * a * std::max(1.0 - v, 0.0));
    return v;
  });
}

}  // namespace tilth::calibration
