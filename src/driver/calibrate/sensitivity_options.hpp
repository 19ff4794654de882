#pragma once

#include <string>
#include <vector>

#include "assim/calibration/sensitivity/sobol_indices.hpp"
#include "core/config/schema.hpp"
#include "driver/calibrate/emulator_options.hpp"

namespace tilth {

/// `sensitivity.method.one_at_a_time:`
struct OneAtATimeSettings {
  int levels = 5;
  void describe(Schema& s);
};

/// `sensitivity.method.morris:`
struct MorrisSettings {
  int trajectories = 20, levels = 4;
  void describe(Schema& s);
};

/// `sensitivity.method.sobol:`
struct SobolSettings {
  int points = 256;
  bool second_order = false;
  std::string estimator = "jansen";
  void describe(Schema& s);
};

/// `sensitivity.emulator:`
struct SensitivityEmulator {
  int runs = 0;
  EmulatorSettings settings;
  void describe(Schema& s);
};

/// `sensitivity:` which parameters matter for which results.
struct SensitivityOptions {
  enum class Method { one_at_a_time, morris, sobol };
  std::string method = "morris";
  OneAtATimeSettings one_at_a_time;
  MorrisSettings morris;
  SobolSettings sobol;
  bool on_emulator = false;
  SensitivityEmulator emulator;
  std::vector<std::string> metrics{"all"}, groups{"site"};
  std::string sample = "uniform", design;
  int smoothing_days = 15, resamples = 200;

  Method kind() const;
  void describe(Schema& s);
};

}  // namespace tilth
