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
  EXPECT_EQ(load_cycle(CheckpointReader(self, path), {0, 5, &read, &empty, &other}).windows, 2);
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
  EXPECT_EQ(load_cycle(CheckpointReader(comm, path), {0, 5, &members, &diagnostics, &closure}).windows, 4);
  EXPECT_THROW(load_cycle(CheckpointReader(comm, path), {0, 6, &members, &diagnostics, &closure}), Error);  // seed
  for (const char* change : {"time.window=2 days", "time.start=2018-07-02", "time.end=2018-08-01", "ensemble.size=7"}) {
    SmallRun changed(comm, test::options(uncertain), {change});
    Members other(changed.domain, changed.role());
    EXPECT_THROW(load_cycle(CheckpointReader(comm, path), {0, 5, &other, &diagnostics, &closure}), Error) << change;
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

/// Restart files of three windows, the last of which something happens to.
struct ThreeWindows {
  explicit ThreeWindows(const Comm& c) : comm(c), run(c, test::options(uncertain)), members(run.domain, run.role()) {
    folder = test::scratch_folder(comm) + "/damaged";
    if (comm.root()) std::filesystem::create_directories(folder);
    comm.barrier();
    Diagnostics diagnostics(run.domain);
    StepReport closure;
    for (const std::int64_t done : {1, 2, 3}) save_cycle(comm, file(done), {done, 5, &members, &diagnostics, &closure});
    std::ifstream in(file(3), std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
    comm.barrier();  // before the root writes something else there
  }
  std::string file(std::int64_t done) const {
    return folder + "/restart_" + format_time(run.experiment.window_end(done - 1)) + ".nc";
  }
  /// The newest valid file when the last one holds other bytes. Collective.
  std::string newest(const std::string& last, std::vector<std::string>& skipped) const {
    if (comm.root()) std::ofstream(file(3), std::ios::binary) << last;
    comm.barrier();
    const auto found = CheckpointReader::newest_valid(comm, folder, "restart_", &skipped);
    return found ? found->path() : "nothing";
  }
  const Comm& comm;
  SmallRun run;
  Members members;
  std::string folder, bytes;
};

TEST(CycleCheckpoint, CutAtAnyLengthGivesWayToThePreviousOne) {
  const Comm comm = Comm::world();
  ThreeWindows three(comm);
  ASSERT_GT(three.bytes.size(), 10000u);
  for (std::size_t cut = 0; cut < 60; ++cut) {
    const std::size_t length = cut < 20   ? cut
                               : cut < 40 ? three.bytes.size() - (cut - 19)
                                          : three.bytes.size() * (cut - 39) / 22;
    std::vector<std::string> skipped;
    EXPECT_EQ(three.newest(three.bytes.substr(0, length), skipped), three.file(2)) << length;
    ASSERT_EQ(skipped.size(), 1u);
    EXPECT_NE(skipped[0].find(three.file(3)), std::string::npos) << skipped[0];
  }
}

TEST(CycleCheckpoint, WithAFlippedBitGivesWayToThePreviousOneUnlessItMeansTheSame) {
  const Comm comm = Comm::world();
  ThreeWindows three(comm);
  int refused = 0;
  for (std::size_t i = 0; i < 200; ++i) {
    // A prime step through header and data; every bit has its turn.
    const std::size_t at = i < 100 ? i * 41 % 4096 : i * 104729 % three.bytes.size();
    std::string bytes = three.bytes;
    bytes[at] = char(bytes[at] ^ (1 << (i % 8)));
    std::vector<std::string> skipped;
    const std::string newest = three.newest(bytes, skipped);
    if (newest == three.file(2)) {
      ++refused;
      ASSERT_EQ(skipped.size(), 1u);
      EXPECT_NE(skipped[0].find(three.file(3)), std::string::npos) << skipped[0];
      continue;
    }
    ASSERT_EQ(newest, three.file(3));  // accepted: then it must mean the same
    Members read(three.run.domain, three.run.role());
    load_members(comm, newest, read);
    for (int c = 0; c < three.run.domain.columns(); ++c)
      EXPECT_EQ(test::column_values(read, c), test::column_values(three.members, c)) << at;
  }
  EXPECT_GT(refused, 190);
}

TEST(CycleCheckpoint, DamagedIsSetAsideAndThoseOfSignalsDoNotCount) {
  const Comm comm = Comm::world();
  const std::string folder = test::scratch_folder(comm) + "/aside";
  if (comm.root()) {
    std::filesystem::create_directories(folder);
    for (const char* name : {"restart_2018-01-01.nc", "restart_2018-01-09.nc", "restart_2018-01-12_stopped.nc",
                             "restart_2018-01-17.nc", "restart_2018-01-25.nc"})
      std::ofstream(folder + "/" + name) << "x";
  }
  comm.barrier();
  set_damaged_aside(comm, folder, folder + "/restart_2018-01-17.nc");
  EXPECT_TRUE(std::filesystem::exists(folder + "/restart_2018-01-25.nc.damaged"));
  EXPECT_FALSE(std::filesystem::exists(folder + "/restart_2018-01-25.nc"));
  comm.barrier();
  prune_checkpoints(comm, folder, 2);
  EXPECT_FALSE(std::filesystem::exists(folder + "/restart_2018-01-12_stopped.nc"));
  EXPECT_FALSE(std::filesystem::exists(folder + "/restart_2018-01-01.nc"));
  EXPECT_TRUE(std::filesystem::exists(folder + "/restart_2018-01-09.nc"));
  EXPECT_TRUE(std::filesystem::exists(folder + "/restart_2018-01-17.nc"));
}

}  // namespace
}  // namespace tilth
