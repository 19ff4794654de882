#include "driver/sets/impact_summary.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "assim/observation_impact.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "driver/log.hpp"
#include "driver/sets/denial.hpp"
#include "driver/sets/variant.hpp"
#include "io/table.hpp"

namespace tilth {

namespace {

using Words = std::vector<std::string>;
using Numbers = std::vector<double>;

// Experiments of a set whose last restart file is not there.
Words unfinished(const Domain& domain, const std::string& run) {
  const Experiment& e = *domain.experiment;
  Words out;
  for (const std::string& name : set_names(e)) {
    const std::string last = set_folder(run, name) + "/restart/restart_" + format_time(e.time.end) + ".nc";
    if (!domain.comm->all(std::filesystem::exists(last))) out.push_back(name);
  }
  return out;
}

// Folder of each experiment that may have computed impacts, the control first.
Words folders(const Experiment& e, const std::string& run) {
  if (e.set.empty()) return {run + "/analysis"};
  Words out;
  for (const std::string& name : set_names(e)) out.push_back(set_folder(run, name));
  return out;
}

// The tables of all experiments, one below the other. Collective.
std::vector<TableColumn> joined_tables(const Domain& domain, const Words& where) {
  std::vector<TableColumn> all;
  for (const std::string& folder : where) {
    const std::string path = folder + "/impact.nc";
    if (!domain.comm->all(std::filesystem::exists(path))) continue;
    std::vector<TableColumn> table = read_table(*domain.comm, path);
    if (all.empty()) {
      all = std::move(table);
      continue;
    }
    for (std::size_t i = 0; i < all.size(); ++i)
      std::visit(
          [&](auto& values) {
            const auto& more = std::get<std::decay_t<decltype(values)>>(table[i].values);
            values.insert(values.end(), more.begin(), more.end());
          },
          all[i].values);
  }
  return all;
}

template <class Values>
const Values& column(const std::vector<TableColumn>& table, const std::string& name) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const auto& c) { return c.name == "impact_" + name; });
  ensure(found != table.end(), "impact.nc: no column impact_", name);
  return std::get<Values>(found->values);
}

// Relative increase of the error when the stream of each row is denied, NaN where no experiment tells. Collective.
Numbers denial_column(const Domain& domain, const std::string& run, bool twin, const std::vector<TableColumn>& table) {
  const Experiment& e = *domain.experiment;
  Numbers out(column<Words>(table, "stream").size(), std::nan(""));
  const auto denying = denials(e);
  const bool products = !twin || (e.output.products.on && e.output.products.every != "month");
  if (denying.empty() || !products) return out;
  ImpactNorm norm;
  norm.reference = ImpactReference::withheld;  // departures, where there is no nature run
  if (twin) norm = impact_norm(domain, run, twin);
  const CellErrors control = forecast_errors(domain, norm, run, set_folder(run, e.set.front().first));
  std::map<std::string, CellErrors> errors;
  for (const auto& [stream, name] : denying) errors[stream] = forecast_errors(domain, norm, run, set_folder(run, name));
  const auto &streams = column<Words>(table, "stream"), &regions = column<Words>(table, "region"),
             &pfts = column<Words>(table, "pft");
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto stream = errors.find(streams[i]);
    if (stream == errors.end()) continue;
    const std::pair cell(regions[i], pfts[i]);
    if (!control.contains(cell) || !stream->second.contains(cell) || !(control.at(cell) > 0.0)) continue;
    out[i] = stream->second.at(cell) / control.at(cell) - 1.0;
  }
  return out;
}

struct Totals {
  Words streams;
  Numbers n, dfs, efso, share, denial;
};

// The rows of the first experiment for the whole globe and all types.
Totals totals(const std::vector<TableColumn>& table, const Numbers& denial) {
  Totals t;
  const auto& experiments = column<Words>(table, "experiment");
  for (std::size_t i = 0; i < experiments.size(); ++i) {
    if (experiments[i] != experiments[0] || column<Words>(table, "region")[i] != "global" ||
        column<Words>(table, "pft")[i] != "all")
      continue;
    t.streams.push_back(column<Words>(table, "stream")[i]);
    t.n.push_back(column<Numbers>(table, "n")[i]);
    t.dfs.push_back(column<Numbers>(table, "dfs")[i]);
    t.efso.push_back(column<Numbers>(table, "efso")[i]);
    t.share.push_back(column<Numbers>(table, "efso_share_beneficial")[i]);
    t.denial.push_back(denial[i]);
  }
  return t;
}

double correlation(const Totals& t) {
  Numbers a, b;
  for (std::size_t i = 0; i < t.streams.size(); ++i)
    if (std::isfinite(t.efso[i]) && std::isfinite(t.denial[i])) a.push_back(t.efso[i]), b.push_back(t.denial[i]);
  return rank_correlation(a, b);
}

std::string percent(double x) { return std::isfinite(x) ? fmt::format("{:+.1f} %", 100.0 * x) : "-"; }

void print(const Totals& t, const std::vector<TableColumn>& table, double rank) {
  const double without = column<Numbers>(table, "error_without")[0];
  const double reduction = column<Numbers>(table, "error_reduction")[0];
  fmt::print("\nimpact of observations ({})\n", column<Words>(table, "experiment")[0]);
  fmt::print("{:<20}{:>12}{:>12}{:>14}{:>13}{:>13}{:>13}\n", "stream", "used", "dfs", "dfs per obs", "efso",
             "beneficial", "denial");
  for (std::size_t i = 0; i < t.streams.size(); ++i)
    fmt::print("{:<20}{:>12.0f}{:>12.1f}{:>14.4f}{:>13}{:>13}{:>13}\n", t.streams[i], t.n[i], t.dfs[i],
               t.n[i] > 0.0 ? t.dfs[i] / t.n[i] : 0.0, percent(t.efso[i] / without),
               std::isfinite(t.share[i]) ? fmt::format("{:.0f} %", 100.0 * t.share[i]) : "-", percent(t.denial[i]));
  if (std::isfinite(reduction) && without > 0.0)
    fmt::print("an analysis takes {} of the error of the forecast that follows, its observations add up to {}\n",
               percent(reduction / without), percent(column<Numbers>(table, "error_reduction_estimated")[0] / without));
  if (std::isfinite(rank)) fmt::print("rank correlation of efso and denial over streams: {:.2f}\n", rank);
  std::fflush(stdout);
}

}  // namespace

void summarise_impact(const Domain& domain, const std::string& run, bool twin, bool quiet) {
  const Experiment& e = *domain.experiment;
  if (!e.impact.on) return;
  const Words missing = e.set.empty() ? Words{} : unfinished(domain, run);
  if (!missing.empty()) {
    log_info(text("impact.nc of the set is written when all its experiments are complete; still to come: ",
                  joined(missing)));
    return;
  }
  auto table = joined_tables(domain, folders(e, run));
  if (table.empty()) return;
  const Numbers denial = denial_column(domain, run, twin, table);
  const Totals t = totals(table, denial);
  const double rank = correlation(t);
  const std::string norm = e.impact.efso ? impact_norm(domain, run, twin).words : "none";
  table.push_back({"impact_denial", "1", "relative increase of the forecast error without the stream", denial});
  write_table(*domain.comm, run + "/impact.nc", "impact", table,
              {{"norm", norm}, {"lead_windows", double(e.impact.lead)}, {"rank_correlation", rank}});
  if (domain.comm->root() && !quiet) print(t, table, rank);
}

}  // namespace tilth
