#pragma once

#include "driver/calibrate/scope/scope_results.hpp"

namespace tilth {

/// What a scope experiment made, for maps and simulations too.
struct ScopeExperiment {
  ScopeSites sites;
  ScopeResults results;
  std::vector<LearnedMaps> maps;           ///< of all sites: one per learned scope
  std::vector<LearnedMaps> held_out_maps;  ///< of the last learned scope: one per fold
};

/// Calibrates in every scope, with every fold of the sites held out in turn, and scores what comes out. Collective;
/// run again on the journal of a stopped run it goes on.
ScopeExperiment run_scopes(RunPool& pool, const ScopeCosts& costs, const ScopeOptions& options, FeatureTable features,
                           std::uint64_t seed);

}  // namespace tilth
