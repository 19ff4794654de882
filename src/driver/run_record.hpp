#pragma once

#include <string>
#include <utility>
#include <vector>

#include "driver/cycle.hpp"
#include "driver/domain.hpp"

namespace tilth {

/// Provenance of a run: version, command, resolved configuration, inputs with checksums, ranks, timings, closure,
/// warnings. The only file of a run, with the logs, that carries what depends on ranks, host or wall-clock.
class RunRecord {
 public:
  RunRecord(const Domain& domain, std::string command, bool quiet);
  /// Seconds of a phase.
  void time(const std::string& phase, double seconds);
  /// Files the run read besides the experiment, the grid and the weather.
  void add_inputs(const std::vector<std::string>& files);
  void warn(const std::vector<std::string>& sentences);
  /// Closure, failed members, observations used and timings of a finished cycle. Collective.
  void add(const std::string& name, Cycle& cycle);
  /// Writes run.json into the run's folder and prints the summary line. Collective.
  void write();

 private:
  void print_summary(double memory_mib) const;
  const Domain* domain_;
  std::string command_;
  bool quiet_;
  std::vector<std::pair<std::string, double>> seconds_;
  std::vector<std::string> warnings_, inputs_;
  struct Part {
    std::string name;
    double water, carbon, energy;
    std::int64_t replaced, used;
  };
  std::vector<Part> parts_;
};

/// Makes the folders of a run; `Error` when one cannot be written. Collective.
void make_folders(const Comm& comm, const std::string& run, const std::vector<std::string>& parts);

}  // namespace tilth
