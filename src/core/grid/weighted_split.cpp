#include <algorithm>
#include <bit>
#include <cassert>
#include <numeric>

#include "core/grid/hilbert.hpp"
#include "core/grid/partition.hpp"

namespace tilth {
namespace {

/// Sums of a measure over the keys of all ranks below given keys.
class KeyMeasure {
 public:
  /// `sorted` keys of this rank, `measure` of each in the same order.
  KeyMeasure(const Comm& comm, const std::vector<CurveKey>& sorted, const std::vector<std::int64_t>& measure)
      : comm_(comm), sorted_(sorted), prefix_(sorted.size() + 1, 0) {
    std::partial_sum(measure.begin(), measure.end(), prefix_.begin() + 1);
    total_ = comm.sum(prefix_.back());
  }
  std::int64_t total() const { return total_; }

  /// For each key the measure of all smaller ones. Collective.
  std::vector<std::int64_t> below(const std::vector<CurveKey>& keys) const {
    std::vector<std::int64_t> sums;
    for (const CurveKey key : keys) {
      const auto n = std::lower_bound(sorted_.begin(), sorted_.end(), key) - sorted_.begin();
      sums.push_back(prefix_[std::size_t(n)]);
    }
    comm_.sum(std::span<std::int64_t>(sums));
    return sums;
  }

  /// For each target the smallest key with at least that measure below it; targets at most `total()`. Collective.
  std::vector<CurveKey> first_reaching(const std::vector<std::int64_t>& targets) const {
    std::vector<CurveKey> low(targets.size(), 0), high(targets.size(), upper_bound()), middle(targets.size());
    while (low != high) {  // same on all ranks
      for (std::size_t r = 0; r < targets.size(); ++r) middle[r] = low[r] + (high[r] - low[r]) / 2;
      const std::vector<std::int64_t> sums = below(middle);
      for (std::size_t r = 0; r < targets.size(); ++r) {
        if (low[r] == high[r]) continue;
        if (sums[r] >= targets[r]) {
          high[r] = middle[r];
        } else {
          low[r] = middle[r] + 1;
        }
      }
    }
    return low;
  }

 private:
  /// A key above all keys: 2^bits with the bits of the largest key. Collective.
  CurveKey upper_bound() const {
    const CurveKey largest = sorted_.empty() ? 0 : sorted_.back();
    const auto high = std::uint64_t(largest >> 64), low = std::uint64_t(largest);
    const int bits = high > 0 ? 64 + int(std::bit_width(high)) : int(std::bit_width(low));
    return CurveKey{1} << comm_.max(std::int64_t{bits});
  }

  const Comm& comm_;
  const std::vector<CurveKey>& sorted_;
  std::vector<std::int64_t> prefix_;
  std::int64_t total_ = 0;
};

/// First key of parts 1, 2, ...: those that end the ideal share of the weight. Collective.
std::vector<CurveKey> ideal_starts(const KeyMeasure& weights, int parts) {
  std::vector<std::int64_t> targets;
  for (int r = 1; r < parts; ++r) targets.push_back(std::int64_t((__int128{weights.total()} * r + parts - 1) / parts));
  return weights.first_reaching(targets);
}

/// Starts (numbers of points before parts 1, 2, ...) moved as little as needed to leave no part empty.
std::vector<std::int64_t> without_empty_parts(std::vector<std::int64_t> starts, std::int64_t points) {
  const auto parts = std::int64_t(starts.size()) + 1;
  std::int64_t previous = 0;
  for (std::int64_t r = 1; r < parts; ++r) {
    std::int64_t& start = starts[std::size_t(r - 1)];
    start = std::min(std::max(start, previous + 1), points - (parts - r));
    previous = start;
  }
  return starts;
}

}  // namespace

CurveKey curve_key(const GridPoint& point, std::int64_t global_count) {
  const int id_bits = int(std::bit_width(std::uint64_t(global_count)));
  return (CurveKey{hilbert_index(point.lon, point.lat)} << id_bits) | CurveKey(std::uint64_t(point.id));
}

std::vector<int> split_by_weight(const Comm& comm, const std::vector<CurveKey>& keys,
                                 const std::vector<std::int64_t>& weight, int parts) {
  assert(keys.size() == weight.size());
  std::vector<std::size_t> order(keys.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
  std::vector<CurveKey> sorted;
  std::vector<std::int64_t> sorted_weight;
  for (const std::size_t i : order) {
    sorted.push_back(keys[i]);
    sorted_weight.push_back(weight[i]);
  }
  const KeyMeasure weights(comm, sorted, sorted_weight);
  const KeyMeasure counts(comm, sorted, std::vector<std::int64_t>(sorted.size(), 1));
  std::vector<CurveKey> starts = ideal_starts(weights, parts);
  const std::vector<std::int64_t> before = counts.below(starts);
  const std::vector<std::int64_t> wanted = without_empty_parts(before, counts.total());
  if (wanted != before) starts = counts.first_reaching(wanted);
  std::vector<int> part;
  for (const CurveKey key : keys)
    part.push_back(int(std::upper_bound(starts.begin(), starts.end(), key) - starts.begin()));
  return part;
}

}  // namespace tilth
