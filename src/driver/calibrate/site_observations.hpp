#pragma once

#include <span>
#include <vector>

#include "driver/observation_store.hpp"
#include "driver/prediction.hpp"

namespace tilth {

/// What runs of one site predict: its observations, and behind them a mean of every day for every stream.
class SiteObservations {
 public:
  /// `records` of the site in any order; `begin` and `end`: whole days.
  SiteObservations(const Domain& domain, const GridPoint& point, std::vector<ObsRecord> records, Time begin, Time end);

  /// Sorted by (stream, middle of the interval, id).
  const std::vector<ObsRecord>& records() const { return records_; }
  std::vector<ObsRecord>& records() { return records_; }
  int count() const { return int(records_.size()); }
  int days() const { return days_; }
  /// Number of the daily value of a stream.
  int daily(int stream, int day) const { return count() + stream * days_ + day; }
  int all() const { return count() + streams_ * days_; }
  /// Observation or daily value `i`.
  Predictand predictand(int i) const;
  int stream(int i) const { return i < count() ? records_[std::size_t(i)].type : (i - count()) / days_; }
  /// Observations whose interval touches the day that starts at `day`, ascending.
  std::span<const int> of_day(Time day) const;
  int streams() const { return streams_; }
  /// End of the last day with an observation that trains; `begin` without any.
  Time trained() const;
  Time begin() const { return begin_; }
  /// Whether a run up to midnight `end` predicts observation `i`.
  bool predicted_by(int i, Time end) const;

 private:
  const Domain* domain_;
  double lon_;
  Time begin_;
  int days_, streams_;
  std::vector<ObsRecord> records_;
  std::vector<double> level_;  // of the daily values of a stream
  std::vector<int> first_, touching_;
};

}  // namespace tilth
