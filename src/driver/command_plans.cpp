// The commands that run nothing: check and describe.
#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "driver/commands.hpp"
#include "driver/cost_forecast.hpp"
#include "driver/domain.hpp"
#include "driver/instrument/instruments.hpp"
#include "driver/nature.hpp"
#include "driver/observation_store.hpp"
#include "driver/sets/impact_norm.hpp"
#include "driver/sets/variant.hpp"
#include "driver/window_analysis.hpp"

namespace tilth {

namespace {

template <class Interface>
void list(const char* title, const Registry<Interface>& registry) {
  fmt::print("{}\n", title);
  for (const auto& [name, plugin] : registry) fmt::print("  {:<24}{}\n", name, plugin->about);
}

template <class Interface>
bool describe_options(const Registry<Interface>& registry, const std::string& name, const std::string& path) {
  for (const auto& [known, plugin] : registry) {
    if (known != name) continue;
    Schema schema = Schema::documenting(path + "." + name);
    plugin->configure(schema);
    fmt::print("{}: {}\n\n{}", name, plugin->about, reference_tables(schema.records()));
    return true;
  }
  return false;
}

void describe_parameters(const LandModel& model) {
  fmt::print("{:<28}{:<16}{:>10}{:>10}{:>8}  {:<9} {}\n", "parameter", "units", "lower", "upper", "sd", "transform",
             "meaning");
  for (const ParameterDefinition& d : model.traits().parameters)
    fmt::print("{:<28}{:<16}{:>10.4g}{:>10.4g}{:>8.3g}  {:<9} {}\n", d.name, d.units, d.lower, d.upper, d.prior_sd,
               to_string(d.transform.kind), d.about);
  fmt::print("\n{:<28}{:<16}{:>7}  {}\n", "variable", "units", "layers", "meaning");
  for (const Variable& v : model.traits().layout.variables())
    fmt::print("{:<28}{:<16}{:>7}  {}\n", v.name, v.units, v.layers, v.long_name);
}

bool describe_name(const std::string& name) {
  if (describe_options(observation_operators(), name, "observations[].operator")) return true;
  if (describe_options(analysis_methods(), name, "analysis.method")) return true;
  if (describe_options(field_methods(), name, "analysis.method")) return true;
  if (describe_options(iterative_methods(), name, "analysis.method")) return true;
  if (!describe_options(land_models(), name, "model")) return false;
  for (const auto& [known, plugin] : land_models()) {
    if (known != name) continue;
    Schema schema = Schema::reading(Node());
    describe_parameters(*plugin->configure(schema)());
  }
  return true;
}

void print_stream(const Experiment& e, std::size_t i, std::int64_t points, std::int64_t count) {
  const ObservationOptions& o = e.observations[i];
  if (o.simulated && !o.simulate.sampling.is_regular())
    fmt::print("  {:<20}{}: simulated, sampling {}{}\n", o.name, o.op.name, o.simulate.sampling.name,
               find_instrument(o.simulate.instrument) ? ", instrument " + o.simulate.instrument : "");
  else if (o.simulated)
    fmt::print("  {:<20}{}: simulated every {}, at most {:.0f} per window\n", o.name, o.op.name,
               format_duration(o.simulate.every_s),
               o.simulate.coverage * double(points) * double(e.time.window_s) / double(o.simulate.every_s));
  else
    fmt::print("  {:<20}{}: {} observations, {:.1f} per window\n", o.name, o.op.name, count,
               double(count) / double(e.windows()));
}

void describe(const std::string& what) {
  if (what == "config") {
    fmt::print("{}", configuration_reference());
    return;
  }
  if (what == "instruments") {
    fmt::print("{}", instrument_table());
    return;
  }
  if (what.empty() || what == "models") list("models", land_models());
  if (what.empty() || what == "operators") list("operators", observation_operators());
  if (what.empty() || what == "methods") {
    list("methods", analysis_methods());
    list("methods of the whole field", field_methods());
    list("iterative methods", iterative_methods());
  }
  if (what.empty()) {
    fmt::print("instruments\n");
    for (const Instrument& i : instruments()) fmt::print("  {:<28}{}\n", i.name, i.about);
  }
  if (what.empty() || what == "models" || what == "operators" || what == "methods") return;
  if (describe_name(what)) return;
  std::vector<std::string> names{"models", "operators", "methods", "instruments", "config"};
  for (const auto& entry : land_models()) names.push_back(entry.first);
  for (const auto& entry : observation_operators()) names.push_back(entry.first);
  for (const auto& entry : analysis_methods()) names.push_back(entry.first);
  for (const auto& entry : field_methods()) names.push_back(entry.first);
  for (const auto& entry : iterative_methods()) names.push_back(entry.first);
  require(false, "tilth describe: nothing is named '", what, "'", did_you_mean(what, names),
          "; known: ", joined(names));
}

}  // namespace

void run_describe(const Comm& comm, const CommandLine& line) {
  together(comm, [&] {
    require(line.arguments.size() <= 1, "tilth describe: give one name; see 'tilth help describe'");
    if (comm.root()) describe(line.arguments.empty() ? "" : line.arguments[0]);
  });
}

namespace {

// Observations per window from files; empty when instruments are simulated.
WindowCounts window_counts(const Comm& comm, const Experiment& e, const ObservationStore& store) {
  if (std::any_of(e.observations.begin(), e.observations.end(), [](const auto& o) { return o.simulated; })) return {};
  WindowCounts counts(std::size_t(e.windows()), 0);
  for (const ObsRecord& r : store.records()) {
    const std::int64_t middle = r.begin.seconds + (r.end - r.begin) / 2 - e.time.start.seconds;
    if (middle >= 0 && middle / e.time.window_s < e.windows()) ++counts[std::size_t(middle / e.time.window_s)];
  }
  comm.sum(std::span<std::int64_t>(counts));
  return counts;
}

void print_experiment(const Experiment& e) {
  std::vector<std::string> without;
  for (const ObservationOptions& o : e.observations)
    if (o.denied) without.push_back(o.name);
  const std::string name = e.run.output.substr(e.run.output.rfind('/') + 1);
  fmt::print("  experiment  {}: {}{}\n", name, without.empty() ? "all streams" : "without " + joined(without),
             e.impact.on ? ", with the impact of its observations" : "");
}

}  // namespace

void run_check(const Comm& comm, const CommandLine& line) {
  Experiment e;
  together(comm, [&] {
    require(line.arguments.size() == 1, "tilth check: give one experiment file");
    e = Experiment::load(line.arguments[0], line.set);
  });
  std::vector<Experiment> set;
  together(comm, [&] {
    set = variants(e);
    const bool twin =
        std::any_of(e.observations.begin(), e.observations.end(), [](const auto& o) { return o.simulated; });
    for (const Experiment& one : set) check_impact(one, twin);
    if (set.empty()) check_impact(e, twin);
  });
  if (line.derivatives) return check_derivatives(comm, line, e);
  const Domain domain = make_domain(comm, e);
  if (is_fraternal(e)) const OtherNature checked(comm, e, nullptr);
  check_impact_variables(domain);
  const auto control = control_rows(e, domain.model->traits());
  std::size_t uncertain = 0;
  double bytes = 0.0;
  {  // gone before the trial runs, whose memory is measured
    Members members(domain, {e.ensemble.size, 0, std::uint64_t(e.run.seed)});
    if (e.ensemble.size > 1) WindowAnalysis(members, experiment_products(domain));
    uncertain = members.parameters.uncertain().size();
    bytes = comm.max(double(members.state.bytes()));
  }
  const double mine = double(domain.columns());
  const double most = comm.max(mine), fewest = comm.min(mine);
  const auto store = ObservationStore::read(domain, std::vector<std::vector<std::string>>(e.observations.size()));
  std::vector<std::int64_t> counts(e.observations.size(), 0);
  for (const ObsRecord& r : store.records()) ++counts[r.type];
  comm.sum(std::span<std::int64_t>(counts));
  std::optional<CostForecast> cost;
  if (!line.quick) cost = forecast_cost(comm, line, e, window_counts(comm, e, store));
  if (!comm.root()) return;
  fmt::print("{}: valid\n", e.file);
  fmt::print("  period      {} to {}, {} windows of {}\n", format_time(e.time.start), format_time(e.time.end),
             e.windows(), format_duration(e.time.window_s));
  fmt::print("  grid        {} columns, {} tiles; {} to {} columns on each of {} ranks\n", domain.grid.global_count,
             domain.global_tiles, fewest, most, comm.size());
  fmt::print("  ensemble    {} members, {} uncertain parameters; state {:.1f} MiB on the fullest rank\n",
             e.ensemble.size, uncertain, bytes / 1048576.0);
  fmt::print("  control     {} rows per tile\n", control.size());
  for (std::size_t i = 0; i < e.observations.size(); ++i) print_stream(e, i, domain.grid.global_count, counts[i]);
  for (const Experiment& one : set) print_experiment(one);
  if (cost) print_cost(*cost, comm);
  fmt::print("\nresolved configuration:\n{}", e.resolved);
}

}  // namespace tilth
