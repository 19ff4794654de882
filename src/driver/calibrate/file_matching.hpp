#pragma once

#include <string>
#include <vector>

#include "driver/calibrate/methods/feature_targets.hpp"
#include "driver/calibrate/methods/matching_rules.hpp"
#include "driver/command_line.hpp"

namespace tilth {

/// `history_matching:` of a problem of `tilth analyse`: waves of runs of any model, from files.
struct MatchingFiles {
  std::vector<std::string> waves, parameters;
  std::vector<double> lower{-1.0}, upper{1.0};
  std::vector<TargetOptions> targets;
  MatchingRules rules;
  void describe(Schema& s);
};

/// A problem of history matching from files alone.
struct FileMatchingProblem {
  struct Output {
    std::string file;
    void describe(Schema& s);
  };
  MatchingFiles matching;
  Output output;
  std::int64_t seed = 1;

  void describe(Schema& s);
  /// Reads and checks `path` with `--set` assignments.
  static FileMatchingProblem load(const std::string& path, const std::vector<std::string>& assignments);
};

/// What the waves of a problem leave.
struct FileMatchingResult {
  std::vector<calibration::WaveReport> waves;
  std::vector<std::string> notes;
  std::vector<Table> tables;  ///< wave, wave_metric, and a sample of the space left
};

/// Fits emulators to the runs of every wave and rules out. Collective.
FileMatchingResult match_files(const Comm& comm, const FileMatchingProblem& problem);

/// Whether a problem file asks for history matching.
bool asks_for_matching(const std::string& path);
/// `tilth analyse` of such a problem. Collective.
void run_file_matching(const Comm& comm, const CommandLine& line);

}  // namespace tilth
