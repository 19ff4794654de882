// What a run remembers between two days, two windows or two columns of a spin-up, moved to another number of ranks.
#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "driver/checkpoint.hpp"
#include "driver/instrument/simulator.hpp"
#include "driver/spin_up.hpp"
#include "driver/twin.hpp"
#include "parallel/driver/small_run.hpp"

namespace tilth {
namespace {

using test::SmallRun;

std::string yaml() {
  return test::options(
      "forcing: {weather_generator: {}, perturbations: {}}\nspinup: {warmup: 2 days}\n"
      "control: {parameters: {lma: {scope: column}}}\nverification: {states: true}\n"
      "observations:\n  - {name: sm, operator: {surface_soil_moisture: {}}, simulate: {}}\n"
      "  - {name: lai, operator: {lai: {}}, simulate: {every: 2 days}}\n");
}

/// Everything that a run on one or more ranks has, taken by one rank alone from the file.
struct Alone {
  Alone() : self(Comm::self()), run(self, yaml()), members(run.domain, run.role()), diagnostics(run.domain) {}
  Comm self;
  SmallRun run;
  Members members;
  Diagnostics diagnostics;
  StepReport closure;
};

/// A window of an ensemble on one rank that was never interrupted.
struct Whole : Alone {
  Whole() : simulator(run.domain), products(definitions(run), run.domain.columns(), run.role().size) {
    const Time begin = run.experiment.window_begin(0), end = run.experiment.window_end(0);
    members = *test::young_members(run, run.role());
    obs = simulator.visits(begin, end, members.size());
    forecast_window(members, begin, end, obs, products);
  }
  static std::vector<ProductDefinition> definitions(const SmallRun& run) {
    return product_definitions(run.domain.model->traits().layout);
  }
  Simulator simulator;
  Products products;
  ObsTable obs;
};

/// The state of a column without padding, which keeps values of its own that never reach a member.
std::vector<double> member_values(Members& members, int c) {
  std::vector<double> out;
  const ColumnView column = members.state.column(c);
  for (int t = 0; t < column.tiles(); ++t)
    for (int r = 0; r < column.rows(); ++r)
      for (const double x : column.members_of(t, r)) out.push_back(x);
  return out;
}

TEST(WindowMemory, LetsAWindowGoOnBitForBitOnAnotherNumberOfRanks) {
  const Comm comm = Comm::world();
  SmallRun run(comm, yaml());
  auto members = test::young_members(run, run.role());
  const Time begin = run.experiment.window_begin(0), end = run.experiment.window_end(0);
  Simulator simulator(run.domain);
  ObsTable obs = simulator.visits(begin, end, members->size());
  Products products(Whole::definitions(run), run.domain.columns(), members->size());
  WindowForecast window(*members, begin, end, obs, products, nullptr);
  window.advance_day();
  window.advance_day();
  const std::string path = test::scratch_folder(comm) + "/window.nc";
  Diagnostics diagnostics(run.domain);
  StepReport closure;
  CycleState state{0, 5, members.get(), &diagnostics, &closure};
  state.window = &window;
  save_cycle(comm, path, state);

  Whole whole;
  Alone alone;
  ASSERT_TRUE(load_cycle(CheckpointReader(alone.self, path), {0, 5, &alone.members, &alone.diagnostics, &alone.closure})
                  .within_window);
  ObsTable seen = Simulator(alone.run.domain).visits(begin, end, alone.members.size());
  Products rest(Whole::definitions(alone.run), alone.run.domain.columns(), alone.members.size());
  WindowForecast after(alone.members, begin, end, seen, rest, nullptr);
  after.load(CheckpointReader(alone.self, path));
  EXPECT_EQ(after.reached(), begin + 2 * seconds_per_day);
  while (!after.complete()) after.advance_day();
  after.finish();
  EXPECT_EQ(seen.flag, whole.obs.flag);
  ASSERT_EQ(seen.id, whole.obs.id);
  ASSERT_GT(seen.size(), 20u);
  for (std::size_t i = 0; i < seen.size(); ++i)
    for (int k = 0; k < seen.members; ++k) EXPECT_EQ(seen.predictions(i)[k], whole.obs.predictions(i)[k]) << i;
  for (int c = 0; c < alone.run.domain.columns(); ++c) {
    EXPECT_EQ(member_values(alone.members, c), member_values(whole.members, c));
    for (int p = 0; p < int(rest.definitions().size()); ++p)
      for (int k = 0; k < alone.members.size(); ++k) EXPECT_EQ(rest.row(c, p)[k], whole.products.row(c, p)[k]);
  }
}

TEST(WindowMemory, OfOtherObservationsIsRefused) {
  const Comm comm = Comm::world();
  SmallRun run(comm, yaml());
  auto members = test::young_members(run, run.role());
  const Time begin = run.experiment.window_begin(0), end = run.experiment.window_end(0);
  ObsTable obs = Simulator(run.domain).visits(begin, end, members->size());
  Products products(Whole::definitions(run), run.domain.columns(), members->size());
  WindowForecast window(*members, begin, end, obs, products, nullptr);
  const std::string path = test::scratch_folder(comm) + "/other_observations.nc";
  CheckpointWriter writer(comm, path);
  window.save(writer);
  writer.commit();
  obs.resize(obs.size() - (obs.size() > 0 ? 1 : 0));
  WindowForecast other(*members, begin, end, obs, products, nullptr);
  EXPECT_THROW(other.load(CheckpointReader(comm, path)), Error);
}

TEST(NatureMemory, KeepsTheTruthAndWhatInstrumentsSaw) {
  const Comm comm = Comm::world();
  SmallRun run(comm, yaml());
  const MemberRole role{1, -1, 1};
  auto nature = test::young_members(run, role);
  Simulator simulator(run.domain);
  Trajectory truth(run.domain, *nature);
  const Time begin = run.experiment.window_begin(0), end = run.experiment.window_end(0);
  ObsTable obs = simulator.visits(begin, end, 1);
  Products products({}, run.domain.columns(), 1);
  forecast_window(*nature, begin, end, obs, products);
  simulator.observe(obs);
  truth.record(0, *nature);
  const std::string folder = test::scratch_folder(comm), path = folder + "/nature.nc";
  CheckpointWriter writer(comm, path);
  simulator.save(writer);
  truth.save(writer);
  writer.commit();
  simulator.write(folder);

  Alone alone;
  Simulator other(alone.run.domain);
  Trajectory same(alone.run.domain, *test::young_members(alone.run, role));
  const CheckpointReader reader(alone.self, path);
  other.load(reader);
  same.load(reader);
  for (int c = 0; c < run.domain.columns(); ++c)
    for (int d = 0; d < alone.run.domain.columns(); ++d) {
      if (run.domain.grid.points[c].id != alone.run.domain.grid.points[d].id) continue;
      EXPECT_TRUE(std::ranges::equal(truth.at(0, c), same.at(0, d)));
    }
  const std::string again = folder + "/again" + std::to_string(comm.rank());
  std::filesystem::create_directories(again);
  other.write(again);
  for (const char* file : {"/sm.nc", "/lai.nc"}) {
    std::ifstream a(folder + file, std::ios::binary), b(again + file, std::ios::binary);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(a), {}), std::string(std::istreambuf_iterator<char>(b), {}));
  }
  comm.barrier();
}

TEST(SpinUpMemory, LeavesOnlyTheRestToBeDone) {
  const Comm comm = Comm::world();
  SmallRun run(comm, yaml(), {"model={daily: {spinup_years: 4}}"});
  Members members(run.domain, run.role()), half(run.domain, run.role()), rest(run.domain, run.role());
  spin_up(members, "", false, [](auto, auto) {});
  const std::string path = test::scratch_folder(comm) + "/spinup_partial.nc";
  SpinUp way(half, run.experiment.time.start);
  way.run([](auto, auto) {});
  save_spin_up(comm, path, half, way);
  int done = 0;
  spin_up(rest, path, true, [&](auto, auto) { ++done; });
  EXPECT_EQ(done, 0);
  for (int c = 0; c < run.domain.columns(); ++c) EXPECT_EQ(member_values(rest, c), member_values(members, c));
}

}  // namespace
}  // namespace tilth
