#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "core/base/time.hpp"
#include "core/config/schema.hpp"
#include "driver/instrument/sampling_options.hpp"

namespace tilth {

/// `simulate.clouds:` how clouds hang together. Their probability is that of the cell's weather in either case.
struct CloudOptions {
  double correlation_km = 0.0;     ///< 0: every cell on its own
  std::int64_t persistence_s = 0;  ///< 0: every day on its own
  bool are_patches() const { return correlation_km > 0.0; }
  void describe(Schema& s);
};

/// Errors that a simulated instrument makes, options of `simulate`. What the assimilation assumes is in the stream.
struct InstrumentErrors {
  double bias = 0.0, bias_drift_per_year = 0.0;     ///< units of the operator
  double bias_relative = 0.0;                       ///< share of the truth
  double bias_sd = 0.0, bias_correlation_km = 0.0;  ///< a constant pattern in space; 0 km: every place on its own
  double error_scale = 1.0;                         ///< errors made over errors stated
  double correlation_km = 0.0;                      ///< of the instrument's errors; 0: every place on its own
  std::int64_t correlation_time_s = -1;             ///< -1: as the stream assumes
  double error_sd = -1.0, error_relative = -1.0;    ///< of one footprint; -1: as the stream
  double footprint_km = 0.0;                        ///< side; 0: a value stands for the whole cell
  double footprint_correlation = 0.0;               ///< between the errors of the footprints of a cell
  double representativeness = 0.0;                  ///< standard deviation of footprints within a cell
  double representativeness_relative = 0.0;         ///< the same as a share of the truth
  double landscape_km = 0.0;                        ///< footprints closer than this are alike; 0: each is its own
  bool counts_footprints() const { return footprint_km > 0.0; }
  void describe(Schema& s);
};

/// `observations[].simulate:` sampling and error of an instrument.
struct SimulateOptions {
  std::string instrument = "none";
  SamplingOptions sampling;
  std::int64_t every_s = seconds_per_day;
  double coverage = 1.0;                                              ///< share of cells seen each time
  double cloud_sensitivity = 0.0;                                     ///< 1: seen with probability clear-sky index
  double view_zenith_deg = std::numeric_limits<double>::quiet_NaN();  ///< largest angle of view; NaN: none is given
  CloudOptions clouds;
  InstrumentErrors errors;
  void describe(Schema& s);
};

}  // namespace tilth
