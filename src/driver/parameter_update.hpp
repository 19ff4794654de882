#pragma once

#include <vector>

#include "assim/methods/analysis_method.hpp"
#include "core/obs/obs_table.hpp"
#include "driver/members.hpp"

namespace tilth {

/// Updates per-PFT and global parameters from the statistics of all used observations (flag 0) this rank owns, summed
/// reproducibly over ranks. An observation counts for a PFT by the fraction of its cell the PFT covers. Collective.
void update_shared_parameters(Members& members, const AnalysisMethod& method, const ObsTable& obs,
                              const std::vector<double>& initial_sd);

/// Relaxation and floor of a parameter's spread after an update.
void keep_parameter_spread(const AnalysisOptions& options, std::span<const double> prior, std::span<double> row,
                           double initial_sd);

}  // namespace tilth
