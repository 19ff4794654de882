#pragma once

#include "driver/calibrate/run_pool.hpp"
#include "driver/calibrate/sensitivity_design.hpp"
#include "driver/calibrate/site_metrics.hpp"
#include "io/table.hpp"

namespace tilth {

/// Parameter sets of one site and what their runs gave.
struct SiteSample {
  calibration::Matrix unit, z;   ///< row x parameter
  calibration::Matrix values;    ///< row x chosen metric; not-a-number where there is none
  std::vector<bool> failed;      ///< runs
  calibration::Index known = 0;  ///< rows whose results were read from a file
};

/// All runs of a sensitivity analysis.
struct SensitivityRuns {
  std::vector<SiteMetric> metrics;  ///< those chosen
  std::vector<SiteSample> sites;
};

/// Design of the method at a site.
MethodDesign method_design(const SiteRuns& runs, int site, const SensitivityOptions& options, std::uint64_t seed);

/// Runs what has to be run, at all sites. `where`: of the options, starts messages. Collective.
SensitivityRuns sensitivity_runs(RunPool& pool, const SensitivityOptions& options, MetricRules rules,
                                 std::uint64_t seed, const std::string& where);

/// Columns of the design with results, for `write_design`.
std::vector<TableColumn> design_columns(const SensitivityRuns& sample, const SiteRuns& runs);

}  // namespace tilth
