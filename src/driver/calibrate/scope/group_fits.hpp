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
  double cost = 0.0, prior_cost = 0.0;
  bool failed = false;  ///< the run of a site at the defaults failed
};

/// Least J = observation terms of the sites + background of every group, by Gauss-Newton searches that advance
/// together. Collective.
std::vector<GroupFit> fit_groups(Quadratics& quadratics, const std::vector<SiteGroup>& groups, int iterations);

}  // namespace tilth
