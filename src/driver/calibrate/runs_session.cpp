#include "driver/calibrate/runs_session.hpp"

#include <chrono>

#include "core/base/error.hpp"
#include "driver/calibrate/set_up.hpp"
#include "driver/checkpoint.hpp"
#include "driver/timer.hpp"

namespace tilth {

RunsSession::RunsSession(const Comm& comm, const CommandLine& l, const std::string& name)
    : line(l), self(Comm::self()) {
  reset_phases();
  const auto begin = std::chrono::steady_clock::now();
  together(comm, [&] {
    const Phase phase("set-up");
    require(line.arguments.size() == 1, "tilth ", name, ": give one experiment file, e.g. tilth ", name,
            " jobs/experiments/calibration.yaml");
    experiment = Experiment::load(line.arguments[0], line.set);
    domain = make_domain(self, experiment);
    domain.comm = &comm;
  });
  folder = experiment.run.output;
  record = std::make_unique<RunRecord>(domain, line, begin, folder);
  record->time("set-up", std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  make_folders(comm, folder, {"."});
}

void RunsSession::begin(const std::vector<std::string>& files) const {
  record->begin();
  if (line.resume) return;
  for (const std::string& file : files) clear_file(*domain.comm, folder + "/" + file);
}

namespace {

std::unique_ptr<ModelRuns> started_runs(const Comm& comm, const RunsSession& session,
                                        const std::vector<std::string>& inputs) {
  const Phase phase("start");
  auto runs = made_runs(comm, session.experiment);
  session.record->add_inputs(runs->files());
  for (const std::string& file : inputs)
    if (!file.empty()) session.record->add_inputs({file});
  return runs;
}

}  // namespace

SessionRuns::SessionRuns(const Comm& comm, const RunsSession& session, const std::vector<std::string>& inputs)
    : runs(started_runs(comm, session, inputs)),
      journal(comm, session.folder + "/journal.bin", journal_problem(session.experiment), session.line.resume),
      pool(comm, *runs, journal, session.line.quiet) {}

}  // namespace tilth
