#pragma once

#include "assim/field/field_problem.hpp"
#include "assim/methods/analysis_method.hpp"

namespace tilth {

/// Runs a method of local problems over a field: observation halo, batches of neighbouring columns, one local problem
/// per column and class of rows (LocalisationRules). Without localisation the statistics of all observations are summed
/// once over ranks (reproducibly) and every row is updated from them. `weight` multiplies the inverse error variance of
/// every observation (and divides the variance of perturbations). Collective.
void analyse_locally(const AnalysisMethod& method, FieldProblem& problem, double weight = 1.0);

/// Used observations as a method sees them: anomalies, departures, variances, and (for methods that perturb) keyed
/// perturbations with the observation's error variance, centred over members (unless the table gives them).
struct PreparedObs {
  PreparedObs(const ObsTable& table, bool perturb, const AnalysisKey& key);
  ObsSpace space() const { return {members, stride, Y, d, variance, E}; }
  int members = 0, stride = 0;
  AlignedVector<double> Y, E;
  std::vector<double> d, variance;
};

}  // namespace tilth
