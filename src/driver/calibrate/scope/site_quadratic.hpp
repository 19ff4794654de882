#pragma once

#include <vector>

#include "driver/calibrate/problem_costs.hpp"

namespace tilth {

/// How runs of scope experiments are judged: what J is made of.
struct ScopeCosts {
  std::vector<StreamRule> rules;  ///< one per stream
  PriorRule prior;

  /// All streams with weight 1 and independent errors, all parameters independent.
  static ScopeCosts plain(const SiteRuns& runs);
};

/// Observation term of J at one site, linearised about z: 1/2 |residual + slope (x - z)|^2. Rows are those of a
/// triangular factor, so that a site of thousands of values takes parameters + 1 rows.
struct SiteQuadratic {
  calibration::Vector z, residual = {};
  calibration::Matrix slope = {};  ///< row x parameter
  double used = 0.0;               ///< observations behind it
  bool failed = false;

  double value(const calibration::Vector& x) const;
  calibration::Vector gradient(const calibration::Vector& x) const;
};

/// Makes them from runs of the model with derivatives.
class Quadratics {
 public:
  Quadratics(RunPool& pool, const ScopeCosts& costs);

  /// One per task; that of a failed run says so. Collective, with the same tasks on all ranks.
  std::vector<SiteQuadratic> at(std::span<const RunTask> tasks);
  /// Observation terms of J alone, of runs without derivatives; not-a-number where one failed. Collective.
  std::vector<double> values(std::span<const RunTask> tasks);
  RunPool& pool() { return alone_.pool(); }
  const SiteRuns& runs() const { return alone_.runs(); }
  const ScopeCosts& costs() const { return costs_; }
  double used(int site) const { return double(alone_.departures(std::size_t(site))); }
  /// Inverse of the covariance of z under the prior; zero where that is no term of J.
  const calibration::Matrix& precision() const { return precision_; }

 private:
  ScopeCosts costs_;
  ProblemCosts alone_;  // problem s is site s, without background
  calibration::Matrix precision_;
};

}  // namespace tilth
