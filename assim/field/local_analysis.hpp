#pragma once

#include "assim/field/field_problem.hpp"
#include "assim/methods/analysis_method.hpp"

namespace tilth {

/// What a caller of `analyse_locally` may change of the observations.
struct LocalAnalysisOptions {
  double weight = 1.0;             ///< factor on the inverse error variance of all (divides that of perturbations)
  bool about_mean_member = false;  ///< anomalies and departures about ObsTable::hx_mean. @pre it is filled
};

/// Runs a method of local problems over a field: observation halo, batches of neighbouring columns, one local problem
/// per column and class of rows (LocalisationRules). Without localisation the statistics of all observations are summed
/// once over ranks (reproducibly) and every row is updated from them. Collective.
void analyse_locally(const AnalysisMethod& method, FieldProblem& problem, const LocalAnalysisOptions& options = {});

/// Statistics of all used observations of the window, over all ranks, whatever their distance. Collective.
ObsGram window_gram(const FieldProblem& problem, bool perturb = false, const LocalAnalysisOptions& options = {});

/// Used observations as a method sees them: anomalies, departures, variances, and (for methods that perturb) keyed
/// perturbations with the observation's error variance, centred over members (unless the table gives them).
/// `about_mean_member`: anomalies and departures about the prediction of the mean member (hx_mean), not about the mean
/// of the predictions.
struct PreparedObs {
  PreparedObs(const ObsTable& table, bool perturb, const AnalysisKey& key, bool about_mean_member = false);
  ObsSpace space() const { return {members, stride, Y, d, variance, E, centred}; }
  int members = 0, stride = 0;
  bool centred = true;
  AlignedVector<double> Y, E;
  std::vector<double> d, variance;
};

}  // namespace tilth
