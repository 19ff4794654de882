#include "driver/checkpoint.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "parallel/driver/small_run.hpp"

namespace tilth {
namespace {

using test::SmallRun;

const std::string uncertain =
    "control: {parameters: {kphio: {scope: pft}, lma: {scope: column}, sif_scale: {scope: global}}}\n"
    "forcing: {weather_generator: {}, perturbations: {}}\n";

/// A number of its own for every value.
double mark(std::int64_t a, int b, int c, int member) {
  return 1.0 + double(a) + 1e-2 * b + 1e-4 * c + 1e-7 * member + 1e-16 / 3.0;
}

/// Fills everything by global ids with numbers of their own; checks them when `check` is true.
void visit(const SmallRun& run, Members& m, bool check) {
  const int n = m.size(), stride = padded(n);
  auto at = [&](double& x, std::int64_t a, int b, int c, int k) {
    const double value = mark(a, b, c, std::min(k, n - 1));
    if (check)
      EXPECT_EQ(x, value) << a << " " << b << " " << c << " " << k;
    else
      x = value;
  };
  for (int c = 0; c < run.domain.columns(); ++c) {
    const std::int64_t id = run.domain.grid.points[c].id;
    const ColumnView column = m.state.column(c);
    for (int t = 0; t < column.tiles(); ++t)
      for (int r = 0; r < column.rows(); ++r)
        for (int k = 0; k < stride; ++k) at(column.row(t, r)[k], id, t, r, k);
    for (int r = 0; r < m.memory_rows(); ++r)
      for (int k = 0; k < stride; ++k) at(m.memory[(std::size_t(c) * m.memory_rows() + r) * stride + k], id, 50, r, k);
  }
  for (int p = 0; p < int(m.parameters.uncertain().size()); ++p)
    for (int unit = 0; unit < m.parameters.units(p); ++unit) {
      const bool local = m.parameters.uncertain()[p].scope == Scope::column;
      for (int k = 0; k < n; ++k)
        at(m.parameters.row(p, unit)[k], local ? run.domain.grid.points[unit].id : unit, 60 + p, 0, k);
    }
}

TEST(CycleCheckpoint, IsReadBitForBitByAnotherNumberOfRanks) {
  const Comm comm = Comm::world(), self = Comm::self();
  SmallRun run(comm, test::options(uncertain)), alone(self, test::options(uncertain));
  const std::string path = test::scratch_folder(comm) + "/cycle.nc";
  Members members(run.domain, run.role()), read(alone.domain, alone.role());
  ASSERT_GT(members.memory_rows(), 0);
  visit(run, members, false);
  Diagnostics diagnostics(run.domain), empty(alone.domain);
  diagnostics.add_parameters(0, run.experiment.window_end(0), members);
  StepReport closure{1e-13, 2e-12, 3e-11, {}}, other;
  save_cycle(comm, path, {2, 5, &members, &diagnostics, &closure});
  EXPECT_EQ(load_cycle(self, path, {0, 5, &read, &empty, &other}), 2);
  visit(alone, read, true);
  EXPECT_EQ(empty.numbers(), diagnostics.numbers());
  EXPECT_EQ(other.carbon_residual_g_m2, 2e-12);
  EXPECT_EQ(other.energy_residual_w_m2, 3e-11);
}

TEST(CycleCheckpoint, OfOneRankIsReadByAll) {
  const Comm comm = Comm::world(), self = Comm::self();
  SmallRun run(comm, test::options(uncertain)), alone(self, test::options(uncertain));
  const std::string path = test::scratch_folder(comm) + "/members.nc";
  if (comm.root()) {
    Members members(alone.domain, alone.role());
    visit(alone, members, false);
    save_members(self, path, members);
  }
  comm.barrier();
  Members read(run.domain, run.role());
  load_members(comm, path, read);
  visit(run, read, true);
}

TEST(CycleCheckpoint, IsRefusedByAnotherRunOnAllRanks) {
  const Comm comm = Comm::world();
  SmallRun run(comm, test::options(uncertain));
  const std::string path = test::scratch_folder(comm) + "/course.nc";
  Members members(run.domain, run.role());
  Diagnostics diagnostics(run.domain);
  StepReport closure;
  save_cycle(comm, path, {4, 5, &members, &diagnostics, &closure});  // the last window ends early
  EXPECT_EQ(load_cycle(comm, path, {0, 5, &members, &diagnostics, &closure}), 4);
  EXPECT_THROW(load_cycle(comm, path, {0, 6, &members, &diagnostics, &closure}), Error);  // seed
  for (const char* change : {"time.window=2 days", "time.start=2018-07-02", "time.end=2018-08-01", "ensemble.size=7"}) {
    SmallRun changed(comm, test::options(uncertain), {change});
    Members other(changed.domain, changed.role());
    EXPECT_THROW(load_cycle(comm, path, {0, 5, &other, &diagnostics, &closure}), Error) << change;
  }
}

TEST(CycleCheckpoint, KeepsTheNewestFilesAndClearsFolders) {
  const Comm comm = Comm::world();
  const std::string folder = test::scratch_folder(comm) + "/prune";
  if (comm.root()) {
    std::filesystem::create_directories(folder);
    for (const char* name :
         {"restart_2018-01-09.nc", "restart_2018-01-01.nc", "restart_2018-02-01.nc", "other.nc", "a.txt"})
      std::ofstream(folder + "/" + name) << "x";
  }
  prune_checkpoints(comm, folder, 2);
  EXPECT_FALSE(std::filesystem::exists(folder + "/restart_2018-01-01.nc"));
  EXPECT_TRUE(std::filesystem::exists(folder + "/restart_2018-01-09.nc"));
  EXPECT_TRUE(std::filesystem::exists(folder + "/other.nc"));
  comm.barrier();
  clear_folder(comm, folder);
  EXPECT_FALSE(std::filesystem::exists(folder + "/restart_2018-02-01.nc"));
  EXPECT_TRUE(std::filesystem::exists(folder + "/a.txt"));
  clear_folder(comm, folder + "/absent");
  clear_file(comm, folder + "/absent.nc");
}

}  // namespace
}  // namespace tilth
