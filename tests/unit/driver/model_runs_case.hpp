#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>

#include "driver/calibrate/model_runs.hpp"
#include "parallel/driver/small_run.hpp"

namespace tilth::test {

/// Two sites of one tile and two of several, a month in spring, with instruments that see every day.
inline std::string runs_yaml(const std::string& model, const std::string& more = "") {
  return R"(
experiment: {name: runs, seed: 5}
grid:
  sites:
    - {name: S0, lon: 10, lat: 50, cover: [ENB 1.0]}
    - {name: S1, lon: 60, lat: 40, cover: [GR3 1.0]}
    - {name: S2, lon: -60, lat: -20, cover: [EBM 0.25, GR3 0.55]}
forcing: {perturbations: {precipitation_sd: 0, shortwave_sd: 0, longwave_sd: 0, temperature_sd: 0}}
time: {start: 2018-05-01, end: 2018-05-31, window: 30 days}
ensemble: {size: 2}
spinup: {warmup: 20 days}
)" + std::string("model: {") +
         model + ": {}}\n" + more;
}

inline const std::string three_parameters = "control: {parameters: {kphio: {}, lma: {}, g1: {}}}\n";
inline const std::string four_streams = R"(
observations:
  - {name: gpp, operator: {gpp: {}}, simulate: {}}
  - {name: sm, operator: {surface_soil_moisture: {}}, simulate: {every: 2 days}}
  - {name: lai, operator: {lai: {}}, simulate: {every: 3 days}, assimilate: false}
  - {name: le, operator: {latent_heat_flux: {}}, simulate: {}, bias: {sd: 2, predictors: [constant, annual_cosine]}}
)";

/// An experiment with its runs.
struct RunsCase {
  explicit RunsCase(const std::string& yaml) : RunsCase(yaml, quick()) {}
  RunsCase(const std::string& yaml, ModelRunOptions options) {
    const std::string file = scratch_folder(Comm::self()) + "/runs" + std::to_string(getpid()) + ".yaml";
    std::ofstream(file) << yaml;
    experiment = Experiment::load(file, {});
    runs = std::make_unique<ModelRuns>(comm, experiment, std::move(options));
  }
  static ModelRunOptions quick(ModelRunOptions::Start start = ModelRunOptions::Start::once) {
    ModelRunOptions options;
    options.start = start;
    options.warmup_s = 20 * seconds_per_day;
    return options;
  }
  /// Rows that differ, within the box.
  calibration::Matrix sets(int count, double width = 1.0) const {
    calibration::Matrix z(count, calibration::Index(runs->parameters().size()));
    for (calibration::Index i = 0; i < z.rows(); ++i)
      for (calibration::Index k = 0; k < z.cols(); ++k)
        z(i, k) = width * std::sin(1.0 + 2.7 * double(i) + 1.3 * double(k));
    return z;
  }
  Comm comm = Comm::self();
  Experiment experiment;
  std::unique_ptr<ModelRuns> runs;
};

/// Whether all bits are the same.
inline bool same(const calibration::Matrix& a, const calibration::Matrix& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() && (a.array() == b.array()).all();
}

}  // namespace tilth::test
