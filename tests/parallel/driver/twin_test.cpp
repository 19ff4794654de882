#include "driver/twin.hpp"
#include "driver/spin_up.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "assim/inflation.hpp"
#include "core/base/error.hpp"
#include "driver/checkpoint.hpp"
#include "driver/initial_members.hpp"
#include "driver/instrument/simulator.hpp"
#include "driver/observation_store.hpp"
#include "driver/observation_time.hpp"
#include "io/netcdf.hpp"
#include "parallel/driver/small_run.hpp"

namespace tilth {
namespace {

using test::SmallRun;

/// Three replicas of a linear model of five layers, six members; `model` and `more` add options.
std::string linear(const std::string& model, const std::string& more = "") {
  return "experiment: {name: small, seed: 5}\ngrid: {replicas: 3}\nmodel: {linear: {n: 5" + model +
         "}}\ntime: {start: 2018-07-01, end: 2018-07-11, window: 1 day}\nspinup: {warmup: 0 days}\n" +
         "nature: {seed: 9}\nobservations:\n  - {name: x, operator: {state_value: {every: 2}}, simulate: {}}\n" +
         (more.find("ensemble:") == std::string::npos ? "ensemble: {size: 6}\n" : "") + more;
}

void start(Members& members) {
  spin_up(members, "", false, [](auto, auto) {});
}

MemberRole nature_of(const SmallRun& run) { return {1, -1, std::uint64_t(run.experiment.nature.seed)}; }

/// Members of layer `row` of the column with a global id, from whatever rank has it. Collective.
std::vector<double> members_at(const SmallRun& run, Members& members, std::int64_t id, int row) {
  std::vector<double> mine;
  for (int c = 0; c < run.domain.columns(); ++c)
    if (run.domain.grid.points[c].id == id) {
      const auto x = members.state.column(c).members_of(0, row);
      mine.assign(x.begin(), x.end());
    }
  return run.domain.comm->all_gather(std::span<const double>(mine));
}

TEST(Trajectory, HoldsTheBiasesOfStreamsThatTheModelDoesNotSee) {
  const Comm comm = Comm::world();
  const SmallRun run(comm, test::options("observations:\n  - {name: l, operator: {lai: {}}, bias: {sd: 0.05}, "
                                         "simulate: {}}\nverification: {states: true}\n"));
  const auto nature = test::young_members(run, {1, -1, 9});
  Trajectory truth(run.domain, *nature);
  truth.record(0, *nature);
  const auto biases = run.domain.parameters.size() - 1;
  ASSERT_EQ(truth.fields().back().name, run.domain.parameters[biases].name);
  for (int c = 0; c < run.domain.columns(); ++c)
    EXPECT_EQ(truth.at(0, c).back(), nature->parameters.physical(int(biases), 1, c)[0]) << c;
}

TEST(MemberNoise, IsKeyedByColumnLayerDayAndMember) {
  const Comm comm = Comm::world();
  const SmallRun run(comm, linear(", factor: 0.0, noise_sd: 0.5, start_sd: 2.0"));
  Members members(run.domain, run.role());
  start(members);
  std::vector<double> all;
  for (int day = 0; day < 20; ++day) {
    for (int id = 0; id < 3; ++id)
      for (int row = 0; row < 5; ++row) {
        const auto x = members_at(run, members, id, row);
        for (const double value : x) all.push_back(day == 0 ? value / 2.0 : value / 0.5);
      }
    members.advance(run.experiment.time.start + day * seconds_per_day, {});
  }
  EXPECT_EQ(std::set<double>(all.begin(), all.end()).size(), all.size());
  double mean = 0.0, square = 0.0;  // of 1800 standard normals: five standard errors
  for (const double z : all) mean += z / double(all.size()), square += z * z / double(all.size());
  EXPECT_NEAR(mean, 0.0, 5.0 / std::sqrt(1800.0));
  EXPECT_NEAR(square, 1.0, 5.0 * std::sqrt(2.0 / 1800.0));
  Members again(run.domain, run.role());
  start(again);
  again.advance(run.experiment.time.start + 18 * seconds_per_day, {});  // factor 0: nothing but the day's noise is left
  members.advance(run.experiment.time.start + 18 * seconds_per_day, {});
  EXPECT_EQ(members_at(run, members, 2, 4), members_at(run, again, 2, 4));
}

TEST(InitialMembers, StartAroundTheNatureRun) {
  const Comm comm = Comm::world();
  const SmallRun run(comm,
                     linear(", start_sd: 3.0", "ensemble: {size: 400, initial: {around: nature, states_sd: 0.5}}\n"));
  Members nature(run.domain, nature_of(run)), members(run.domain, run.role());
  start(nature);
  const std::string file = test::scratch_folder(comm) + "/nature.nc";
  save_members(comm, file, nature);
  start_around_nature(members, file);
  for (int id = 0; id < 3; ++id) {
    const double truth = members_at(run, nature, id, 3)[0];
    EXPECT_GT(std::abs(truth), 1e-3);
    const auto x = members_at(run, members, id, 3);
    EXPECT_NEAR(member_mean(x), truth, 5.0 * 0.5 / 20.0);
    EXPECT_NEAR(member_spread(x), 0.5, 5.0 * 0.5 / std::sqrt(800.0));
  }
}

/// Writes x(point, member, layer) = 100 point + 10 member + layer. Collective.
std::string initial_file(const Comm& comm, std::int64_t members, double first) {
  const std::string path = test::scratch_folder(comm) + "/initial.nc";
  auto file = netcdf::File::create(comm, path);
  const int dims[] = {file.define_dimension("point", 3), file.define_dimension("member", members),
                      file.define_dimension("layer", 5)};
  const int x = file.define_variable("x", netcdf::Type::double_, dims);
  file.end_definitions();
  std::vector<double> values;
  for (int p = 0; p < 3 && comm.root(); ++p)
    for (int m = 0; m < members; ++m)
      for (int l = 0; l < 5; ++l) values.push_back(100.0 * p + 10.0 * m + l);
  if (comm.root()) values[0] = first;
  const std::int64_t n = comm.root() ? 1 : 0;
  file.put(x, std::vector<std::int64_t>{0, 0, 0}, std::vector<std::int64_t>{3 * n, members * n, 5 * n}, values);
  file.close();
  return path;
}

TEST(InitialMembers, AreReadFromAFileWithTheirPlaces) {
  const Comm comm = Comm::world();
  const SmallRun run(comm, linear(""));
  Members members(run.domain, run.role());
  read_initial_members(members, initial_file(comm, 6, 0.0));
  for (int id = 0; id < 3; ++id)
    for (int row = 0; row < 5; ++row) {
      const auto x = members_at(run, members, id, row);
      for (int m = 0; m < 6; ++m) EXPECT_EQ(x[std::size_t(m)], 100.0 * id + 10.0 * m + row);
    }
  EXPECT_THROW(read_initial_members(members, initial_file(comm, 7, 0.0)), Error);           // another shape
  EXPECT_THROW(read_initial_members(members, initial_file(comm, 6, std::nan(""))), Error);  // not finite
}

TEST(NatureParameters, ReplaceTheDrawOfTheNatureRunOnly) {
  const Comm comm = Comm::world();
  const std::string more = "control: {parameters: {u: {scope: column}}}\n";
  const SmallRun run(comm, linear("", more), {"nature.parameters.u.value=0.75"});
  Members nature(run.domain, nature_of(run)), members(run.domain, run.role());
  for (int c = 0; c < run.domain.columns(); ++c) {
    EXPECT_EQ(nature.column_parameters(c)[0][0], 0.75);
    EXPECT_NE(members.column_parameters(c)[0][0], 0.75);
  }
}

TEST(Simulator, ObservesEveryLevelOfAVisitWithItsOwnError) {
  const Comm comm = Comm::world();
  const SmallRun run(comm, linear(""));
  Simulator simulator(run.domain);
  const Time begin = run.experiment.time.start;
  ObsTable visits = simulator.visits(begin, begin + seconds_per_day, 1);
  EXPECT_EQ(visits.size(), 3u * run.domain.columns());  // layers 0, 2, 4
  std::set<std::int64_t> ids(visits.id.begin(), visits.id.end());
  EXPECT_EQ(ids.size(), visits.size());
  for (std::size_t i = 0; i < visits.size(); ++i) EXPECT_EQ(visits.level[i], 2.0 * double(i % 3));
  visits.hx.assign(visits.size() * visits.stride(), 10.0);
  simulator.observe(visits);
  simulator.write(test::scratch_folder(comm));
  const auto store = ObservationStore::read(run.domain, simulated_files(run.experiment, test::scratch_folder(comm)));
  EXPECT_EQ(store.records().size(), visits.size());
  std::set<double> values;
  for (const ObsRecord& r : store.records()) {
    values.insert(r.value);
    EXPECT_LE(r.level, 4.0);
  }
  EXPECT_EQ(values.size(), visits.size());
  const ObsTable back = store.window(begin, begin + seconds_per_day, 1);
  for (std::size_t i = 0; i < back.size(); ++i) EXPECT_EQ(back.level[i], 2.0 * double(i % 3));
}

TEST(Simulator, LooksAtTheInstantOfTheOverpassFromAnAngleOfItsOwn) {
  const Comm comm = Comm::world();
  const SmallRun run(comm,
                     test::options("observations:\n  - {name: ndvi, operator: {ndvi: {overpass_local_time: 10.5}}, "
                                   "simulate: {view_zenith_deg: 50}}\n"));
  Simulator simulator(run.domain);
  const Time begin = run.experiment.time.start;
  ObsTable visits = simulator.visits(begin, begin + 2 * seconds_per_day, 1);
  EXPECT_EQ(visits.size(), 2u * run.domain.columns());
  std::set<double> views;
  for (std::size_t i = 0; i < visits.size(); ++i) {
    EXPECT_EQ(visits.begin[i], visits.end[i]);
    EXPECT_EQ(visits.begin[i], overpass_time(midnight(visits.begin[i]), 10.5, visits.lon[i]));
    EXPECT_GE(visits.view_zenith_deg[i], 0.0);
    EXPECT_LE(visits.view_zenith_deg[i], 50.0);
    views.insert(visits.view_zenith_deg[i]);
  }
  EXPECT_EQ(views.size(), visits.size());
  visits.hx.assign(visits.size() * visits.stride(), 0.5);
  simulator.observe(visits);
  simulator.write(test::scratch_folder(comm));
  const auto store = ObservationStore::read(run.domain, simulated_files(run.experiment, test::scratch_folder(comm)));
  ASSERT_EQ(store.records().size(), visits.size());
  for (const ObsRecord& r : store.records()) {
    EXPECT_EQ(views.count(r.view_zenith_deg), 1u);
    EXPECT_EQ(r.begin, overpass_time(midnight(r.begin), 10.5, r.lon));
  }
}

/// Truth x = column id + layer in every window; members off by `error`, spread out by `width`.
void fill(const SmallRun& run, Members& members, double error, double width) {
  for (int c = 0; c < run.domain.columns(); ++c)
    for (int row = 0; row < 5; ++row) {
      const auto x = members.state.column(c).members_of(0, row);
      for (std::size_t m = 0; m < x.size(); ++m)
        x[m] = double(run.domain.grid.points[c].id + row) + (row % 2 ? -error : error) +
               (x.size() > 1 ? width * (double(m) - 2.5) : 0.0);
    }
}

TEST(TwinScores, AreTimeMeansOfTheRootMeanSquareOverLayers) {
  const Comm comm = Comm::world();
  const SmallRun run(comm, linear("", "control: {parameters: {u: {scope: column}}}\n"));
  Members nature(run.domain, nature_of(run)), members(run.domain, run.role());
  Trajectory truth(run.domain, nature);
  fill(run, nature, 0.0, 0.0);
  for (int cycle = 0; cycle < 10; ++cycle) truth.record(cycle, nature);
  const std::string file = test::scratch_folder(comm) + "/trajectory.nc";
  truth.save(file);
  Trajectory back(run.domain, nature);
  back.load(file);
  TwinScores scores(run.domain, back);
  for (int cycle = 0; cycle < 10; ++cycle) {
    fill(run, members, 2.0, 1.0);
    scores.forecast(cycle, members);
    fill(run, members, cycle < 5 ? 9.0 : 0.1 * cycle, 0.5);
    scores.analysis(cycle, members);
  }
  TwinScores restored(run.domain, back);
  restored.restore(scores.numbers());
  const auto summary = restored.summary(5);
  ASSERT_EQ(summary.size(), 2u);
  const double unit_spread = std::sqrt(3.5);  // of 0 ... 5, divisor 5
  EXPECT_EQ(summary[0].name, "x");
  EXPECT_NEAR(summary[0].rmse_f, 2.0, 1e-12);
  EXPECT_NEAR(summary[0].rmse_a, 0.7, 1e-12);
  EXPECT_NEAR(summary[0].spread_f, unit_spread, 1e-12);
  EXPECT_NEAR(summary[0].spread_a, 0.5 * unit_spread, 1e-12);
  EXPECT_NEAR(summary[0].mean, 3.0 + 0.7 * 0.2, 1e-12);  // columns 0 1 2, layers 0 to 4; three errors up, two down
  EXPECT_EQ(summary[1].name, "u");
  EXPECT_GT(summary[1].spread_a, 0.0);
}

}  // namespace
}  // namespace tilth
