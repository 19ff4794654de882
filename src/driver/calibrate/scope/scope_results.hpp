#pragma once

#include <string>
#include <vector>

#include "driver/calibrate/scale_scores.hpp"
#include "driver/calibrate/scope/scope_parameters.hpp"
#include "io/table.hpp"

namespace tilth {

/// Scores of one site with the parameters of one scope.
struct ScopeSiteScores {
  std::string scope;
  bool held_out = false;  ///< the site took no part in what gave the parameters
  int site = 0;
  SiteScores scores;
};

/// Runs every site with the parameters of every scope and scores it. Collective.
std::vector<ScopeSiteScores> scope_scores(RunPool& pool, const std::vector<ScopeParameters>& parameters);

/// Medians over the sites that have a score.
struct ScopeMedian {
  std::string scope, stream;
  bool held_out = false;
  Years years = Years::training;
  Scale scale = Scale::day;
  int sites = 0;
  ScaleScore median;  ///< its n: pairs of all sites
};
std::vector<ScopeMedian> scope_medians(const SiteRuns& runs, const std::vector<ScopeSiteScores>& scores);

/// How much worse the networks do when a feature is exchanged between sites: mean and spread over the members.
struct FeatureImportance {
  std::string scope, feature;
  double mean = 0.0, spread = 0.0;
};
/// Of networks of all sites. The loss of `learned` is the mean square departure from the site optima, that of
/// `learned_end_to_end` J / observations of runs of the model. Collective.
std::vector<FeatureImportance> feature_importance(Quadratics& quadratics, const ScopeSites& sites,
                                                  const LearnedMaps& maps, std::uint64_t seed);

/// Everything a scope experiment found.
struct ScopeResults {
  std::vector<ScopeParameters> parameters;
  std::vector<ScopeSiteScores> scores;
  std::vector<ScopeMedian> medians;
  std::vector<FeatureImportance> importance;
  calibration::Matrix truth;  ///< of a twin: site x parameter; else empty
};

/// Writes scopes.nc, and its tables as scopes.csv (the medians), scope_sites.csv, scope_parameters.csv and
/// features.csv, into a folder. Collective.
void write_scopes(const Comm& comm, const std::string& folder, const SiteRuns& runs, const ScopeSites& sites,
                  const ScopeResults& results);

/// The medians of NSE by day as lines of text: scopes by streams, held-out sites beside all, validation years where
/// there are any.
std::string scope_table(const SiteRuns& runs, const std::vector<ScopeMedian>& medians);

}  // namespace tilth
