// tilth calibrate: parameters that fit the observations best.
#include <fmt/format.h>

#include "driver/calibrate/calibration_files.hpp"
#include "driver/calibrate/runs_session.hpp"
#include "driver/calibrate/scope/command_scopes.hpp"
#include "driver/calibrate/scope/simulations.hpp"
#include "driver/calibrate/set_files.hpp"
#include "driver/calibrate/set_up.hpp"
#include "driver/commands.hpp"
#include "driver/timer.hpp"

namespace tilth {

namespace {

void write_results(const Comm& comm, const RunsSession& s, const ModelRuns& runs, const CalibrationResults& results) {
  const CalibrationOptions& options = s.experiment.calibration;
  write_calibration(comm, s.folder, runs, results);
  write_sets(comm, s.folder, runs, results);
  const TypeValue value = [&](int site, int parameter, int pft, double z) {
    return type_value(runs, site, parameter, pft, z);
  };
  together(comm, [&] {
    if (!comm.root()) return;
    write_report(s.folder, runs, results, options.method.name);
    std::vector<std::string> inputs;
    if (!options.parameter_table.empty()) inputs.push_back(options.parameter_table);
    write_parameter_table(s.folder + "/parameters.csv", table_rows(runs, results, options.scope, value), inputs);
    if (!s.line.quiet) fmt::print("{}", calibration_text(runs, results, options.method.name));
    std::fflush(stdout);
  });
}

void write_series(const Comm& comm, const RunsSession& s, const ModelRuns& runs, const CalibrationResults& results) {
  const SimulationOptions& options = s.experiment.calibration.scopes.simulations;
  if (!options.on) return;
  std::vector<SimulatedSite> sites;
  for (const SiteFit& fit : results.sites)
    sites.push_back(fitted_site(runs, results.problems[fit.problem], fit.site, options.members,
                                std::uint64_t(s.experiment.run.seed)));
  write_simulations(comm, runs, s.folder + "/simulations", options, sites);
}

void calibrate(const Comm& comm, const RunsSession& s) {
  const Experiment& e = s.experiment;
  SessionRuns session(comm, s, {e.calibration.parameter_table});
  const ModelRuns& runs = *session.runs;
  if (!e.calibration.scopes.scopes.empty()) {
    const Phase phase("search");
    const ScopeCosts costs{stream_rules(e), prior_rule(e.calibration, runs.parameters())};
    const std::string table = calibrate_scopes(session.pool, runs, costs, s.folder);
    if (comm.root() && !s.line.quiet) fmt::print("{}\n", table);
    return;
  }
  CalibrationResults results;
  {
    const Phase phase("search");
    results = calibrate(session.pool, e.calibration, stream_rules(e), std::uint64_t(e.run.seed));
  }
  const Phase phase("results");
  if (e.calibration.twins && !e.calibration.twin.of_features) results.truth = twin_truth(runs, e.calibration);
  write_results(comm, s, runs, results);
  write_series(comm, s, runs, results);
}

}  // namespace

void run_calibrate(const Comm& comm, const CommandLine& line) {
  const RunsSession s(comm, line, "calibrate");
  s.begin({"calibration.nc", "calibration.json", "parameters.csv", "scopes.nc", "scopes.csv", "features.csv",
           "parameter_maps.nc"});
  s.record->run([&] { calibrate(comm, s); });
}

}  // namespace tilth
