// tilth sensitivity: which parameters matter for which results.
#include <fmt/format.h>

#include "driver/calibrate/calibrate.hpp"
#include "driver/calibrate/runs_session.hpp"
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
  SessionRuns session(comm, s, {e.sensitivity.design, e.calibration.parameter_table});
  const ModelRuns& runs = *session.runs;
  const Phase phase("sensitivity");
  const SensitivityResult result = analyse_sensitivity(session.pool, e.sensitivity, rules_of(e, runs),
                                                       std::uint64_t(e.run.seed), s.folder, e.file + ": sensitivity");
  if (!comm.root() || s.line.quiet) return;
  fmt::print("{}", sensitivity_summary(result, runs, e.sensitivity));
  std::fflush(stdout);
}

}  // namespace

void run_sensitivity(const Comm& comm, const CommandLine& line) {
  const RunsSession s(comm, line, "sensitivity");
  s.begin({"sensitivity.nc", "sensitivity.json", "design.nc", "design.csv"});
  s.record->run([&] { analyse(comm, s); });
}

}  // namespace tilth
