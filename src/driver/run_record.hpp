#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "driver/command_line.hpp"
#include "driver/cycle.hpp"
#include "driver/domain.hpp"

namespace tilth {

/// What a part of a run came to, over all ranks that ran it.
struct RunPart {
  std::string name;
  double water = 0.0, carbon = 0.0, energy = 0.0;  ///< largest residual of a step: kg m-2, g m-2, W m-2
  std::int64_t replaced = 0, used = 0;             ///< member days that failed, observations used
  double start_s = 0.0, windows_s = 0.0;
  std::vector<std::string> warnings;
};
/// That of a finished cycle. Collective over the ranks of the cycle.
RunPart run_part(const Comm& comm, const std::string& name, Cycle& cycle);

/// Provenance of a run, run.json: status, version, command, resolved configuration, inputs with checksums, ranks,
/// hosts, timings, closure, warnings, and the list of starts over all resumes. The only file of a run, with the logs,
/// that carries what depends on ranks, host or wall-clock.
class RunRecord {
 public:
  /// `line` must outlive it; `begin`: when the set-up began; `folder`: where run.json and the events are.
  RunRecord(const Domain& domain, const CommandLine& line, std::chrono::steady_clock::time_point begin,
            std::string folder);
  /// From here on run.json says that the run is under way, and events are written: everything was found valid, and the
  /// folder is there. A resumed run continues both. Collective.
  void begin();
  /// Runs `work`, then writes run.json, the table of phases and the last event; also when a signal stopped the work,
  /// which is thrown on. Nothing is written before `begin`. Collective.
  void run(const std::function<void()>& work);
  /// Seconds of a phase.
  void time(const std::string& phase, double seconds);
  /// Files the run read besides the experiment, the grid and the weather.
  void add_inputs(const std::vector<std::string>& files);
  void warn(const std::vector<std::string>& sentences);
  /// Closure, failed members, observations used and timings of a finished part.
  void add(const RunPart& part);

 private:
  void finish(const std::string& status, const std::string& message);
  void add_results(double memory_mib, const std::vector<std::string>& remarks);
  void print_summary(double memory_mib, const std::string& phases) const;
  const Domain* domain_;
  const CommandLine* line_;
  std::chrono::steady_clock::time_point begin_;
  std::string folder_;
  bool begun_ = false;
  nlohmann::ordered_json run_;
  std::vector<std::pair<std::string, double>> seconds_;
  std::vector<std::string> warnings_, inputs_;
  std::vector<RunPart> parts_;
};

/// Makes the folders of a run; `Error` when one cannot be written. Collective.
void make_folders(const Comm& comm, const std::string& run, const std::vector<std::string>& parts);

}  // namespace tilth
