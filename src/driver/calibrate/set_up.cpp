#include "driver/calibrate/set_up.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "assim/calibration/draws.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "driver/calibrate/parameter_table.hpp"
#include "driver/calibrate/scope/command_scopes.hpp"

namespace tilth {

using calibration::Index;
using calibration::Matrix;

ModelRunOptions model_run_options(const Experiment& e) {
  const CalibrationOptions& c = e.calibration;
  ModelRunOptions out;
  out.start = c.start == "each" ? ModelRunOptions::Start::each : ModelRunOptions::Start::once;
  out.warmup_s = c.warmup_s;
  out.bounds_sd = c.bounds_sd;
  out.training = c.training;
  out.outputs = c.scopes.simulations.on;
  if (c.parameter_table.empty()) return out;
  for (const ParameterRow& row : read_parameter_table(c.parameter_table))
    out.defaults.push_back({row.name, row.pft, row.site, row.value, row.where});
  return out;
}

std::vector<StreamRule> stream_rules(const Experiment& e) {
  std::vector<StreamRule> out;
  for (const ObservationOptions& o : e.observations)
    out.push_back({o.parameter_weight, o.errors.error.correlation_time_s});
  return out;
}

std::string journal_problem(const Experiment& e) {
  const Node root = Node::parse(e.resolved, "resolved configuration");
  std::string out;
  for (const char* key : {"time", "grid", "model", "forcing", "control", "observations", "spinup", "nature"})
    out += text(key, ":\n", root.at(key).yaml(), "\n");
  const Node calibration = root.at("calibration");
  for (const char* key : {"start", "warmup", "bounds_sd", "training", "twin", "features", "feature_streams"})
    out += text("calibration.", key, ": ", calibration.at(key).yaml(), "\n");
  out += text("seed: ", e.run.seed, "\n");
  if (e.calibration.twins && e.calibration.twin.of_features)
    out += text("calibration.features: ", calibration.at("features").yaml(), "\n");
  if (e.calibration.parameter_table.empty()) return out;
  std::ifstream in(e.calibration.parameter_table);
  std::ostringstream table;
  table << in.rdbuf();
  return out + "table of parameters:\n" + table.str();
}

namespace {

/// How far a table of parameters moved the origin of z at a site, seen by its largest type that varies.
double origin_of(const ModelRuns& runs, int site, Index parameter) {
  const CalibrationParameter& p = runs.parameters()[std::size_t(parameter)];
  const ParameterDefinition& here = runs.coordinates().definitions(site)[std::size_t(p.definition)];
  const ParameterDefinition& model = runs.domain().parameters[std::size_t(p.definition)];
  const Tile* largest = nullptr;
  for (const Tile& tile : runs.point(site).surface.tiles)
    if (model.varies(tile.pft) && (!largest || tile.fraction > largest->fraction)) largest = &tile;
  if (!largest) return 0.0;
  const auto z = [&](const ParameterDefinition& d) {
    return d.transform.to_unconstrained(d.value[std::size_t(largest->pft)]);
  };
  return (z(here) - z(model)) / p.sd;
}

}  // namespace

Matrix twin_truth(const ModelRuns& runs, const CalibrationOptions& c) {
  std::vector<std::string> names;
  for (const CalibrationParameter& p : runs.parameters()) names.push_back(p.name);
  const auto n = Index(names.size());
  const calibration::Draws draws(std::uint64_t(c.twin.seed), calibration::Stream::starts);
  Matrix truth = Matrix::Zero(runs.sites(), n);
  const std::vector<Problem> problems = problems_of(c.scope, runs);
  for (std::size_t p = 0; p < problems.size(); ++p) {
    calibration::Vector z = calibration::Vector::Zero(n);
    for (Index j = 0; c.twin.drawn && j < n; ++j)
      z(j) = std::clamp(draws.normal(-1, std::int64_t(p), j), -c.bounds_sd, c.bounds_sd);
    for (const auto& [name, value] : c.twin.parameters) {
      const auto found = std::ranges::find(names, name);
      require(found != names.end(), "calibration.twin.parameters: '", name, "' is not in control.parameters",
              did_you_mean(name, names), "; these are ", joined(names));
      z(found - names.begin()) = value.z;
    }
    for (const int site : problems[p].sites)
      for (Index j = 0; j < n; ++j) truth(site, j) = z(j) - origin_of(runs, site, j);
  }
  return truth;
}

std::unique_ptr<ModelRuns> made_runs(const Comm& comm, const Experiment& e) {
  ModelRunOptions options;
  together(comm, [&] { options = model_run_options(e); });
  auto runs = std::make_unique<ModelRuns>(comm, e, std::move(options));
  if (!e.calibration.twins) return runs;
  if (e.calibration.twin.of_features) {
    observe_truth_of_features(comm, *runs);
    return runs;
  }
  Matrix truth;
  together(comm, [&] { truth = twin_truth(*runs, e.calibration); });
  runs->observe(comm, truth, std::uint64_t(e.calibration.twin.seed), e.calibration.twin.noise ? 1.0 : 0.0);
  return runs;
}

double type_value(const ModelRuns& runs, int site, int parameter, int pft, double z) {
  const CalibrationParameter& p = runs.parameters()[std::size_t(parameter)];
  const ParameterDefinition& d = runs.coordinates().definitions(site)[std::size_t(p.definition)];
  if (!d.varies(pft) || std::isnan(z)) return NAN;
  const double x = d.transform.to_physical(d.transform.to_unconstrained(d.value[std::size_t(pft)]) + p.sd * z);
  return std::clamp(x, d.lower, d.upper);
}

}  // namespace tilth
