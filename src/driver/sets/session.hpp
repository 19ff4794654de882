#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "driver/command_line.hpp"
#include "driver/cycle.hpp"
#include "driver/nature.hpp"
#include "driver/run_record.hpp"

namespace tilth {

/// What every command that runs models builds first. Nothing is written before all of it is valid.
struct Session {
  /// Reads and checks the experiment for the command `name`, builds its domain, and makes the folders of `parts` (those
  /// of a set in place of `analysis`) unless there are none. Collective.
  Session(const Comm& comm, const CommandLine& line, const std::string& name, const std::vector<std::string>& parts);

  /// What the nature run lives in.
  const Domain& truth() const { return other ? other->domain : domain; }
  MemberRole ensemble() const { return {experiment.ensemble.size, 0, std::uint64_t(experiment.run.seed)}; }
  MemberRole nature() const { return {1, -1, std::uint64_t(experiment.nature.seed)}; }
  CycleOptions options(const std::string& label, const std::string& part, MemberRole role) const {
    return {label, folder + "/" + part, role, false, line.resume, true, line.quiet};
  }

  /// Whether the experiments of a set run in place of one analysis.
  bool is_set() const { return !chosen.empty(); }
  /// Whether this start makes what the set shares: all do but those of `--only` without the first experiment.
  bool makes_shared() const;
  /// The folders of this start: `shared`, when it makes them, and those of its experiments.
  std::vector<std::string> parts(const std::vector<std::string>& shared) const;

  /// Begins the record and removes what an earlier run left in these parts, unless it is continued: a kill at any later
  /// point must not leave old files that --resume takes for this run's. Collective.
  void begin(const std::vector<std::string>& parts) const;

  const CommandLine& line;
  Experiment experiment;
  std::vector<std::string> chosen;  ///< experiments of the set that run; empty: there is no set
  Domain domain;
  std::unique_ptr<OtherNature> other;  ///< null unless a fraternal twin
  std::unique_ptr<RunRecord> record;
  std::string folder;
  bool twin = false;  ///< there is a nature run
  bool spun_up = false;

 private:
  void require_instruments(const std::string& name) const;
  void require_scores() const;
  void choose(const std::string& name);
};

/// The observations of a store, window by window; it must outlive what is returned.
std::function<ObsTable(Time, Time, int)> reading(const ObservationStore& store);

/// Files of the nature run: the start, and states and parameters at the end of every window.
std::string nature_start(const Session& session);
std::string nature_trajectory(const Session& session);
bool starts_around_nature(const Session& session);
/// Whether the nature run is complete with its last checkpoint and all simulated observations. Collective.
bool nature_is_done(const Session& session);

}  // namespace tilth
