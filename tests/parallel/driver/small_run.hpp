#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <unistd.h>

#include "driver/domain.hpp"
#include "driver/members.hpp"
#include "driver/window_analysis.hpp"
#include "driver/window_forecast.hpp"

namespace tilth::test {

/// A folder of this test program, the same on all ranks, removed when it ends. Collective.
inline std::string scratch_folder(const Comm& comm) {
  struct Folder {
    std::string path;
    bool mine = false;
    ~Folder() {
      std::error_code ignored;
      if (mine) std::filesystem::remove_all(path, ignored);
    }
  };
  static Folder folder;
  if (folder.path.empty()) {
    folder.path = (std::filesystem::temp_directory_path() / ("tilth_driver_" + std::to_string(getpid()))).string();
    comm.broadcast(folder.path);
    folder.mine = comm.root();
    if (folder.mine) std::filesystem::create_directories(folder.path);
    comm.barrier();
  }
  return folder.path;
}

/// Four places far from each other: needleleaf forest, grass, and two of both.
inline const std::string four_sites = R"(
experiment: {name: small, seed: 5}
grid:
  sites:
    - {name: S0, lon: 10, lat: 50, cover: [ENB 1.0]}
    - {name: S1, lon: 60, lat: 40, cover: [GR3 1.0]}
    - {name: S2, lon: -60, lat: -20, cover: [ENB 0.25, GR3 0.75]}
    - {name: S3, lon: 130, lat: -25, cover: [ENB 0.5, GR3 0.25]}
model: {daily: {}}
)";

/// Options of every test below: two weeks in July, six members.
inline std::string options(const std::string& more) {
  return four_sites + "time: {start: 2018-07-01, end: 2018-07-15, window: 4 days}\nensemble: {size: 6}\n" + more;
}

/// An experiment with its domain on a communicator. Must stay in place, as the domain points at the experiment.
struct SmallRun {
  SmallRun(const Comm& comm, const std::string& yaml, const std::vector<std::string>& assignments = {}) {
    const std::string file = scratch_folder(comm) + "/run" + std::to_string(getpid()) + ".yaml";
    std::ofstream(file) << yaml;
    experiment = Experiment::load(file, assignments);
    domain = make_domain(comm, experiment);
  }
  SmallRun(const SmallRun&) = delete;
  MemberRole role() const { return {experiment.ensemble.size, 0, std::uint64_t(experiment.run.seed)}; }
  Experiment experiment;
  Domain domain;
};

/// Members after a cold start and a few days of their own weather: different, consistent, and quick.
inline std::unique_ptr<Members> young_members(const SmallRun& run, MemberRole role) {
  auto members = std::make_unique<Members>(run.domain, role);
  for (int c = 0; c < run.domain.columns(); ++c)
    run.domain.model->cold_start(run.domain.grid.points[c], {members->column_parameters(c)}, members->state.column(c));
  for (int day = 5; day > 0; --day) members->advance(run.experiment.time.start + -day * seconds_per_day, {});
  return members;
}

/// One observation of a day in the first window at each of the given points that this rank owns.
inline ObsTable observations_at(const Domain& domain, const std::vector<std::int64_t>& points, double value,
                                double error_sd, int members, std::uint32_t flag = 0) {
  ObsTable table;
  std::vector<std::pair<std::int64_t, int>> mine;
  for (std::size_t i = 0; i < points.size(); ++i)
    for (int c = 0; c < domain.columns(); ++c)
      if (domain.grid.points[c].id == points[i]) mine.emplace_back(std::int64_t(i), c);
  table.members = members;
  table.resize(mine.size());
  for (std::size_t i = 0; i < mine.size(); ++i) {
    const GridPoint& p = domain.grid.points[mine[i].second];
    table.id[i] = mine[i].first, table.type[i] = 0, table.column[i] = mine[i].second, table.point[i] = p.id;
    table.begin[i] = domain.experiment->time.start + seconds_per_day, table.end[i] = table.begin[i] + seconds_per_day;
    table.lon[i] = p.lon, table.lat[i] = p.lat;
    table.value[i] = value, table.error_sd[i] = error_sd, table.flag[i] = flag;
  }
  return table;
}

/// Values of every uncertain row that is not of scope column, one after the other.
inline std::vector<double> shared_rows(ParameterSet& set) {
  std::vector<double> out;
  for (int k = 0; k < int(set.uncertain().size()); ++k)
    for (int unit = 0; set.uncertain()[k].scope != Scope::column && unit < set.units(k); ++unit) {
      const auto row = set.row(k, unit);
      out.insert(out.end(), row.begin(), row.end());
    }
  return out;
}

/// All values of a column's state, padding included.
inline std::vector<double> column_values(Members& members, int c) {
  const ColumnView column = members.state.column(c);
  return {column.data(), column.data() + std::size_t(column.tiles()) * column.rows() * column.stride()};
}

}  // namespace tilth::test
