#pragma once

#include <limits>
#include <string>
#include <vector>

#include "assim/event_scores.hpp"
#include "assim/moment_scores.hpp"
#include "core/parallel/comm.hpp"
#include "driver/verify/cases.hpp"
#include "driver/verify/groups.hpp"

namespace tilth {

/// A yes or no of the truth: below or above a value, or a percentile of the cell's own truth over the scored period.
struct EventRule {
  std::string name;
  bool below = true, is_percentile = true;
  double limit = 20.0;
};

/// Seasons a record counts in by its middle: 0 all, then DJF, MAM, JJA, SON.
inline constexpr int season_count = 5;
extern const char* const season_names[season_count];
int season_of(Time time);

/// Sums over the cells of each group at each record; the same bits for any number of ranks, held by all of them. The
/// last source is the climatology of the truth.
struct RecordSums {
  /// Of moments, then of their second moments about seasonal means, then the number of cases.
  static constexpr int second_moments = 5, seconds = 7, stats = Moments::count + seconds + 1;

  std::vector<ForecastSource> sources;
  std::vector<EventRule> events;
  std::vector<Time> times;
  int groups = 0, regions = 0;
  std::vector<double> values;              // [record][group][source][stat]
  std::vector<char> present;               // [record][source]
  std::vector<EventCounts> counts;         // [record][region][source][event], by weight
  std::vector<EventCounts> cases;          // [region][source][event], each case once, over all records
  std::vector<std::vector<double>> ranks;  // [region][source], number of cases by rank

  int source_count() const { return int(sources.size()); }
  const double* at(int record, int group, int source) const {
    return values.data() + ((std::size_t(record) * groups + group) * sources.size() + source) * stats;
  }
  const EventCounts& count(int record, int region, int source, int event) const {
    return counts[((std::size_t(record) * regions + region) * sources.size() + source) * events.size() + event];
  }
  bool is_present(int record, int source) const { return present[std::size_t(record) * sources.size() + source] != 0; }
};

/// Moments from `RecordSums::stats` numbers; `seasonal`: second moments about the means of the season.
Moments moments_of(const double* stats, bool seasonal);

/// Reads all records three times: the truth for climatology and events, means for the time means of the cells, then
/// everything. A case counts only where all sources present at its record have a value, so that they are compared on
/// the same cases. Collective.
RecordSums record_sums(const Comm& comm, CaseReader& reader, const Groups& groups, int harmonics,
                       std::vector<EventRule> events);

}  // namespace tilth
