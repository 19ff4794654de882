#pragma once

#include "assim/calibration/types.hpp"

namespace tilth::calibration {

/// Correlation function of a Gaussian process; r is the distance scaled per dimension by length scales.
enum class Kernel {
  matern32,  ///< (1 + sqrt3 r) exp(-sqrt3 r): once differentiable
  matern52,  ///< (1 + sqrt5 r + 5/3 r^2) exp(-sqrt5 r): twice differentiable
  rbf        ///< exp(-r^2 / 2): infinitely smooth
};

/// Mean function of a Gaussian process.
enum class Trend {
  none,         ///< zero
  constant,     ///< 1
  linear,       ///< 1, x
  quadratic,    ///< 1, x, x^2
  interactions  ///< 1, x, x^2 and products of two
};

/// Correlation at distance r.
double correlation(Kernel kernel, double r);
/// -k'(r) / r, finite at 0: derivatives with respect to length scales are this times squared scaled differences.
double correlation_slope(Kernel kernel, double r);

/// Correlations between the rows of two tables.
Matrix correlations(Kernel kernel, const Vector& length_scale, const Matrix& a, const Matrix& b);

/// Trend functions of the rows of X, one column each.
Matrix trend_functions(Trend trend, const Matrix& X);

}  // namespace tilth::calibration
