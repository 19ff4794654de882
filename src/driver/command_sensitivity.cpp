// tilth sensitivity: which parameters matter for which results.
#include <memory>

#include <fmt/format.h>

#include "driver/calibrate/calibrate.hpp"
#include "driver/calibrate/runs_session.hpp"
#include "driver/calibrate/scope/command_scopes.hpp"
#include "driver/calibrate/sensitivity.hpp"
#include "driver/calibrate/set_up.hpp"
#include "driver/commands.hpp"
#include "driver/timer.hpp"

namespace tilth {

namespace {

MetricRules rules_of(const Experiment& e, const ModelRuns& runs) {
  MetricRules out;
  for (const Stream& stream : runs.domain().streams) out.units.push_back(stream.op->traits().units);
  out.streams = stream_rules(e);
  out.prior = prior_rule(e.calibration, runs.parameters());
  return out;
}

void analyse(const Comm& comm, const RunsSession& s) {
  const Experiment& e = s.experiment;
  std::unique_ptr<ModelRuns> runs;
  {
    const Phase phase("start");
    runs = made_runs(comm, e);
    if (e.calibration.twins && e.calibration.twin.of_features) observe_truth_of_features(comm, *runs);
  }
  s.record->add_inputs(runs->files());
  if (!e.sensitivity.design.empty()) s.record->add_inputs({e.sensitivity.design});
  Journal journal(comm, s.folder + "/journal.bin", journal_problem(e), s.line.resume);
  RunPool pool(comm, *runs, journal, s.line.quiet);
  const Phase phase("sensitivity");
  const SensitivityResult result = analyse_sensitivity(pool, e.sensitivity, rules_of(e, *runs),
                                                       std::uint64_t(e.run.seed), s.folder, e.file + ": sensitivity");
  if (!comm.root() || s.line.quiet) return;
  fmt::print("{}", sensitivity_summary(result, *runs, e.sensitivity));
  std::fflush(stdout);
}

}  // namespace

void run_sensitivity(const Comm& comm, const CommandLine& line) {
  const RunsSession s(comm, line, "sensitivity");
  s.begin({"sensitivity.nc", "sensitivity.json", "design.nc", "design.csv"});
  s.record->run([&] { analyse(comm, s); });
}

}  // namespace tilth
