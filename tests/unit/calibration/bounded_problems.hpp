#pragma once

#include "assim/calibration/optimise/quasi_newton.hpp"
#include "unit/calibration/calibration_case.hpp"

namespace tilth::calibration::test {

/// A function with bounds and a known minimum.
struct BoundedProblem {
  std::string name;
  Box box;
  Vector start;
  ValueAndGradient function;
  Vector minimum;
};

/// Rosenbrock's function in any number of dimensions.
inline double rosenbrock_with_gradient(const Vector& x, Vector& g) {
  g = Vector::Zero(x.size());
  double f = 0.0;
  for (Index i = 0; i + 1 < x.size(); ++i) {
    const double a = x(i + 1) - x(i) * x(i), b = 1.0 - x(i);
    f += 100.0 * a * a + b * b;
    g(i) += -400.0 * a * x(i) - 2.0 * b;
    g(i + 1) += 200.0 * a;
  }
  return f;
}

inline double hs4(const Vector& x, Vector& g) {
  g = Vector{{(x(0) + 1.0) * (x(0) + 1.0), 1.0}};
  return std::pow(x(0) + 1.0, 3) / 3.0 + x(1);
}

inline double hs5(const Vector& x, Vector& g) {
  const double c = std::cos(x(0) + x(1)), d = x(0) - x(1);
  g = Vector{{c + 2.0 * d - 1.5, c - 2.0 * d + 2.5}};
  return std::sin(x(0) + x(1)) + d * d - 1.5 * x(0) + 2.5 * x(1) + 1.0;
}

/// Colville's function.
inline double hs38(const Vector& x, Vector& g) {
  const double a = x(1) - x(0) * x(0), b = 1.0 - x(0), c = x(3) - x(2) * x(2), d = 1.0 - x(2);
  const double p = x(1) - 1.0, q = x(3) - 1.0;
  g = Vector{{-400.0 * a * x(0) - 2.0 * b, 200.0 * a + 20.2 * p + 19.8 * q, -360.0 * c * x(2) - 2.0 * d,
              180.0 * c + 20.2 * q + 19.8 * p}};
  return 100.0 * a * a + b * b + 90.0 * c * c + d * d + 10.1 * (p * p + q * q) + 19.8 * p * q;
}

inline double hs110(const Vector& x, Vector& g) {
  double f = -std::pow(x.prod(), 0.2);
  g = f * 0.2 * x.cwiseInverse();
  for (Index i = 0; i < x.size(); ++i) {
    const double a = std::log(x(i) - 2.0), b = std::log(10.0 - x(i));
    f += a * a + b * b;
    g(i) += 2.0 * a / (x(i) - 2.0) - 2.0 * b / (10.0 - x(i));
  }
  return f;
}

/// Problems of Hock & Schittkowski (1981) whose only constraints are bounds, with the minima published there; that of
/// 110 is the root of 2 log(x - 2) / (x - 2) - 2 log(10 - x) / (10 - x) = x / 5 (9.35025655 in print).
inline std::vector<BoundedProblem> hock_schittkowski() {
  const double pi = std::numbers::pi, a = std::sqrt(598.0 / 1200.0);
  return {{"2",
           {Vector{{-10.0, 1.5}}, Vector{{10.0, 10.0}}},
           Vector{{-2.0, 1.0}},
           rosenbrock_with_gradient,
           Vector{{2.0 * a * std::cos(std::acos(1.0 / (400.0 * a * a * a)) / 3.0), 1.5}}},
          {"4", {Vector{{1.0, 0.0}}, Vector{{10.0, 10.0}}}, Vector{{1.125, 0.125}}, hs4, Vector{{1.0, 0.0}}},
          {"5",
           {Vector{{-1.5, -3.0}}, Vector{{4.0, 3.0}}},
           Vector{{0.0, 0.0}},
           hs5,
           Vector{{0.5 - pi / 3.0, -0.5 - pi / 3.0}}},
          {"38",
           {Vector::Constant(4, -10.0), Vector::Constant(4, 10.0)},
           Vector{{-3.0, -1.0, -3.0, -1.0}},
           hs38,
           Vector::Ones(4)},
          {"110",
           {Vector::Constant(10, 2.001), Vector::Constant(10, 9.999)},
           Vector::Constant(10, 9.0),
           hs110,
           Vector::Constant(10, 9.35026583307)}};
}

}  // namespace tilth::calibration::test
