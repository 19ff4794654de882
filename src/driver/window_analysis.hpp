#pragma once

#include <string>
#include <vector>

#include "core/obs/obs_table.hpp"
#include "driver/members.hpp"
#include "driver/products.hpp"
#include "io/feedback.hpp"

namespace tilth {

/// What one analysis did, over all ranks: identical on every rank and for any rank count.
struct AnalysisSummary {
  double water_increment_kg_m2 = 0.0;  ///< area-mean water added by the analysis
  double carbon_increment_g_m2 = 0.0;  ///< area-mean carbon added by the analysis
  std::int64_t updated_columns = 0;
  std::int64_t clipped = 0;
};

/// Which rows of a tile the analysis updates, and in which transform.
struct ControlRow {
  int row = 0;
  Transform transform;
  double lower = 0.0, upper = 0.0;
};
std::vector<ControlRow> control_rows(const Experiment& experiment, const ModelTraits& traits);

/// Flags observations that cannot be used and fills prior mean and spread of the feedback.
FeedbackColumns check_observations(const Domain& domain, ObsTable& obs);

/// Updates states, products of the window and parameters of all members with the observations whose flag is 0; fills
/// the posterior statistics of the feedback. Steps 6 to 9 of a cycle. Collective.
AnalysisSummary analyse_window(Members& members, const AnalysisMethod& method, const std::vector<ControlRow>& control,
                               ObsTable& obs, Products& products, FeedbackColumns& feedback,
                               const std::vector<double>& initial_parameter_sd);

/// Spread of every (uncertain parameter, unit) row, for the spread floor.
std::vector<double> parameter_spreads(ParameterSet& parameters);

}  // namespace tilth
