#pragma once

#include "driver/calibrate/sensitivity_files.hpp"

namespace tilth {

/// Runs the design, measures effects on every metric, writes the files in `folder`. `where`: of the options, starts
/// messages. Collective.
SensitivityResult analyse_sensitivity(RunPool& pool, const SensitivityOptions& options, const MetricRules& rules,
                                      std::uint64_t seed, const std::string& folder, const std::string& where);

}  // namespace tilth
