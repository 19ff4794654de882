#include "assim/quality_control.hpp"

#include <cmath>

#include "assim/inflation.hpp"
#include "core/base/error.hpp"

namespace tilth {

void QualityControlOptions::describe(Schema& s) {
  s.reals("valid_range", valid_range)
      .about("Lower and upper bound of a plausible value, in the operator's units; empty: the operator's own range.");
  s.flag("background_check", background_check).about("Flag observations far from the ensemble (qc_background).");
  s.real("departure_limit", departure_limit)
      .in(1.0, 100.0)
      .about("Largest departure in units of sqrt(spread^2 + error^2) that passes the background check.");
  if (!s.is_reading()) return;
  require(valid_range.empty() || (valid_range.size() == 2 && valid_range[0] < valid_range[1]), s.path(),
          ".valid_range: expected [lower, upper] with lower < upper; leave it out to use the operator's own range");
}

void check_values(ObsTable& table, int type, double lower, double upper) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table.type[i] != type) continue;
    const double value = table.value[i];
    if (!(value >= lower && value <= upper)) table.flag[i] |= qc_bad_value;  // NaN fails both comparisons
  }
}

void check_predictions(ObsTable& table, int type) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table.type[i] != type) continue;
    const double* hx = table.predictions(i);
    bool finite = true;
    for (int k = 0; k < table.members; ++k) finite = finite && std::isfinite(hx[k]);
    if (!finite) table.flag[i] |= qc_no_prediction;
  }
}

void check_background(ObsTable& table, int type, double departure_limit) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table.type[i] != type || (table.flag[i] & (qc_bad_value | qc_no_prediction))) continue;
    const std::span<const double> hx(table.predictions(i), std::size_t(table.members));
    const double spread = member_spread(hx), departure = table.value[i] - member_mean(hx);
    const double variance = spread * spread + table.error_sd[i] * table.error_sd[i];
    if (departure * departure > departure_limit * departure_limit * variance) table.flag[i] |= qc_background;
  }
}

}  // namespace tilth
