#pragma once

#include <functional>
#include <span>
#include <vector>

#include "assim/field/localisation_rules.hpp"
#include "core/obs/obs_table.hpp"
#include "driver/domain.hpp"

namespace tilth {

/// What a verified forecast says about one quantity of a column.
struct VerifiedRow {
  std::vector<double> anomalies;  ///< of the members of the forecast from the prior, N
  double error = 0.0;             ///< C (e_a + e_b): its weight in the norm times the sum of both errors
  int kind = 0;                   ///< of LocalisationRules
};

/// The analysis whose impact is asked for, as it was made.
struct JudgedAnalysis {
  const Domain& domain;
  const LocalisationRules& rules;
  const ObsTable& seen;             ///< own observations as they were analysed
  std::span<const double> factors;  ///< on the anomalies of the columns; empty: none
  double prior_weight = 0.0;
};

/// Impact of every own observation through the update of the columns (assim/observation_impact.hpp), summed over the
/// columns it reaches: the same bits for any number of ranks. 0 for observations that were not used. Collective.
std::vector<double> column_impacts(const JudgedAnalysis& analysis,
                                   const std::function<std::vector<VerifiedRow>(int column)>& rows);

/// g of some rows: sum of error times anomalies, N values.
std::vector<double> error_direction(std::span<const VerifiedRow> rows, int members);

}  // namespace tilth
