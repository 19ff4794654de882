#pragma once

#include "assim/calibration/box.hpp"
#include "assim/calibration/cost/cost_function.hpp"

namespace tilth::calibration {

/// Posterior of the parameters by the curvature of J at its minimum (Tarantola 2005, eq. 3.53).
struct Posterior {
  Matrix covariance;  ///< (G' R^-1 G + B^-1)^-1
  Matrix correlation;
  Vector sd, reduction;  ///< standard deviations; 1 - sd / that of the prior
  /// Eigenvalues of the observation term in units of the prior (L' G' R^-1 G L, B = L L'), descending: above 1 the
  /// observations know more than the prior. Directions as columns, in parameters divided by the prior's sd.
  Vector spectrum;
  Matrix directions;
  double signal_degrees = 0.0;  ///< sum of s / (1 + s): parameters that the observations determine (Rodgers 2000)
};

Posterior posterior_by_curvature(const CostFunction& cost, const Matrix& G);

/// Two parameters that observations can hardly tell apart.
struct CorrelatedPair {
  Index first, second;
  double correlation;
};
/// Pairs with at least this magnitude of correlation, the strongest first.
std::vector<CorrelatedPair> correlated_pairs(const Matrix& correlation, double least = 0.7);

/// Parameters within `margin` of the box's width of a bound: -1 lower, 1 upper, 0 neither.
Eigen::VectorXi at_bounds(const Box& box, const Vector& x, double margin = 1e-3);

/// How far parameter sets that are nearly as good as the best lie apart.
struct Equifinality {
  std::vector<Index> rows;  ///< with a value at most `slack` above the least
  Vector range, sd;         ///< per parameter, in widths of the box
  Matrix correlation;       ///< between parameters over these rows; empty for fewer than 3
};
Equifinality equifinality(const Box& box, const Matrix& optima, const Vector& values, double slack);

/// Correlations of a covariance.
Matrix correlation_of(const Matrix& covariance);

}  // namespace tilth::calibration
