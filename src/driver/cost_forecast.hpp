#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "driver/command_line.hpp"
#include "driver/experiment.hpp"
#include "driver/timer.hpp"
#include "driver/trial.hpp"

namespace tilth {

/// What a trial run cost.
struct TrialCost {
  std::vector<PhaseRow> phases;
  std::map<std::string, std::int64_t> bytes;  ///< by file of the run's folder; rank 0 only
  std::vector<double> used, seen;             ///< observations per window of the last part, rank 0 only
  double peak_mib = 0.0;                      ///< on the fullest rank
};

/// The cost of an experiment, put together from trial runs.
struct CostForecast {
  std::string command;                         ///< osse, assimilate or forecast
  double memory_mib = 0.0;                     ///< on the fullest rank
  std::map<std::string, std::int64_t> bytes;   ///< files at the end, those of the same kind in one entry
  std::map<std::string, double> own_s, now_s;  ///< seconds on processors of its own and at the load of now, by phase
  double observations = 0.0;                   ///< seen per window
  std::int64_t experiments = 0;                ///< of a set
  std::int64_t bytes_total() const;
};

/// Observations per window that are known beforehand (files); empty when instruments are simulated.
using WindowCounts = std::vector<std::int64_t>;

/// Runs the experiment's command three times in a folder beside its output, which is removed: one and two windows with
/// all columns from a cold start, and the first year with a few columns. Collective; the result on rank 0.
CostForecast forecast_cost(const Comm& comm, const CommandLine& line, const Experiment& experiment,
                           const WindowCounts& counts);

/// Prints it. Rank 0.
void print_cost(const CostForecast& cost, const Comm& comm);

/// What the size of files at the end depends on besides the number of windows.
struct FileScales {
  double observations = 0.0;  ///< seen per window
  double scores = 1.0;        ///< rows of verification.nc of the run over those of the trial of two windows
};

/// Bytes of the files at the end of a run of `windows` windows from those after one and after two.
std::map<std::string, std::int64_t> grown_files(const TrialCost& one, const TrialCost& two,
                                                const Experiment& experiment, const FileScales& scales);

}  // namespace tilth
