#pragma once

#include <memory>
#include <string>
#include <vector>

#include "driver/calibrate/model_runs.hpp"
#include "driver/calibrate/run_pool.hpp"
#include "driver/command_line.hpp"
#include "driver/domain.hpp"
#include "driver/run_record.hpp"

namespace tilth {

/// What commands build first that run sets of parameters. Every rank knows all columns, so there may be more ranks
/// than columns. Nothing is written before all of it is valid.
struct RunsSession {
  /// Reads and checks the experiment for the command `name` and makes its folder. Collective.
  RunsSession(const Comm& comm, const CommandLine& line, const std::string& name);
  RunsSession(const RunsSession&) = delete;
  RunsSession& operator=(const RunsSession&) = delete;

  /// Begins the record; removes `files` of an earlier run unless it is continued. Collective.
  void begin(const std::vector<std::string>& files) const;

  const CommandLine& line;
  Experiment experiment;
  std::string folder;
  Comm self;
  Domain domain;  ///< for the record: all columns, and the ranks of the run
  std::unique_ptr<RunRecord> record;
};

/// The runs of a session with what remembers them.
struct SessionRuns {
  /// Makes them, with the observations of the experiment's twin if it is one; `inputs`: files read beside observations,
  /// for the record; empty names count for nothing. Collective.
  SessionRuns(const Comm& comm, const RunsSession& session, const std::vector<std::string>& inputs);
  SessionRuns(const SessionRuns&) = delete;
  SessionRuns& operator=(const SessionRuns&) = delete;

  std::unique_ptr<ModelRuns> runs;
  Journal journal;
  RunPool pool;
};

}  // namespace tilth
