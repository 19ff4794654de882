#pragma once

#include "assim/calibration/history/history_matching.hpp"
#include "driver/calibrate/methods/feature_targets.hpp"

namespace tilth {

/// Designs of waves with the metrics of their runs.
struct WaveDesigns {
  std::vector<calibration::Matrix> z, metrics;
  void add(const calibration::Matrix& rows, const calibration::Matrix& results) {
    z.push_back(rows);
    metrics.push_back(results);
  }
};

/// A sentence per wave: volume and its error, levels of the sampler, emulators with their checks.
std::vector<std::string> wave_notes(const std::vector<calibration::WaveReport>& waves, const FeatureTargets& targets);

/// Tables `wave` (volume), `wave_metric` (target, check of the emulator, whether it was used) and `wave_design`.
/// `parameters`: names; empty: numbers.
std::vector<Table> wave_tables(const std::vector<calibration::WaveReport>& waves, const FeatureTargets& targets,
                               const WaveDesigns& designs, const std::vector<std::string>& parameters);

}  // namespace tilth
