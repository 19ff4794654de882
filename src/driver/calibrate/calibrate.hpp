#pragma once

#include <string>
#include <vector>

#include "assim/calibration/cost/posterior.hpp"
#include "driver/calibrate/options.hpp"
#include "driver/calibrate/scale_scores.hpp"
#include "driver/calibrate/searches.hpp"

namespace tilth {

/// What a parameter came to in one problem; physical values are of the dominant type of its first site.
struct ParameterEstimate {
  double prior = 0.0, prior_sd = 0.0;                   ///< physical
  double value = 0.0, sd = 0.0, low = 0.0, high = 0.0;  ///< physical; 95 % interval
  double z = 0.0, z_sd = 0.0, z_low = 0.0, z_high = 0.0;
  int at_bound = 0;  ///< -1 lower, 1 upper
};

/// What came of one problem.
struct ProblemResult {
  Problem problem;
  SearchResult search;
  SearchHistory history;
  std::vector<StreamCount> counts;
  SetResult prior, posterior;  ///< J at z = 0 and at the best set
  double background = 0.0;     ///< of J at the best set
  std::vector<ParameterEstimate> parameters;
  std::string interval_of;           ///< curvature, ensemble or chain; empty: none
  calibration::Posterior curvature;  ///< empty where a run for it failed
  calibration::Matrix correlation;   ///< of the posterior
  calibration::Equifinality equifinality;
};

/// Scores at a site, with the default and the found parameters.
struct SiteFit {
  int site = 0;
  std::size_t problem = 0;
  SiteScores prior, posterior;
};

/// What a calibration found.
struct CalibrationResults {
  std::vector<ProblemResult> problems;
  std::vector<SiteFit> sites;
  std::vector<StreamRule> rules;
  std::vector<FailedRun> failed;
  calibration::Matrix truth;  ///< z of each site; empty unless a twin
};

/// Prior of z from the options. @throws Error for unknown parameters
PriorRule prior_rule(const CalibrationOptions& options, const std::vector<CalibrationParameter>& parameters);

/// Searches, then looks at curvature, intervals and scores. Collective; run again on the journal of a stopped run it
/// goes on.
CalibrationResults calibrate(RunPool& pool, const CalibrationOptions& options, const std::vector<StreamRule>& rules,
                             std::uint64_t seed);

/// Curvature, intervals, equifinality of a finished search. Collective.
void describe_posterior(ProblemCosts& costs, const CalibrationOptions& options, std::size_t p, ProblemResult& result);

}  // namespace tilth
