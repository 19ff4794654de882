// calibration.json, the text on standard output and the rows of parameters.csv.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "driver/calibrate/calibration_files.hpp"

namespace tilth {

using Json = nlohmann::ordered_json;
using calibration::Index;
using calibration::Vector;

namespace {

std::vector<double> list_of(const Vector& v) { return {v.begin(), v.end()}; }

Json pairs_of(const SiteRuns& runs, const calibration::Matrix& correlation) {
  Json out = Json::array();
  for (const auto& pair : calibration::correlated_pairs(correlation))
    out.push_back({{"first", runs.parameters()[std::size_t(pair.first)].name},
                   {"second", runs.parameters()[std::size_t(pair.second)].name},
                   {"correlation", pair.correlation}});
  return out;
}

Json parameters_of(const SiteRuns& runs, const CalibrationResults& results, const ProblemResult& p) {
  Json out = Json::array();
  for (std::size_t j = 0; j < p.parameters.size(); ++j) {
    const ParameterEstimate& e = p.parameters[j];
    Json one{{"name", runs.parameters()[j].name},
             {"units", runs.parameters()[j].units},
             {"prior", e.prior},
             {"value", e.value},
             {"sd", e.sd},
             {"low", e.low},
             {"high", e.high},
             {"z", e.z},
             {"z_sd", e.z_sd},
             {"z_low", e.z_low},
             {"z_high", e.z_high},
             {"at_bound", e.at_bound}};
    if (results.truth.size() > 0) one["z_truth"] = results.truth(p.problem.sites.front(), Index(j));
    for (const auto& [name, values] : p.search.diagnostics) one[name] = values(Index(j));
    out.push_back(one);
  }
  return out;
}

Json equifinality_of(const SiteRuns& runs, const ProblemResult& p) {
  Json bounds = Json::array();
  for (std::size_t j = 0; j < p.parameters.size(); ++j)
    if (p.parameters[j].at_bound != 0) bounds.push_back(runs.parameters()[j].name);
  return {{"optima", p.search.optima.rows()},
          {"as_good_as_the_best", p.equifinality.rows.size()},
          {"their_range_in_widths_of_the_box", list_of(p.equifinality.range)},
          {"spectrum", list_of(p.curvature.spectrum)},
          {"parameters_determined", p.curvature.signal_degrees},
          {"correlated_pairs", pairs_of(runs, p.correlation)},
          {"at_bounds", bounds}};
}

Json costs_of(const SiteRuns& runs, const CalibrationResults& results, const ProblemResult& p) {
  Json streams = Json::array();
  for (std::size_t s = 0; s < p.counts.size(); ++s) {
    const auto chi2 = [&](const SetResult& r) { return r.chi2.size() > 0 ? r.chi2(Index(s)) : NAN; };
    streams.push_back({{"stream", runs.streams()[s]},
                       {"used", p.counts[s].used},
                       {"withheld", p.counts[s].withheld},
                       {"missing", p.counts[s].missing},
                       {"weight", results.rules[s].weight},
                       {"chi2_prior", chi2(p.prior)},
                       {"chi2_posterior", chi2(p.posterior)}});
  }
  return {{"prior", p.prior.J}, {"posterior", p.posterior.J}, {"background", p.background}, {"streams", streams}};
}

}  // namespace

void write_report(const std::string& folder, const SiteRuns& runs, const CalibrationResults& results,
                  const std::string& method) {
  Json problems = Json::array();
  for (const ProblemResult& p : results.problems) {
    Json sites = Json::array();
    for (const int s : p.problem.sites) sites.push_back(runs.name(s));
    problems.push_back({{"problem", p.problem.name},
                        {"sites", sites},
                        {"J", costs_of(runs, results, p)},
                        {"model_runs", p.history.runs},
                        {"of_these_with_derivatives", p.history.derivative_runs},
                        {"failed_sets", p.history.failed},
                        {"intervals", p.interval_of},
                        {"parameters", parameters_of(runs, results, p)},
                        {"equifinality", equifinality_of(runs, p)},
                        {"notes", p.search.notes}});
  }
  Json failed = Json::array();
  for (const FailedRun& f : results.failed)
    failed.push_back({{"site", runs.name(f.task.site)}, {"kind", f.kind}, {"z", list_of(f.task.z)}});
  const std::string path = folder + "/calibration.json";
  std::ofstream out(path);
  out << Json{{"method", method}, {"problems", problems}, {"failed_runs", failed}}.dump(1) << "\n";
  ensure(bool(out.flush()), path, ": cannot be written; make room");
}

std::string calibration_text(const SiteRuns& runs, const CalibrationResults& results, const std::string& method) {
  std::string out;
  for (const ProblemResult& p : results.problems) {
    std::int64_t used = 0;
    for (const StreamCount& c : p.counts) used += c.used;
    out += fmt::format("\n{}: sites {}, observations {}; {}: J {:.6g} -> {:.6g} (J/N {:.4f}) in {} runs{}\n",
                       p.problem.name, p.problem.sites.size(), used, method, p.prior.J, p.posterior.J,
                       p.posterior.J / double(std::max<std::int64_t>(used, 1)), p.history.runs,
                       p.history.failed > 0 ? fmt::format(", {} sets failed", p.history.failed) : "");
    out += fmt::format("  {:<30}{:>12}{:>12}{:>12}{:>12}{:>12}{:>8}  {}\n", "parameter", "prior", "value", "sd", "low",
                       "high", "z", "units");
    for (std::size_t j = 0; j < p.parameters.size(); ++j) {
      const ParameterEstimate& e = p.parameters[j];
      out += fmt::format("  {:<30}{:>12.5g}{:>12.5g}{:>12.3g}{:>12.5g}{:>12.5g}{:>8.2f}  {}{}\n",
                         runs.parameters()[j].name, e.prior, e.value, e.sd, e.low, e.high, e.z,
                         runs.parameters()[j].units, e.at_bound != 0 ? "  at its bound" : "");
    }
    for (const std::string& note : p.search.notes) out += "  " + note + "\n";
  }
  if (!results.failed.empty()) out += fmt::format("\n{} runs failed, see calibration.nc\n", results.failed.size());
  return out;
}

std::vector<ParameterRow> table_rows(const SiteRuns& runs, const CalibrationResults& results, const std::string& scope,
                                     const TypeValue& value) {
  std::vector<ParameterRow> rows;
  for (const ProblemResult& p : results.problems) {
    std::set<int> types;
    for (const int s : p.problem.sites) {
      if (scope == "pft") types.insert(main_vegetation(runs.point(s)));
      for (const Tile& tile : runs.point(s).surface.tiles)
        if (scope != "pft") types.insert(tile.pft);
    }
    const int site = p.problem.sites.front();
    for (std::size_t j = 0; j < p.parameters.size(); ++j)
      for (const int pft : types) {
        const ParameterEstimate& e = p.parameters[j];
        const auto at = [&](double z) { return value(site, int(j), pft, z); };
        if (std::isnan(at(e.z))) continue;
        const double low = at(e.z_low), high = at(e.z_high);
        rows.push_back({runs.parameters()[j].name, pft_names[std::size_t(pft)], scope == "site" ? p.problem.name : "",
                        at(e.z), 0.5 * std::abs(at(e.z + e.z_sd) - at(e.z - e.z_sd)), std::min(low, high),
                        std::max(low, high), runs.parameters()[j].units, ""});
      }
  }
  return rows;
}

}  // namespace tilth
