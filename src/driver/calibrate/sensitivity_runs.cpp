#include "driver/calibrate/sensitivity_runs.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/base/error.hpp"
#include "driver/calibrate/design_file.hpp"

namespace tilth {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

namespace {

UnitScale scale_of(const SiteRuns& runs, int site, const SensitivityOptions& options) {
  return {runs.box(site), options.sample == "prior"};
}

// Rows of a file in the unit cube of a site.
Matrix unit_rows(const DesignFile& file, const SiteRuns& runs, int site, const std::vector<Index>& rows,
                 const UnitScale& scale) {
  const auto& parameters = runs.parameters();
  Matrix out(Index(rows.size()), Index(parameters.size()));
  const bool given =
      std::all_of(parameters.begin(), parameters.end(), [&](const auto& p) { return file.column("u_" + p.name) >= 0; });
  if (!given) {
    const Matrix z = design_z(file, runs, site, rows);
    for (Index r = 0; r < out.rows(); ++r) out.row(r) = scale.unit(z.row(r).transpose()).transpose();
    return out;
  }
  for (Index r = 0; r < out.rows(); ++r)
    for (Index p = 0; p < out.cols(); ++p)
      out(r, p) = file.values(rows[std::size_t(r)], file.column("u_" + parameters[std::size_t(p)].name));
  require(out.size() == 0 || (out.minCoeff() >= 0.0 && out.maxCoeff() <= 1.0), file.path,
          ": a value of a column u_... lies outside of 0 to 1");
  return out;
}

// Columns of a file that are neither parameters nor metrics of the model: results of other programs.
void add_foreign(const DesignFile& file, const SiteRuns& runs, std::vector<SiteMetric>& metrics) {
  for (const std::string& name : file.columns) {
    const bool own = name == "failed" || name == "run" ||
                     std::any_of(metrics.begin(), metrics.end(), [&](const auto& m) { return m.name == name; }) ||
                     std::any_of(runs.parameters().begin(), runs.parameters().end(), [&](const auto& p) {
                       return name == p.name || name == "u_" + p.name || name == "z_" + p.name;
                     });
    if (!own)
      metrics.push_back({foreign_stream, name, "1", name, "", std::vector<bool>(std::size_t(runs.sites()), true)});
  }
}

// Results of the first rows from the file, when it has all metrics.
void read_results(const DesignFile& file, const std::vector<Index>& rows, const std::vector<SiteMetric>& metrics,
                  SiteSample& sample) {
  for (const SiteMetric& metric : metrics)
    if (file.column(metric.name) < 0) return;
  const int failed = file.column("failed");
  sample.known = Index(rows.size());
  for (Index r = 0; r < sample.known; ++r) {
    for (Index m = 0; m < Index(metrics.size()); ++m)
      sample.values(r, m) = file.values(rows[std::size_t(r)], file.column(metrics[std::size_t(m)].name));
    sample.failed[std::size_t(r)] = failed >= 0 && file.values(rows[std::size_t(r)], failed) == 1.0;
  }
}

// The designs of all sites, with what a file knows of them.
void plan(const SiteRuns& runs, const SensitivityOptions& options, std::uint64_t seed,
          const std::optional<DesignFile>& file, SensitivityRuns& out) {
  for (int site = 0; site < runs.sites(); ++site) {
    const MethodDesign design = method_design(runs, site, options, seed);
    const UnitScale scale = scale_of(runs, site, options);
    const auto rows = file ? file->rows(runs.name(site)) : std::vector<Index>{};
    const Matrix read = file ? unit_rows(*file, runs, site, rows, scale) : Matrix(0, design.parameters);
    SiteSample sample;
    sample.unit = run_design(design, read, options.design);
    sample.z = sample.unit;
    for (Index r = 0; r < sample.z.rows(); ++r) sample.z.row(r) = scale.z(sample.unit.row(r).transpose()).transpose();
    sample.values = Matrix::Constant(sample.unit.rows(), Index(out.metrics.size()), NAN);
    sample.failed.assign(std::size_t(sample.unit.rows()), false);
    if (file) read_results(*file, rows, out.metrics, sample);
    out.sites.push_back(std::move(sample));
  }
}

}  // namespace

MethodDesign method_design(const SiteRuns& runs, int site, const SensitivityOptions& options, std::uint64_t seed) {
  const auto k = Index(runs.parameters().size());
  return {options, k, seed, scale_of(runs, site, options).unit(Vector::Zero(k))};
}

SensitivityRuns sensitivity_runs(RunPool& pool, const SensitivityOptions& options, MetricRules rules,
                                 std::uint64_t seed, const std::string& where) {
  const SiteRuns& runs = pool.runs();
  rules.smoothing_days = options.smoothing_days;
  const SiteMetrics metrics(runs, std::move(rules));
  std::optional<DesignFile> file;
  if (!options.design.empty()) file = read_design(pool.comm(), options.design);
  std::vector<SiteMetric> list = metrics.all();
  if (file) add_foreign(*file, runs, list);
  const std::vector<int> chosen = chosen_metrics(list, options.metrics, where + ".metrics");
  SensitivityRuns out;
  for (const int m : chosen) out.metrics.push_back(list[std::size_t(m)]);
  plan(runs, options, seed, file, out);
  std::vector<RunTask> tasks;
  for (int site = 0; site < runs.sites(); ++site) {
    const SiteSample& sample = out.sites[std::size_t(site)];
    for (Index r = sample.known; r < sample.z.rows(); ++r) tasks.push_back({site, sample.z.row(r).transpose()});
  }
  for (const int m : chosen)
    require(tasks.empty() || std::size_t(m) < metrics.all().size(), options.design, ": '", list[std::size_t(m)].name,
            "' is no metric of this model, so the design cannot be extended; ask for as many sets as the file has");
  const auto results =
      pool.evaluate(metrics.kind(), tasks, RunReach::series,
                    [&](const RunTask& task, const Vector& predictions, const std::vector<Vector>& series) {
                      return metrics.of(task, predictions, series);
                    });
  std::size_t next = 0;
  for (SiteSample& sample : out.sites)
    for (Index r = sample.known; r < sample.z.rows(); ++r, ++next) {
      sample.failed[std::size_t(r)] = results[next].size() == 1;
      for (Index m = 0; m < sample.values.cols() && !sample.failed[std::size_t(r)]; ++m) {
        const int metric = chosen[std::size_t(m)];
        sample.values(r, m) =
            metric < results[next].size() ? results[next](metric) : metrics.J(tasks[next], results[next]);
      }
    }
  return out;
}

std::vector<TableColumn> design_columns(const SensitivityRuns& all, const SiteRuns& runs) {
  std::vector<std::string> names;
  std::vector<double> number, failed;
  const auto k = runs.parameters().size();
  std::vector<std::vector<double>> unit(k), z(k), physical(k), values(all.metrics.size());
  for (int site = 0; site < runs.sites(); ++site) {
    const SiteSample& sample = all.sites[std::size_t(site)];
    for (Index r = 0; r < sample.unit.rows(); ++r) {
      names.push_back(runs.name(site));
      number.push_back(double(r + 1));
      failed.push_back(sample.failed[std::size_t(r)] ? 1.0 : 0.0);
      for (std::size_t p = 0; p < k; ++p) {
        unit[p].push_back(sample.unit(r, Index(p)));
        z[p].push_back(sample.z(r, Index(p)));
        physical[p].push_back(runs.physical(site, int(p), z[p].back()));
      }
      for (std::size_t m = 0; m < values.size(); ++m) values[m].push_back(sample.values(r, Index(m)));
    }
  }
  std::vector<TableColumn> out{{"site", "", "site", names}, {"run", "1", "number of the set at its site", number}};
  for (std::size_t p = 0; p < k; ++p) {
    const CalibrationParameter& parameter = runs.parameters()[p];
    out.push_back({"u_" + parameter.name, "1", "place between the bounds, 0 to 1", unit[p]});
    out.push_back({"z_" + parameter.name, "1", "prior standard deviations from the default", z[p]});
    out.push_back({parameter.name, parameter.units, "value of the dominant plant functional type", physical[p]});
  }
  for (std::size_t m = 0; m < values.size(); ++m)
    out.push_back({all.metrics[m].name, all.metrics[m].units, "", values[m]});
  out.push_back({"failed", "1", "1: the run failed", failed});
  return out;
}

}  // namespace tilth
