#include "driver/calibrate/methods/wave_tables.hpp"

#include <cmath>

#include <fmt/format.h>

namespace tilth {

using calibration::Index;
using calibration::WaveReport;

namespace {

using Numbers = std::vector<double>;
using Words = std::vector<std::string>;

Table volume_table(const std::vector<WaveReport>& waves, const WaveDesigns& designs) {
  Numbers number, volume, error, kept, levels, runs, failed;
  for (std::size_t w = 0; w < waves.size(); ++w) {
    number.push_back(double(w + 1));
    volume.push_back(waves[w].volume);
    error.push_back(waves[w].relative_error);
    kept.push_back(waves[w].kept);
    levels.push_back(waves[w].levels);
    runs.push_back(double(designs.z[w].rows()));
    failed.push_back(double(waves[w].failed.size()));
  }
  return {"wave",
          {{"number", "1", "number of the wave", number},
           {"volume", "1", "part of the box not ruled out after it", volume},
           {"relative_error", "1", "standard error of the volume over it", error},
           {"kept", "1", "part of the volume before it", kept},
           {"levels", "1", "of the sampler; 0: by rejection", levels},
           {"runs", "1", "parameter sets run", runs},
           {"failed", "1", "of these failed", failed}}};
}

Table metric_table(const std::vector<WaveReport>& waves, const FeatureTargets& targets) {
  Numbers number, value, observation, structural, q2, coverage, used;
  Words names;
  for (std::size_t w = 0; w < waves.size(); ++w)
    for (std::size_t m = 0; m < targets.targets.size(); ++m) {
      number.push_back(double(w + 1));
      names.push_back(targets.names[m]);
      value.push_back(targets.targets[m].value);
      observation.push_back(std::sqrt(targets.targets[m].observation_variance));
      structural.push_back(std::sqrt(targets.targets[m].structural_variance));
      q2.push_back(waves[w].emulators[m].q2);
      coverage.push_back(waves[w].emulators[m].coverage);
      used.push_back(waves[w].used[m] ? 1.0 : 0.0);
    }
  return {"wave_metric",
          {{"wave", "1", "number of the wave", number},
           {"name", "", "what is compared", names},
           {"target", "", "what it should be", value},
           {"observation_sd", "", "standard deviation by observation errors", observation},
           {"structural_sd", "", "standard deviation of what no parameters can repair", structural},
           {"q2", "1", "of the emulator, runs left out one at a time", q2},
           {"coverage", "1", "part of them within its 95 % interval", coverage},
           {"used", "1", "1: the emulator passed its gate and rules out", used}}};
}

Table design_table(const FeatureTargets& targets, const WaveDesigns& designs, const Words& parameters) {
  const auto k = std::size_t(designs.z.empty() ? 0 : designs.z.front().cols());
  Numbers number;
  std::vector<Numbers> z(k), metrics(targets.names.size());
  for (std::size_t w = 0; w < designs.z.size(); ++w)
    for (Index r = 0; r < designs.z[w].rows(); ++r) {
      number.push_back(double(w + 1));
      for (std::size_t p = 0; p < k; ++p) z[p].push_back(designs.z[w](r, Index(p)));
      for (std::size_t m = 0; m < metrics.size(); ++m) metrics[m].push_back(designs.metrics[w](r, Index(m)));
    }
  Table out{"wave_design", {{"wave", "1", "number of the wave", number}}};
  for (std::size_t p = 0; p < z.size(); ++p)
    out.columns.push_back({"z_" + (p < parameters.size() ? parameters[p] : std::to_string(p + 1)), "1",
                           "prior standard deviations from the default", z[p]});
  for (std::size_t m = 0; m < metrics.size(); ++m)
    out.columns.push_back({targets.names[m], "", "result of the run", metrics[m]});
  return out;
}

}  // namespace

std::vector<std::string> wave_notes(const std::vector<WaveReport>& waves, const FeatureTargets& targets) {
  Words out;
  for (std::size_t w = 0; w < waves.size(); ++w) {
    const WaveReport& wave = waves[w];
    std::string line = fmt::format("wave {}: {:.3g} of the box is left (relative error {:.2g}", w + 1, wave.volume,
                                   wave.relative_error);
    line += wave.levels > 0 ? fmt::format(", {} levels)", wave.levels) : ")";
    if (!wave.failed.empty()) line += fmt::format("; {} runs failed", wave.failed.size());
    for (std::size_t m = 0; m < targets.names.size(); ++m)
      line += fmt::format("; {} Q2 {:.3f} coverage {:.2f}{}", targets.names[m], wave.emulators[m].q2,
                          wave.emulators[m].coverage, wave.used[m] ? "" : " (refused)");
    out.push_back(line);
  }
  return out;
}

std::vector<Table> wave_tables(const std::vector<WaveReport>& waves, const FeatureTargets& targets,
                               const WaveDesigns& designs, const std::vector<std::string>& parameters) {
  return {volume_table(waves, designs), metric_table(waves, targets), design_table(targets, designs, parameters)};
}

}  // namespace tilth
