#pragma once

#include <string>
#include <vector>

#include "core/config/schema.hpp"

namespace tilth {

/// `calibration.clusters:` groups of similar sites that share parameters.
struct ClusterScopeOptions {
  std::string method = "k_means";
  int count = 4;
  bool residuals = true;  ///< what the prior run gets wrong counts as a feature of the training sites
  void describe(Schema& s);
};

/// `calibration.network:` maps features of a place to parameters.
struct NetworkOptions {
  std::vector<double> hidden{8};                            ///< units of the hidden layers
  int members = 5;                                          ///< networks of an ensemble, with other first weights
  int iterations = 12;                                      ///< linearisations of the model
  std::vector<double> decay{1e-6, 1e-5, 1e-4, 1e-3, 1e-2};  ///< the one that is best at inner folds is used
  int inner_folds = 5;                                      ///< parts of the training sites that choose it
  int patience = 3;                                         ///< linearisations without a gain
  bool warm_start = true;                                   ///< from runs at the site optima
  void describe(Schema& s);
};

/// `calibration.simulations:` daily series in files with the names of CalLMIP.
struct SimulationOptions {
  bool on = false;  ///< the section is given
  int members = 20;
  std::string phase = "Phase1b", scenario = "Scen1";
  void describe(Schema& s);
};

/// Scope experiments over many sites; part of `calibration:`.
struct ScopeOptions {
  std::vector<std::string> scopes;  ///< empty: none
  int folds = 5;
  std::vector<std::string> features;
  std::vector<std::string> feature_streams;  ///< whose mean observation is a feature
  ClusterScopeOptions clusters;
  NetworkOptions network;
  SimulationOptions simulations;
  std::string map_grid;  ///< experiment file; empty: no maps
  int iterations = 15;   ///< of a Gauss-Newton search

  ScopeOptions();
  void describe(Schema& s);
};

/// Scopes in the order of the table.
const std::vector<std::string>& scope_names();

}  // namespace tilth
