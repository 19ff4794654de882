#include "driver/calibrate/set_files.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "driver/calibrate/design_file.hpp"

namespace tilth {

using calibration::Index;

namespace {

/// Columns of one file, filled problem by problem.
struct Columns {
  explicit Columns(const SiteRuns& model) : runs(model), z(runs.parameters().size()), physical(z.size()) {}

  void add(const Problem& problem, const SetTable& table) {
    for (Index r = 0; r < table.z.rows(); ++r) {
      names.push_back(problem.name);
      for (std::size_t p = 0; p < z.size(); ++p) {
        z[p].push_back(table.z(r, Index(p)));
        physical[p].push_back(runs.physical(problem.sites.front(), int(p), z[p].back()));
      }
      failed.push_back(table.values.rows() > 0 && !table.values.row(r).array().isFinite().any() ? 1.0 : 0.0);
      for (std::size_t i = 0; i < table.results.size(); ++i) {
        auto& column = results[table.results[i]];
        column.resize(names.size(), NAN);
        column.back() = table.values(r, Index(i));
      }
    }
    for (const std::string& name : table.results)
      if (std::ranges::find(order, name) == order.end()) order.push_back(name);
  }

  std::vector<TableColumn> table(bool several) {
    std::vector<TableColumn> out;
    if (several) out.push_back({"site", "", "problem", names});
    for (std::size_t p = 0; p < z.size(); ++p) {
      const CalibrationParameter& parameter = runs.parameters()[p];
      out.push_back({"z_" + parameter.name, "1", "prior standard deviations from the default", z[p]});
      out.push_back({parameter.name, parameter.units, "value of the dominant plant functional type", physical[p]});
    }
    for (const std::string& name : order) {
      results[name].resize(names.size(), NAN);
      out.push_back({name, "", "result of the run", results[name]});
    }
    if (!order.empty()) out.push_back({"failed", "1", "1: the run failed", failed});
    return out;
  }

  const SiteRuns& runs;
  std::vector<std::string> names, order;
  std::vector<std::vector<double>> z, physical;
  std::vector<double> failed;
  std::map<std::string, std::vector<double>> results;
};

}  // namespace

void write_sets(const Comm& comm, const std::string& folder, const SiteRuns& runs, const CalibrationResults& results) {
  std::map<std::string, Columns> files;
  for (const ProblemResult& one : results.problems)
    for (const SetTable& table : one.search.sets)
      files.try_emplace(table.name, runs).first->second.add(one.problem, table);
  for (auto& [name, columns] : files) write_design(comm, folder, name, columns.table(results.problems.size() > 1));
}

}  // namespace tilth
