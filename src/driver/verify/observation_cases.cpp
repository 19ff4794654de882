#include "driver/verify/observation_cases.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "core/base/error.hpp"
#include "core/base/sphere.hpp"
#include "core/grid/decomposition.hpp"
#include "core/obs/obs_table.hpp"
#include "core/parallel/exchange.hpp"

namespace tilth {

namespace {

constexpr double tower_reach_km = 1.0;  // coordinates of a station differ by less between data sets

/// A row of feedback on its way to the owner of its column.
struct Row {
  std::int64_t id;
  std::int32_t type, column;
  double value, error_sd, lon, lat, time;
  Foreseen foreseen;
};

// Rows of one file that can be scored, with their owners; of those assimilated only with `used`. Collective.
std::vector<Row> rows_of(const Domain& domain, const std::string& path, bool used) {
  const Comm& comm = *domain.comm;
  const Feedback feedback = read_feedback(comm, path);
  const FeedbackColumns& f = feedback.columns;
  std::vector<Row> rows;
  std::vector<std::int64_t> points;
  const double members = domain.experiment->ensemble.size;
  for (std::size_t i = 0; i < f.size(); ++i) {
    const bool withheld = (f.flag[i] & qc_withheld) != 0;
    const bool good = (f.flag[i] & ~std::uint32_t(qc_background | qc_withheld)) == qc_used;
    if (!good || f.point[i] < 0 || !std::isfinite(f.prior_mean[i]) || !(withheld || used)) continue;
    const double time = 0.5 * double(f.begin[i].seconds + f.end[i].seconds);
    rows.push_back({f.id[i],
                    f.type[i],
                    -1,
                    f.value[i],
                    f.error_sd[i],
                    f.lon[i],
                    f.lat[i],
                    time,
                    {true, withheld, f.prior_mean[i], f.prior_sd[i], f.prior_crps[i], f.prior_crps_fair[i],
                     std::round(f.prior_rank[i] * (members + 1.0) - 0.5)}});
    points.push_back(f.point[i]);
  }
  const std::vector<Location> owners = locate(comm, domain.grid, points);
  std::vector<std::vector<Row>> out(std::size_t(comm.size()));
  bool known = true;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    known = known && owners[i].rank >= 0 && std::size_t(rows[i].type) < domain.streams.size();
    if (!known) break;
    rows[i].column = owners[i].index;
    out[std::size_t(owners[i].rank)].push_back(rows[i]);
  }
  require_all(comm, known,
              path +
                  ": names points or streams that the experiment does not have; verify with the "
                  "experiment file of the run");
  rows.clear();
  for (const auto& own : all_to_all(comm, out)) rows.insert(rows.end(), own.begin(), own.end());
  return rows;
}

int tower_of(const Domain& domain, const std::vector<Tower>& towers, const Row& row) {
  const std::size_t sites = domain.experiment->grid.sites.size();
  for (std::size_t t = 0; t < towers.size(); ++t) {
    const bool here = t < sites ? domain.grid.points[std::size_t(row.column)].name == towers[t].name
                                : std::abs(towers[t].lat - row.lat) < 0.1 &&
                                      great_circle_km(towers[t].lon, towers[t].lat, row.lon, row.lat) <= tower_reach_km;
    if (here) return int(t);
  }
  return -1;
}

/// Sites of the grid, then stations: of `verification.towers`, else of the simulated networks. Collective.
std::vector<Tower> scored_towers(const Domain& domain) {
  const Experiment& e = *domain.experiment;
  std::vector<Tower> towers;
  for (const SiteOptions& site : e.grid.sites) towers.push_back({site.name, site.lat, site.lon});
  const auto add = [&towers](const Tower& tower) {
    const bool is_new =
        std::none_of(towers.begin(), towers.end(), [&](const Tower& t) { return t.name == tower.name; });
    if (is_new) towers.push_back(tower);
  };
  together(*domain.comm, [&] {
    if (!e.verification.towers.empty())
      for (const Tower& tower : read_towers(e.verification.towers)) add(tower);
    for (const ObservationOptions& o : e.observations) {
      if (!e.verification.towers.empty() || !o.simulated || o.simulate.sampling.name != "towers") continue;
      const TowerOptions& t = o.simulate.sampling.towers;
      const auto all = named_towers(t.file.empty() ? known_towers() : read_towers(t.file), t.names, e.file);
      for (const Tower& tower : all) add(tower);
    }
  });
  return towers;
}

/// What all parts say of one observation.
struct Joined {
  Row row;
  std::vector<Foreseen> foreseen;
};

}  // namespace

