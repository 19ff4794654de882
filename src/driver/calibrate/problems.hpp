#pragma once

#include <string>
#include <vector>

#include "driver/calibrate/run_pool.hpp"

namespace tilth {

/// Sites that share one set of parameters.
struct Problem {
  std::string name;
  std::vector<int> sites;  ///< ascending, at least one
};

/// By the words of `calibration.scope`: site, each for itself; pft, those with the same dominant plant functional type;
/// global, all together.
std::vector<Problem> problems_of(const std::string& scope, const SiteRuns& runs);

/// Index of the plant functional type that covers most of a site, bare ground only where nothing grows.
int main_vegetation(const GridPoint& point);

/// Bounds that all sites of a problem allow.
calibration::Box box_of(const SiteRuns& runs, const Problem& problem);

}  // namespace tilth
