#pragma once

#include <string>
#include <vector>

#include "driver/calibrate/scope/scope_sites.hpp"

namespace tilth {

/// Parameters that a scope gives to sites.
struct ScopeParameters {
  std::string scope;
  int fold = -1;                  ///< learned without it; -1: from all sites
  std::vector<int> sites;         ///< with a row each: those held out, or all where fold is -1
  calibration::Matrix z, spread;  ///< site x parameter; spread over a network ensemble, else 0
};

/// Networks that were learned from the sites outside of a fold.
struct LearnedMaps {
  std::string scope;
  int fold = -1;
  std::vector<calibration::ParameterMap> map;  ///< one, standardised by its training sites
  std::vector<calibration::Vector> weights;    ///< of the members
  std::vector<double> cost;                    ///< of the members: that of their mean at its sites
};

/// Parameters of all scopes but the learned ones, for all sites (fold -1) and for the sites of every fold. Collective.
std::vector<ScopeParameters> shared_parameters(Quadratics& quadratics, const ScopeSites& sites,
                                               const ScopeOptions& options, std::uint64_t seed);

/// Learns the networks of one scope, of all folds together. Collective.
std::vector<LearnedMaps> learned_maps(Quadratics& quadratics, const ScopeSites& sites, const ScopeOptions& options,
                                      const std::string& scope, std::uint64_t seed);

/// What they give to sites.
ScopeParameters learned_parameters(const SiteRuns& runs, const ScopeSites& sites, const LearnedMaps& maps);

/// Mean and spread (N - 1) of the members at rows of features.
void ensemble_parameters(const LearnedMaps& maps, const calibration::Matrix& features, calibration::Matrix& mean,
                         calibration::Matrix& spread);

}  // namespace tilth
