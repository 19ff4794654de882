#pragma once

#include <cstdint>
#include <string>

#include "core/config/schema.hpp"

namespace tilth {

/// `observations[].error:` what the errors of a stream are beyond the instrument's standard deviation.
struct ErrorOptions {
  std::int64_t correlation_time_s = 0;  ///< e-folding time of an AR(1) sequence per place; 0: independent in time
  double correlation = 1.0;             ///< between the errors of observations that are averaged
  double representativeness = 0.0;      ///< sub-grid standard deviation at the smaller of footprint and cell
  double footprint_km = 0.0;            ///< side of the footprint; 0: a point
  void describe(Schema& s);
};

/// `observations[].qc:` how departures that fit badly are weighed down.
struct RobustOptions {
  std::string robust = "none";  ///< none | huber | varqc
  double threshold = 1.5;       ///< in units of sqrt(spread^2 + error^2)
  void describe(Schema& s);
};

/// `observations[].superob:` and `observations[].thinning:` boxes of space and time, within a column.
struct BoxOptions {
  double cell_km = 0.0;         ///< side of a box within the column; 0: the whole column
  std::int64_t interval_s = 0;  ///< length of a box, counted from 1970-01-01; 0: the whole window
  void describe(Schema& s);
};

/// Everything about the observation error of one stream; its sections are options of `observations[]`.
struct ObsErrorOptions {
  ErrorOptions error;
  RobustOptions qc;
  BoxOptions superob, thinning;
  bool superobs = false, thins = false;  ///< whether the sections are given
  void describe(Schema& s);
  /// Whether the analysis sees anything else than the observations as they are.
  bool changes_observations() const { return superobs || qc.robust != "none" || error.correlation_time_s > 0; }
};

}  // namespace tilth
