#pragma once

#include <string>
#include <vector>

#include "driver/calibrate/scope/group_fits.hpp"
#include "driver/calibrate/scope/map_fit.hpp"
#include "driver/calibrate/scope/site_features.hpp"

namespace tilth {

/// What scope experiments are made of: sites that run, their types, features, folds, and the calibration of each.
struct ScopeSites {
  std::vector<int> sites;  ///< whose run at the defaults does not fail and has observations that train
  std::vector<int> left_out;
  std::vector<int> pft;      ///< dominant type, by site number
  std::vector<int> fold_of;  ///< by site number, -1: left out
  int folds = 0;
  FeatureTable features;        ///< of all sites
  calibration::Matrix misfits;  ///< of the prior run: per stream mean and mean square departure over the error, by site
  std::vector<GroupFit> optima;  ///< by site number

  /// Sites outside of a fold; -1: all.
  std::vector<int> training(int fold) const;
  std::vector<int> held_out(int fold) const;
};

/// Runs the prior and calibrates every site. Collective.
ScopeSites scope_sites(Quadratics& quadratics, const ScopeOptions& options, FeatureTable features, std::uint64_t seed);

}  // namespace tilth
