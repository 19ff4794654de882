#include "assim/event_scores.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace tilth {

std::vector<RocPoint> roc_curve(const EventCounts& counts) {
  const double events = std::accumulate(counts.hits.begin(), counts.hits.end(), 0.0);
  const double others = std::accumulate(counts.misses.begin(), counts.misses.end(), 0.0);
  if (!(events > 0.0) || !(others > 0.0)) return {};
  const int N = counts.members();
  std::vector<RocPoint> curve(std::size_t(N) + 2);
  curve.back().threshold = (N + 1.0) / N;
  double hits = 0.0, alarms = 0.0;
  for (int k = N; k >= 0; --k) {
    hits += counts.hits[std::size_t(k)];
    alarms += counts.misses[std::size_t(k)];
    curve[std::size_t(k)] = {double(k) / N, hits / events, alarms / others};
  }
  return curve;
}

double roc_area(const EventCounts& counts) {
  double area = 0.0, below = 0.0, events = 0.0;  // below: non-events with fewer members
  for (std::size_t k = 0; k < counts.hits.size(); ++k) {
    area += counts.hits[k] * (below + 0.5 * counts.misses[k]);
    below += counts.misses[k];
    events += counts.hits[k];
  }
  return events > 0.0 && below > 0.0 ? area / (events * below) : std::numeric_limits<double>::quiet_NaN();
}

std::vector<ReliabilityPoint> reliability(const EventCounts& counts, int bins) {
  std::vector<ReliabilityPoint> all(static_cast<std::size_t>(bins));
  const int N = counts.members();
  for (int k = 0; k <= N; ++k) {
    ReliabilityPoint& bin = all[std::size_t(std::min(k * bins / N, bins - 1))];
    const double weight = counts.hits[std::size_t(k)] + counts.misses[std::size_t(k)];
    bin.forecast_probability += weight * k / N;
    bin.observed_frequency += counts.hits[std::size_t(k)];
    bin.weight += weight;
  }
  std::erase_if(all, [](const ReliabilityPoint& p) { return !(p.weight > 0.0); });
  for (ReliabilityPoint& p : all) {
    p.forecast_probability /= p.weight;
    p.observed_frequency /= p.weight;
  }
  return all;
}

bool add_rank(std::span<const double> members, double o, double weight, std::span<double> histogram) {
  std::size_t below = 0, equal = 0;
  for (const double x : members) {
    below += x < o;
    equal += x == o;
  }
  if (equal == members.size()) return false;
  for (std::size_t k = below; k <= below + equal; ++k) histogram[k] += weight / double(equal + 1);
  return true;
}

}  // namespace tilth
