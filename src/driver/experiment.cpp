#include "driver/experiment.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "core/base/error.hpp"
#include "driver/nature.hpp"
#include "driver/sets/variant.hpp"

namespace tilth {

void Experiment::describe(Schema& s) {
  s.section("experiment", run).about("Name, output and seed.");
  s.section("time", time).about("Period and window.");
  s.section("grid", grid).about("Land cells.");
  model.describe(s, "model", land_models()).about("Land model and its options.");
  if (s.is_reading()) forcing.needed = model.make()->traits().needs_forcing;
  s.section("forcing", forcing).about("Weather.");
  s.section("ensemble", ensemble).about("Members.");
  s.section("control", control).about("What the analysis updates.");
  s.list("observations", observations).about("Observation streams.");
  s.section("analysis", analysis).about("Assimilation.");
  s.section("spinup", spinup).about("Initial state.");
  nature.model = model;
  nature.forcing = forcing;
  s.section("nature", nature).about("Truth of an OSSE.");
  s.section("verification", verification).about("Comparison with an open loop.");
  s.map("experiments", set, "all")
      .about(
          "Experiments that share nature run, observations, start and open loop, in place of one analysis; the first "
          "is the control. `all` assimilates every stream.");
  s.section_or_false("impact", impact.on, impact).about("Impact of observations without denying them.");
  s.section("calibration", calibration).about("Parameter estimation with `tilth calibrate`.");
  s.section("sensitivity", sensitivity).about("Effects of parameters on results with `tilth sensitivity`.");
  s.section("output", output).about("Files.");
}

Time Experiment::window_end(std::int64_t cycle) const { return std::min(time.end, window_begin(cycle + 1)); }

namespace {

void check_sites(const Experiment& e) {
  require(e.grid.kind != GridOptions::Kind::sites || !e.grid.sites.empty(), e.file,
          ": grid.sites is an empty list, must have at least one site; or use another grid");
  std::set<std::string> names;
  for (const auto& site : e.grid.sites)
    require(names.insert(site.name).second, e.file, ": grid.sites: two sites are named '", site.name,
            "'; give each its own name");
}

void check_streams(const Experiment& e) {
  std::set<std::string> names;
  for (const auto& stream : e.observations) {
    require(names.insert(stream.name).second, e.file, ": observations: two streams are named '", stream.name,
            "'; give each its own name");
    require(e.forcing.needed || stream.simulate.cloud_sensitivity == 0.0, e.file, ": observations (", stream.name,
            ").simulate.cloud_sensitivity = ", stream.simulate.cloud_sensitivity,
            ", but the model has no weather and no clouds; leave it out");
  }
}

void check_parameters(const Experiment& e) {
  for (const auto& [name, unused] : e.control.parameters)
    for (const auto& [other, unused2] : e.ensemble.parameters)
      require(name != other, e.file, ": '", name, "' is in control.parameters and in ensemble.parameters; keep one");
}

void check_start(const Experiment& e) {
  const std::int64_t warmup = e.spinup.warmup_s;
  require(warmup >= 0 && warmup % seconds_per_day == 0, e.file, ": spinup.warmup = ", format_duration(warmup),
          ", must be whole days");
  const std::string& restart = e.spinup.restart;
  require(restart.empty() || std::ifstream(restart).good(), e.file, ": spinup.restart: ", restart,
          " cannot be read; make it with 'tilth spinup', or leave it out");
  const InitialOptions& initial = e.ensemble.initial;
  require(restart.empty() || (initial.around == "spinup" && initial.file.empty()), e.file,
          ": spinup.restart and ensemble.initial both say where the members start; keep one");
  require(initial.file.empty() || std::ifstream(initial.file).good(), e.file, ": ensemble.initial.file: ", initial.file,
          " cannot be read");
  require(e.verification.from_window < e.windows(), e.file, ": verification.from_window = ", e.verification.from_window,
          ", but the run has ", e.windows(), " windows, counted from 0; lower it");
}

}  // namespace

Experiment Experiment::load(const std::string& file, const std::vector<std::string>& assignments) {
  std::ifstream in(file);
  require(in.good(), file, ": cannot be read; give the path of an experiment file, e.g. jobs/experiments/demo.yaml");
  std::stringstream content;
  content << in.rdbuf();
  Node node = Node::parse(content.str(), file);
  for (const auto& assignment : assignments) node.set(assignment);
  Experiment e;
  e.file = file;
  e.assignments = assignments;
  e.resolved = resolved_yaml(read_options(node, e));
  check_sites(e);
  check_streams(e);
  check_parameters(e);
  require_comparable(e);
  check_start(e);
  check_set(e);
  return e;
}

std::string configuration_reference() { return reference_page(document_options<Experiment>("")); }

}  // namespace tilth
