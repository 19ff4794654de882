#pragma once

#include <functional>
#include <span>
#include <vector>

#include "assim/field/field_problem.hpp"
#include "assim/methods/analysis_method.hpp"
#include "core/obs/obs_table.hpp"
#include "driver/members.hpp"

namespace tilth {

/// What happens to spread after an update, and the key of what is drawn for it.
struct PosteriorOptions {
  const AnalysisOptions* options = nullptr;  ///< null: spread is left as the update made it
  std::vector<double> initial_parameter_sd;  ///< of every (uncertain parameter, unit)
  std::span<const double> rotation = {};     ///< N x N, empty: none
  AnalysisKey key;
};

/// Updates rows that columns share from statistics; `unit` is a PFT, or pft_count for the global rows.
using SharedUpdate = std::function<void(int unit, const ObsGram& gram, int members, std::span<double* const> rows)>;

/// Updates per-PFT and global parameters from the statistics of all used observations (flag 0) this rank owns, summed
/// reproducibly over ranks. An observation counts for a PFT by the fraction of its cell the PFT covers. `perturbs`: the
/// statistics of keyed perturbations are summed too. Collective.
void update_shared_parameters(Members& members, const SharedUpdate& update, bool perturbs,
                              const PosteriorOptions& posterior, const ObsTable& obs);

/// Per-PFT and global parameters as a method sees that updates them together with the columns: one set per unit, with
/// the cover of its PFT in every column and the weight of every observation of `obs`.
std::vector<SharedRows> shared_rows(Members& members, const ObsTable& obs);

/// Per-PFT and global rows that the analysis updates, by unit (pft_count: the global ones), in a fixed order.
std::vector<std::vector<double*>> updated_shared_rows(ParameterSet& parameters);

/// Impact of every own observation through the update of the shared parameters (see assim/observation_impact.hpp):
/// `direction[unit]` is g of the unit's rows, N values. Collective.
std::vector<double> shared_impacts(Members& prior, const ObsTable& obs, double prior_weight,
                                   std::span<const std::vector<double>> direction);

/// Relaxes the shared parameters after the last pass of an iteration towards those before the first. Collective.
void relax_shared_parameters(Members& members, const ParameterSet& prior, const PosteriorOptions& posterior);

/// Relaxation and floor of a parameter's spread after an update.
void keep_parameter_spread(const AnalysisOptions& options, std::span<const double> prior, std::span<double> row,
                           double initial_sd);

}  // namespace tilth
