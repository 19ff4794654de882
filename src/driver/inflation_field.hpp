#pragma once

#include <vector>

#include "assim/field/localisation_rules.hpp"
#include "core/obs/obs_table.hpp"
#include "driver/domain.hpp"

namespace tilth {

/// Adaptive inflation of the prior (`analysis.inflation.adaptive`): one factor on the covariance per column, learnt
/// from departures and kept from window to window. docs/methods/inflation.md.
class InflationField {
 public:
  explicit InflationField(const Domain& domain);

  bool is_on() const { return options_->method != "none"; }
  /// Learns from the used observations of a window, whose predictions are not inflated yet. Collective.
  void learn(const ObsTable& obs, const LocalisationRules& rules);
  /// Factor on the anomalies of each of this rank's columns: sqrt(lambda).
  std::vector<double> factors() const;
  /// Multiplies the anomalies of predictions by the factor of their column.
  void inflate_predictions(ObsTable& obs) const;
  /// Covariance factor of a column.
  double lambda(int column) const { return memory_[2 * std::size_t(column)]; }

  /// Mean and spread of the estimate of every column, for restart files: [column][2].
  std::vector<double>& memory() { return memory_; }

 private:
  void learn_globally(const ObsTable& obs);
  void learn_by_column(const ObsTable& obs, const LocalisationRules& rules);

  const Domain* domain_;
  const AdaptiveInflationOptions* options_;
  std::vector<double> memory_;
};

}  // namespace tilth
