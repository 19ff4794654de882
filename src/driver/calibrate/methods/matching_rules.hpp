#pragma once

#include "assim/calibration/history/history_matching.hpp"
#include "driver/calibrate/emulator_options.hpp"

namespace tilth {

/// Options that history matching of model runs and of files have in common.
struct MatchingRules {
  double cutoff = 3.0;
  int nth = 1, sample = 500, draws = 20000, chains = 1000, steps = 12;
  bool pool = true;
  EmulatorSettings emulator;

  void describe(Schema& s);
  /// `runs`: of a wave.
  calibration::HistoryOptions options(calibration::Index runs, std::uint64_t seed) const;
};

}  // namespace tilth
