#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/time.hpp"
#include "driver/calibrate/methods/calibration_method.hpp"
#include "driver/calibrate/scope/scope_options.hpp"

namespace tilth {

/// One item of `calibration.correlations:` of the prior.
struct CorrelationOptions {
  std::vector<std::string> between;
  double value = 0.0;
  void describe(Schema& s);
};

/// One parameter of `calibration.twin.parameters:`.
struct TwinValue {
  double z = 0.0;
  void describe(Schema& s);
};

/// `calibration.twin:` observations that the model itself makes with known parameters.
struct TwinOptions {
  std::vector<std::pair<std::string, TwinValue>> parameters;
  bool noise = true, drawn = false, of_features = false;
  std::int64_t seed = 1;
  void describe(Schema& s);
};

/// `calibration:`
struct CalibrationOptions {
  Choice<CalibrationMethod> method{.name = "cma_es", .make = {}};
  std::string scope = "site", start = "once", parameter_table;
  std::int64_t warmup_s = 365 * seconds_per_day;
  double bounds_sd = 3.0, equifinality = 2.0, difference_step = 0.02;
  bool background = true, twins = false;
  std::vector<CorrelationOptions> correlations;
  std::vector<std::string> training_words;
  std::vector<std::pair<Time, Time>> training;  ///< of the words
  TwinOptions twin;
  ScopeOptions scopes;
  void describe(Schema& s);
};

}  // namespace tilth
