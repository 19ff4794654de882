#pragma once

#include <string>
#include <utility>
#include <vector>

#include "driver/calibrate/sensitivity_runs.hpp"

namespace tilth {

/// A site, or sites whose mean result is looked at.
struct MetricGroup {
  std::string name;
  std::vector<int> sites;
};

/// Every site (`site`), the sites of each dominant plant functional type (`pft`), and all of them (`all`).
std::vector<MetricGroup> metric_groups(const SiteRuns& runs, const std::vector<std::string>& words);

/// Design and results of a metric for a group: the mean over its sites that know the metric; a run that failed at one
/// of them counts as failed. No values: no site knows it. @throws Error when the designs of the sites differ
std::pair<calibration::Matrix, calibration::Vector> group_sample(const SensitivityRuns& all, const MetricGroup& group,
                                                                 int metric, const SensitivityOptions& options);

}  // namespace tilth
