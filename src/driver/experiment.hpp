#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/config/schema.hpp"
#include "core/grid/decomposition.hpp"
#include "driver/calibrate/options.hpp"
#include "driver/calibrate/sensitivity_options.hpp"
#include "driver/experiment_options.hpp"
#include "driver/sets/set_options.hpp"

namespace tilth {

/// Every option of a run, resolved and validated once; immutable afterwards.
struct Experiment {
  RunOptions run;
  TimeOptions time;
  GridOptions grid;
  Choice<LandModel> model{.name = "daily", .make = {}};
  ForcingOptions forcing;
  EnsembleOptions ensemble;
  ControlOptions control;
  std::vector<ObservationOptions> observations;
  AnalysisOptions analysis;
  SpinupOptions spinup;
  NatureOptions nature;
  VerificationOptions verification;
  SetOptions set;
  ImpactOptions impact;
  CalibrationOptions calibration;
  SensitivityOptions sensitivity;
  OutputOptions output;

  std::string file;                      ///< the experiment file
  std::vector<std::string> assignments;  ///< what `--set` changed of it
  std::string resolved;                  ///< every option as YAML

  void describe(Schema& s);
  /// Reads and checks `file` with `--set` assignments. Throws `Error`. Same result on every rank.
  static Experiment load(const std::string& file, const std::vector<std::string>& assignments);

  std::int64_t windows() const { return (time.end - time.start + time.window_s - 1) / time.window_s; }
  Time window_begin(std::int64_t cycle) const { return time.start + cycle * time.window_s; }
  Time window_end(std::int64_t cycle) const;
};

/// The configuration reference page.
std::string configuration_reference();

}  // namespace tilth
