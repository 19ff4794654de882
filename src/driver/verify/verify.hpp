#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "driver/domain.hpp"
#include "driver/verify/observation_cases.hpp"
#include "driver/verify/score_rows.hpp"
#include "driver/verify/verification.hpp"

namespace tilth {

/// All tables of a verification.
struct VerificationTables {
  std::vector<ScoreEntry> scores;
  std::vector<ScorecardEntry> card;
  struct Rank {
    std::string source, reference, variable, region;
    double bin, bins, count, lead_days;
  };
  struct Reliability {
    std::string source, reference, variable, region, event;
    double probability, frequency, n, lead_days;
  };
  struct Roc {
    std::string source, reference, variable, region, event;
    double threshold, hit_rate, false_alarm_rate, lead_days;
  };
  std::vector<Rank> ranks;
  std::vector<Reliability> reliability;
  std::vector<Roc> roc;
  std::string control;  ///< what the scorecard compares with
};

/// Parts of a run that are scored, with their folders: open_loop, analysis, the complete ones under `experiments`, in
/// the order of the experiment file.
std::vector<std::pair<std::string, std::string>> scored_parts(const Domain& domain, const std::string& run);
/// The control of a set is its first experiment; without a set it is the open loop.
std::string control_of(const std::vector<std::pair<std::string, std::string>>& parts);

/// Forecasts from the analyses of these parts, by lead time; whether their files are there is not looked at.
std::vector<FeedbackPart> forecast_parts(const Domain& domain,
                                         const std::vector<std::pair<std::string, std::string>>& parts);

/// Ranks, reliability and ROC of what has members.
void add_probabilities(const RecordSums& sums, const Groups& groups, const std::string& variable,
                       VerificationTables& out);

/// Scores of the parameters of a part of a run, beside those of the open loop.
struct ParameterScores {
  std::string source;
  std::vector<ScoreRow> rows;
};

/// Adds scores, scorecard and probabilities of one variable or stream. `observed`: whether a source assimilates it.
/// Collective.
void add_scores(const Domain& domain, CaseReader& reader, const Groups& groups, const ScoredVariable& variable,
                std::vector<EventRule> events, const std::map<std::string, bool>& observed, VerificationTables& out);

/// Adds scores against observations, of the feedback of the parts of a run: references `withheld` and tower:<name>
/// (no part but the open loop could have assimilated them), `denied` (some could: scores of those that could not) and
/// on request `forthcoming`. Collective.
void score_observations(const Domain& domain, const std::string& run, VerificationTables& out);

/// Writes verification.nc and scorecard.nc of a run and prints a summary, from whatever is there: products against the
/// nature run, feedback against observations that were not assimilated. `parameters` are added as they are, those of
/// the open loop once. Collective.
void verify_run(const Domain& domain, const std::string& run, const std::vector<ParameterScores>& parameters);

/// Writes the two files. Collective.
void write_verification(const Domain& domain, const std::string& run, const VerificationTables& tables);
/// The scorecard as text: global changes of root mean square error and fair CRPS, or without members ubRMSE.
void print_scorecard(const VerificationTables& tables);

}  // namespace tilth
