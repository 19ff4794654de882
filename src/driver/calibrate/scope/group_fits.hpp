#pragma once

#include <vector>

#include "driver/calibrate/scope/site_quadratic.hpp"

namespace tilth {

/// Sites that share one set of parameters.
struct SiteGroup {
  std::vector<int> sites;
};

/// Parameters of a group at the least J.
struct GroupFit {
  calibration::Vector z;
  calibration::Matrix covariance;  ///< posterior by curvature, of z
  double cost = 0.0, prior_cost = 0.0, used = 0.0;
  bool failed = false;  ///< no run at the defaults
};

/// Bounds of z that hold at all sites.
calibration::Box common_box(const SiteRuns& runs, const std::vector<int>& sites);

/// Least J = observation terms of the sites + 1/2 |z|^2 of every group, by Gauss-Newton searches that advance together.
/// A site whose run at the defaults fails is left out. Collective.
std::vector<GroupFit> fit_groups(RunPool& pool, const SiteWeights& weights, const std::vector<SiteGroup>& groups,
                                 int iterations);

}  // namespace tilth