bool ObservationCases::has(std::size_t i, const std::vector<std::size_t>& wanted, bool kept) const {
  return std::all_of(wanted.begin(), wanted.end(), [&](std::size_t p) {
    if (!is_present(cases[i].record, p)) return true;
    const Foreseen& f = of(i, p);
    return f.known && (!kept || f.withheld || parts[p].of() == "open_loop");
  });
}

ObservationCases observation_cases(const Domain& domain, std::vector<FeedbackPart> parts, bool used) {
  const Comm& comm = *domain.comm;
  const Experiment& e = *domain.experiment;
  ObservationCases out;
  out.parts = std::move(parts);
  out.towers = scored_towers(domain);
  const std::size_t P = out.parts.size();
  for (std::int64_t w = e.verification.from_window; w < e.windows(); ++w) {
    const Time begin = e.window_begin(w), end = e.window_end(w);
    const std::string leaf = "/feedback/" + format_time(begin) + ".nc";
    std::vector<double> there(P, 0.0);
    for (std::size_t p = 0; comm.root() && p < P; ++p) there[p] = std::filesystem::exists(out.parts[p].folder + leaf);
    comm.max(there);
    if (std::none_of(there.begin(), there.end(), [](double x) { return x > 0.0; })) continue;
    const std::int32_t record = std::int32_t(out.times.size());
    out.times.push_back(Time{(begin.seconds + end.seconds) / 2});
    std::map<std::int64_t, Joined> joined;  // by observation
    for (std::size_t p = 0; p < P; ++p) {
      out.present.push_back(there[p] > 0.0);
      if (there[p] == 0.0) continue;
      const bool open_loop = out.parts[p].of() == "open_loop";
      for (const Row& row : rows_of(domain, out.parts[p].folder + leaf, used || open_loop)) {
        Joined& j = joined[row.id];
        if (j.foreseen.empty()) j = {row, std::vector<Foreseen>(P)};
        j.foreseen[p] = row.foreseen;
      }
    }
    for (const auto& [id, j] : joined) {
      bool matters = used;
      for (std::size_t p = 0; p < P; ++p)
        matters = matters || (j.foreseen[p].withheld && out.parts[p].of() != "open_loop");
      if (!matters) continue;
      out.cases.push_back({record, j.row.type, j.row.column, tower_of(domain, out.towers, j.row), j.row.value,
                           j.row.error_sd * j.row.error_sd, j.row.time});
      out.foreseen.insert(out.foreseen.end(), j.foreseen.begin(), j.foreseen.end());
    }
  }
  return out;
}

void keep_withheld_period(const Domain& domain, const ObservationCases& all,
                          std::vector<std::vector<std::size_t>>& chosen) {
  std::map<std::int32_t, double> begin;  // by column
  for (std::size_t k = 0; k < chosen.size(); ++k)
    for (const std::size_t i : chosen[k]) {
      if (!domain.streams[k].options->assimilate) continue;
      const auto [it, fresh] = begin.try_emplace(all.cases[i].column, all.cases[i].time);
      it->second = std::min(it->second, all.cases[i].time);
    }
  for (std::size_t k = 0; k < chosen.size(); ++k) {
    if (domain.streams[k].options->assimilate) continue;
    std::erase_if(chosen[k], [&](std::size_t i) {
      const auto found = begin.find(all.cases[i].column);
      return found != begin.end() && all.cases[i].time < found->second;
    });
  }
}

}  // namespace tilth
