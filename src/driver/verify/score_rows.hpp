#pragma once

#include <string>
#include <vector>

#include "driver/verify/options.hpp"
#include "driver/verify/record_sums.hpp"

namespace tilth {

/// What one variable or stream is in the tables.
struct ScoredVariable {
  std::string name, kind, units;
  bool observed = false;
};

/// A row of the table `score`.
struct ScoreEntry {
  std::string source, reference, variable, kind, units;
  bool observed = false;
  std::string region, pft, season;
  double lead_days = 0.0;
  int score = 0;  ///< `Score`
  double value = 0.0, low = 0.0, high = 0.0, n = 0.0;
};

/// A row of the scorecard.
struct ScorecardEntry {
  std::string experiment, variable;
  bool observed = false;
  std::string region;
  int score = 0;
  double value = 0.0, control = 0.0, change = 0.0, low = 0.0, high = 0.0;
  bool significant = false;
  std::string reference = {};
};

/// Replicates and how they are drawn.
struct BootstrapPlan {
  std::uint64_t seed = 0;
  BootstrapOptions options;
};

/// All scores of all groups, seasons and sources; groups and seasons without cases leave no row. The work is dealt to
/// ranks, the rows are on all of them. Collective.
std::vector<ScoreEntry> score_rows(const Comm& comm, const RecordSums& sums, const Groups& groups,
                                   const ScoredVariable& variable, const BootstrapPlan& plan);

/// Change of every source against `control` by region, all seasons. Collective.
std::vector<ScorecardEntry> scorecard_rows(const Comm& comm, const RecordSums& sums, const Groups& groups,
                                           const ScoredVariable& variable, const BootstrapPlan& plan,
                                           const std::string& control);

}  // namespace tilth
