#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "driver/domain.hpp"
#include "driver/instrument/towers.hpp"
#include "driver/verify/cases.hpp"
#include "io/feedback.hpp"

namespace tilth {

/// A part of a run whose feedback is scored.
struct FeedbackPart {
  std::string name;  ///< of the source in the tables
  std::string folder;
  double lead_days = std::numeric_limits<double>::quiet_NaN();  ///< NaN: forecasts of the run's own windows
  std::string run = {};  ///< open_loop, analysis or experiment that it goes out from; empty: `name`
  const std::string& of() const { return run.empty() ? name : run; }
};

/// What a part foresaw of an observation before any use of it.
struct Foreseen {
  bool known = false;     ///< predicted, and neither side was screened
  bool withheld = false;  ///< the part does not assimilate the observation
  double mean = 0.0, sd = 0.0, crps = 0.0, crps_fair = 0.0;
  double rank = 0.0;  ///< members below it, with drawn errors
};

/// Observations of a run with what its parts foresaw of them, on the ranks that own their columns.
struct ObservationCases {
  struct Case {
    std::int32_t record = 0, stream = 0, column = 0;
    std::int32_t tower = -1;  ///< in `towers`, -1: none
    double value = 0.0, error_variance = 0.0, time = 0.0;
  };

  std::vector<FeedbackPart> parts;
  std::vector<Tower> towers;
  std::vector<Time> times;         ///< the middle of every window that any part has feedback of
  std::vector<char> present;       ///< [record][part]: the part has feedback of the window
  std::vector<Case> cases;         ///< by record, then by number of the observation
  std::vector<Foreseen> foreseen;  ///< [case][part]

  bool is_present(int record, std::size_t part) const {
    return present[std::size_t(record) * parts.size() + part] != 0;
  }
  const Foreseen& of(std::size_t i, std::size_t part) const { return foreseen[i * parts.size() + part]; }
  /// Whether all of these parts that are present foresaw case i and, with `kept`, do not assimilate it.
  bool has(std::size_t i, const std::vector<std::size_t>& wanted, bool kept) const;
};

/// Reads the feedback of windows from `verification.from_window` on. Unless `used`, only of observations that some part
/// other than the open loop does not assimilate. `Error` for feedback of another grid. Collective.
ObservationCases observation_cases(const Domain& domain, std::vector<FeedbackPart> parts, bool used);

/// Streams that nothing assimilates are scored over the period that is withheld of the others at their place, where
/// there is one: before, the others pull at the forecast of the same days. Takes them out of `chosen`.
void keep_withheld_period(const Domain& domain, const ObservationCases& all,
                          std::vector<std::vector<std::size_t>>& chosen);

/// Chosen cases of one stream. A cell is a column, or beyond them a tower.
class FeedbackCases final : public CaseReader {
 public:
  /// `chosen`: numbers of cases, ascending; `wanted`: numbers of parts. `all` must outlive it. Collective.
  FeedbackCases(const Domain& domain, const ObservationCases& all, std::vector<std::size_t> wanted,
                std::vector<std::size_t> chosen);

  const std::vector<ForecastSource>& sources() const override { return sources_; }
  const std::vector<Time>& times() const override { return times_; }
  void read(int r, Detail detail, Cases& cases) override;
  /// Of every tower the own column its cases lie in, -1: none.
  std::vector<int> tower_columns() const;
  /// The names of the towers, empty where no rank has a case. Collective.
  std::vector<std::string> tower_names() const;

 private:
  const Domain& domain_;
  const ObservationCases& all_;
  std::vector<std::size_t> wanted_;
  std::vector<ForecastSource> sources_;
  std::vector<int> records_;  // that hold a case on any rank
  std::vector<Time> times_;
  std::vector<std::vector<std::size_t>> chosen_;  // [record]
};

}  // namespace tilth
