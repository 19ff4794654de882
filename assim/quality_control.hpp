#pragma once

#include "core/config/schema.hpp"
#include "core/obs/obs_table.hpp"

namespace tilth {

/// Checks of one observation stream (`observations[].qc`). They set flags and drop nothing.
struct QualityControlOptions {
  std::vector<double> valid_range;  ///< empty: the operator's
  bool background_check = true;
  double departure_limit = 4.0;
  void describe(Schema& s);
};

/// Flags observations of stream `type` that are not finite or outside [lower, upper] (qc_bad_value).
void check_values(ObsTable& table, int type, double lower, double upper);

/// Flags observations of stream `type` whose prediction is not finite for some member (qc_no_prediction).
void check_predictions(ObsTable& table, int type);

/// Flags observations of stream `type` whose departure from the mean prediction is larger than
/// `departure_limit` * sqrt(spread^2 + error^2) (qc_background). Observations without value or prediction are passed
/// over.
void check_background(ObsTable& table, int type, double departure_limit);

}  // namespace tilth
