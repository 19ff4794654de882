#pragma once

#include <string>
#include <vector>

#include "driver/calibrate/run_pool.hpp"

namespace tilth {

/// Observation term of J at one site, linearised about z: 1/2 |residual + slope (x - z)|^2. Rows are those of a
/// triangular factor, so that a site of thousands of values takes parameters + 1 rows.
struct SiteQuadratic {
  calibration::Vector z, residual;
  calibration::Matrix slope;  ///< row x parameter
  double used = 0.0;          ///< observations behind it
  bool failed = false;

  double value(const calibration::Vector& x) const;
  calibration::Vector gradient(const calibration::Vector& x) const;
  /// Gauss-Newton Hessian.
  calibration::Matrix hessian() const { return slope.transpose() * slope; }
};

/// One over the error standard deviation of each observation of each site that trains, 0 for the others.
using SiteWeights = std::vector<calibration::Vector>;
SiteWeights site_weights(const SiteRuns& runs);

/// Runs of the model with derivatives, exact ones where the runs have them, else by differences. One per task; that of
/// a failed run says so. Collective, with the same tasks on all ranks.
std::vector<SiteQuadratic> quadratics(RunPool& pool, const SiteWeights& weights, std::span<const RunTask> tasks);

}  // namespace tilth
