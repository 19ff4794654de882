#pragma once

#include <span>
#include <vector>

namespace tilth {

/// Weights of cases by how many of the N members show an event: [0 .. N] where it came true, and where it did not.
struct EventCounts {
  explicit EventCounts(int members = 0) : hits(std::size_t(members) + 1, 0.0), misses(std::size_t(members) + 1, 0.0) {}
  std::vector<double> hits, misses;  ///< event, no event
  int members() const { return int(hits.size()) - 1; }
};

/// A point of the relative operating characteristic: the event is forecast when at least `threshold` of the members
/// show it.
struct RocPoint {
  double threshold = 0.0, hit_rate = 0.0, false_alarm_rate = 0.0;
};

/// From (1, 1) at threshold 0 to (0, 0) above 1, one point for each number of members; empty unless the event came true
/// and failed to.
std::vector<RocPoint> roc_curve(const EventCounts& counts);

/// Area under it by trapezia, the probability that an event had more members than a non-event, ties counting half
/// (Mason & Graham 2002); NaN unless the event came true and failed to.
double roc_area(const EventCounts& counts);

/// Observed frequency against forecast probability in `bins` equal intervals of probability, the last one closed.
struct ReliabilityPoint {
  double forecast_probability = 0.0, observed_frequency = 0.0;  ///< means over the interval
  double weight = 0.0;
};
/// Intervals without cases are left out.
std::vector<ReliabilityPoint> reliability(const EventCounts& counts, int bins);

/// Adds `weight` for the place of o among the members, to bins 0 ... N of `histogram`; where members equal o, the bins
/// it may belong to share the weight. Nothing when all equal it: such a case tells nothing (no snow forecast, none
/// there). Returns whether it was added.
bool add_rank(std::span<const double> members, double o, double weight, std::span<double> histogram);

}  // namespace tilth
