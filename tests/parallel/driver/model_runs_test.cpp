// Runs of a calibration on several ranks: all know the same priors, flags and twin observations.
#include "driver/calibrate/model_runs.hpp"

#include <gtest/gtest.h>

#include "parallel/driver/small_window.hpp"

namespace tilth {
namespace {

using calibration::Matrix;

std::string yaml() {
  return test::options(
      "spinup: {warmup: 2 days}\ncontrol: {parameters: {lma: {}, eta_wood: {}}}\n"
      "observations:\n  - {name: gpp, operator: {gpp: {}}, simulate: {}}\n"
      "  - {name: sm, operator: {surface_soil_moisture: {leaf_area_limit: 0.5}}, simulate: {}}\n");
}

/// Everything that rank-dependent work gave: flags, values and predictions of all sites.
std::vector<double> everything(const Comm& comm, const Experiment& experiment) {
  ModelRunOptions options;
  options.warmup_s = 10 * seconds_per_day;
  ModelRuns runs(comm, experiment, options);
  Matrix z(4, 2);
  z << 0.1, 0.2, 0.3, -0.4, -0.5, 0.6, -0.7, -0.8;
  runs.observe(comm, z, 3);
  std::vector<double> out;
  for (int site = 0; site < runs.sites(); ++site) {
    EXPECT_EQ(runs.name(site), "S" + std::to_string(site));
    for (const ObsRecord& r : runs.observations(site)) out.insert(out.end(), {double(r.flag), r.value});
    const Matrix predictions = runs.run(site, z, RunReach::observations).predictions;
    out.insert(out.end(), predictions.data(), predictions.data() + predictions.size());
  }
  return out;
}

TEST(ModelRuns, AreTheSameOnAnyNumberOfRanks) {
  const Comm world = Comm::world(), self = Comm::self();
  const std::string file = test::scratch_folder(world) + "/runs.yaml";
  if (world.root()) std::ofstream(file) << yaml();
  world.barrier();
  const Experiment experiment = Experiment::load(file, {});
  const auto together = everything(world, experiment), alone = everything(self, experiment);
  EXPECT_EQ(test::bits(together), test::bits(alone));
  EXPECT_GT(together.size(), 4u * 14u * 2u * 3u);
}

}  // namespace
}  // namespace tilth
