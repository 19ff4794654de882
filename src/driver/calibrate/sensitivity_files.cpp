#include "driver/calibrate/sensitivity_files.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "driver/calibrate/design_file.hpp"

namespace tilth {

using calibration::Index;
using json = nlohmann::ordered_json;

namespace {

json number(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }

json rows_of(const Table& table) {
  json rows = json::array();
  for (const TableColumn& column : table.columns) {
    const std::size_t count = std::visit([](const auto& v) { return v.size(); }, column.values);
    for (std::size_t r = rows.size(); r < count; ++r) rows.push_back(json::object());
    for (std::size_t r = 0; r < count; ++r) {
      if (const auto* words = std::get_if<std::vector<std::string>>(&column.values))
        rows[r][column.name] = (*words)[r];
      else
        rows[r][column.name] = number(std::get<std::vector<double>>(column.values)[r]);
    }
  }
  return rows;
}

Attributes attributes_of(const SensitivityOptions& options) {
  return {{"title", std::string("sensitivity of results to parameters")},
          {"method", options.method},
          {"on_emulator", std::string(options.on_emulator ? "yes" : "no")},
          {"sample", options.sample}};
}

// Parameters from the strongest to the weakest, by the first measure.
std::vector<Index> ranked(const MetricIndices& one) {
  std::vector<Index> order(std::size_t(one.measures.rows()));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
    const double x = one.measures(a, 0), y = one.measures(b, 0);
    return std::isfinite(x) && (!std::isfinite(y) || x > y);
  });
  return order;
}

std::string strongest(const MetricIndices& one, const SiteRuns& runs, SensitivityOptions::Method method) {
  constexpr std::size_t shown = 4;
  const auto order = ranked(one);
  std::string out;
  for (std::size_t i = 0; i < std::min(shown, order.size()); ++i) {
    const Index p = order[i];
    const double value = one.measures(p, 0), low = one.measures(p, 1), high = one.measures(p, 2);
    out += fmt::format("  {} {:.3g}", runs.parameters()[std::size_t(p)].name, value);
    if (method != SensitivityOptions::Method::one_at_a_time && std::isfinite(low))
      out += fmt::format(" [{:.3g} {:.3g}]", low, high);
  }
  return out;
}

}  // namespace

void write_sensitivity(const Comm& comm, const std::string& folder, const SensitivityResult& result,
                       const SiteRuns& runs, const SensitivityOptions& options) {
  write_design(comm, folder, "design", design_columns(result.runs, runs));
  const auto tables = sensitivity_tables(result, runs, options);
  write_tables(comm, folder + "/sensitivity.nc", tables, attributes_of(options));
  together(comm, [&] {
    if (!comm.root()) return;
    json out{{"method", options.method}, {"on_emulator", options.on_emulator}, {"sample", options.sample}};
    for (const Table& table : tables) out[table.name] = rows_of(table);
    const std::string path = folder + "/sensitivity.json";
    std::ofstream file(path);
    file << out.dump(1) << '\n';
    require(bool(file.flush()), path, ": cannot be written; is the disk full?");
  });
}

std::string sensitivity_summary(const SensitivityResult& result, const SiteRuns& runs,
                                const SensitivityOptions& options) {
  const std::string measure = measures_of(options.kind()).front().name;
  std::string out = fmt::format("{:<14}{:<28}{:>8}{:>8}  {}\n", "group", "metric", "runs",
                                options.on_emulator ? "Q2" : "failed", "strongest parameters by " + measure);
  for (std::size_t g = 0; g < result.groups.size(); ++g)
    for (std::size_t m = 0; m < result.runs.metrics.size(); ++m) {
      const MetricIndices& one = result.indices[g][m];
      if (one.status == IndexStatus::unknown) continue;
      const std::string second = options.on_emulator ? fmt::format("{:.3f}", one.q2) : fmt::format("{}", one.failed);
      out +=
          fmt::format("{:<14}{:<28}{:>8}{:>8}", result.groups[g].name, result.runs.metrics[m].name, one.runs, second);
      if (one.status == IndexStatus::good)
        out += strongest(one, runs, options.kind()) + "\n";
      else if (one.status == IndexStatus::refused)
        out += fmt::format(
            "  refused: Q2 {:.3f}, coverage {:.2f}, below the gate of {:.2f} and {:.2f}; give more runs\n", one.q2,
            one.coverage, options.emulator.settings.least_q2, options.emulator.settings.least_coverage);
      else
        out += fmt::format("  none: {}\n", words_of(one.status));
    }
  for (int site = 0; site < runs.sites(); ++site) {
    const auto& failed = result.runs.sites[std::size_t(site)].failed;
    const auto count = std::count(failed.begin(), failed.end(), true);
    if (count > 0)
      out += fmt::format("{}: {} of {} runs failed, listed in sensitivity.nc\n", runs.name(site), count, failed.size());
  }
  return out;
}

}  // namespace tilth
