#pragma once

#include "driver/calibrate/sensitivity_indices.hpp"

namespace tilth {

/// A finished analysis.
struct SensitivityResult {
  SensitivityRuns runs;
  std::vector<MetricGroup> groups;
  std::vector<std::vector<MetricIndices>> indices;  ///< [group][metric]
};

/// Tables of a result for sensitivity.nc: `index` (group, metric, parameter, measures), `pair`, `curve`, `metric`
/// (runs, emulator) and `failed`.
std::vector<Table> sensitivity_tables(const SensitivityResult& result, const SiteRuns& runs,
                                      const SensitivityOptions& options);

/// Writes `folder/sensitivity.nc`, `sensitivity.json`, and the design. Collective.
void write_sensitivity(const Comm& comm, const std::string& folder, const SensitivityResult& result,
                       const SiteRuns& runs, const SensitivityOptions& options);

/// What a reader wants to see first: the strongest parameters of every metric, and what is missing.
std::string sensitivity_summary(const SensitivityResult& result, const SiteRuns& runs,
                                const SensitivityOptions& options);

}  // namespace tilth
