#include "driver/verify/score_rows.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include "assim/block_bootstrap.hpp"

namespace tilth {

namespace {

constexpr int fewest_records = 5;  // below, an interval says nothing
constexpr std::array in_scorecard{Score::rmse, Score::bias, Score::ubrmse,    Score::r,           Score::anomaly_r,
                                  Score::nse,  Score::kge,  Score::crps_fair, Score::spread_skill};

/// Scores of one group and season of all sources, for the records as they are or drawn anew.
class GroupScores {
 public:
  GroupScores(const RecordSums& sums, int group, int season) : sums_(sums), group_(group), season_(season) {
    for (int r = 0; r < int(sums.times.size()); ++r)
      if (season == 0 || season_of(sums.times[std::size_t(r)]) == season) records_.push_back(r);
  }

  /// Records of the season that a source has.
  std::vector<int> records(int source) const {
    std::vector<int> out;
    for (const int r : records_)
      if (sums_.is_present(r, source)) out.push_back(r);
    return out;
  }
  double cases(int source, const std::vector<int>& records) const {
    double n = 0.0;
    for (const int r : records) n += sums_.at(r, group_, source)[RecordSums::stats - 1];
    return n;
  }
  /// Length of the blocks that errors, squared errors and departures of the truth from its mean ask for.
  int length_of_blocks(int source, const std::vector<int>& records) const {
    std::vector<double> error, square, truth;
    for (const int r : records) {
      const Moments m = moments_of(sums_.at(r, group_, source), false);
      if (!(m.weight > 0.0)) continue;
      error.push_back(m.error / m.weight);
      square.push_back(m.square / m.weight);
      truth.push_back(m.truth_variance / m.weight);
    }
    return std::max({block_length(error), block_length(square), block_length(truth)});
  }

  /// Of the records as they are. Without what compares departures from time means where these are of less than two
  /// records or three cases: it would be 0, 1 or -1 whatever the forecast.
  ScoreValues value(int source, const std::vector<int>& records) const {
    ScoreValues out = scores(source, records, {});
    const auto filled = std::count_if(records.begin(), records.end(), [&](int r) { return cases(source, {r}) > 0.0; });
    if (filled >= 2 && cases(source, records) >= 3.0) return out;
    for (const Score score : {Score::ubrmse, Score::r, Score::anomaly_r, Score::nse, Score::kge})
      out[std::size_t(score)] = std::nan("");
    return out;
  }

  /// `times`: how often each of the records counts; empty: once.
  ScoreValues scores(int source, const std::vector<int>& records, std::span<const double> times) const {
    const ForecastSource& s = sums_.sources[std::size_t(source)];
    ScoreValues out = scores_of(total(source, records, times), s.members);
    const auto at = [&out](Score score) -> double& { return out[std::size_t(score)]; };
    if (!s.coverage) at(Score::coverage90) = std::nan("");
    if (!s.crps) at(Score::crps) = std::nan("");
    if (!s.crps_fair) at(Score::crps_fair) = std::nan("");
    const double square = at(Score::rmse) * at(Score::rmse);
    for (int other = 0; other < sums_.source_count(); ++other) {
      const bool climatology = other + 1 == sums_.source_count();
      if (other == source || (!climatology && sums_.sources[std::size_t(other)].name != "open_loop")) continue;
      const Moments m = total(other, records, times);
      const double skill = m.weight > 0.0 ? skill_of(square, m.square / m.weight) : std::nan("");
      at(climatology ? Score::skill_climatology : Score::skill_open_loop) = skill;
    }
    if (s.has_members && group_ < sums_.regions && !sums_.events.empty() && season_ == 0)
      at(Score::roc_area) = roc_area(event_counts(source, records, times, 0));
    return out;
  }

  EventCounts event_counts(int source, const std::vector<int>& records, std::span<const double> times,
                           int event) const {
    EventCounts all(sums_.sources[std::size_t(source)].members);
    for (std::size_t i = 0; i < records.size(); ++i) {
      const EventCounts& c = sums_.count(records[i], group_, source, event);
      const double w = times.empty() ? 1.0 : times[i];
      for (std::size_t k = 0; k < all.hits.size(); ++k) all.hits[k] += w * c.hits[k], all.misses[k] += w * c.misses[k];
    }
    return all;
  }

 private:
  Moments total(int source, const std::vector<int>& records, std::span<const double> times) const {
    std::array<double, RecordSums::stats> sum{};
    for (std::size_t i = 0; i < records.size(); ++i) {
      const double* x = sums_.at(records[i], group_, source);
      const double w = times.empty() ? 1.0 : times[i];
      for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += w * x[k];
    }
    return moments_of(sum.data(), season_ > 0);
  }

  const RecordSums& sums_;
  int group_, season_;
  std::vector<int> records_;
};

/// Draws, made once for each set of records: all sources that have the same records are drawn alike, so that their
/// differences are paired.
class Draws {
 public:
  Draws(const RecordSums& sums, const BootstrapPlan& plan) : sums_(sums), plan_(plan) {}

  /// Null where there are too few records, or no interval is wanted.
  const BlockBootstrap* of(const std::vector<int>& records) {
    if (int(records.size()) < fewest_records || plan_.options.replicates == 0) return nullptr;
    auto& draws = made_[records];
    if (!draws)
      draws = std::make_unique<BlockBootstrap>(Random(plan_.seed, Purpose::bootstrap), std::int64_t(records.size()),
                                               int(records.size()), length(records), plan_.options.replicates);
    return draws.get();
  }

 private:
  // Of the sources with these records, the longest that their errors over the globe ask for.
  int length(const std::vector<int>& records) const {
    const int most = std::max(1, int(records.size()) / 2);
    if (plan_.options.block_s > 0) {
      const double span = double(sums_.times[std::size_t(records.back())] - sums_.times[std::size_t(records.front())]);
      const double spacing = span / double(records.size() - 1);
      return std::clamp(int(std::ceil(double(plan_.options.block_s) / spacing - 1e-9)), 1, most);
    }
    const GroupScores globe(sums_, 0, 0);
    int longest = 1;
    for (int s = 0; s < sums_.source_count(); ++s) longest = std::max(longest, globe.length_of_blocks(s, records));
    return std::min(longest, most);
  }

  const RecordSums& sums_;
  const BootstrapPlan& plan_;
  std::map<std::vector<int>, std::unique_ptr<BlockBootstrap>> made_;
};

/// Runs `work` for numbers 0 ... n - 1 dealt to ranks; `width` numbers each, in order, on all ranks. Collective.
template <class Work>
std::vector<double> dealt(const Comm& comm, int n, int width, const Work& work) {
  std::vector<double> own;
  for (int i = comm.rank(); i < n; i += comm.size()) {
    const std::vector<double> values = work(i);
    own.insert(own.end(), values.begin(), values.end());
  }
  const std::vector<double> all = comm.all_gather(std::span<const double>(own));
  std::vector<double> out(all.size());
  std::size_t at = 0;
  for (int rank = 0; rank < comm.size(); ++rank)
    for (int i = rank; i < n; i += comm.size(), at += std::size_t(width))
      std::copy_n(all.begin() + std::int64_t(at), width, out.begin() + std::int64_t(i) * width);
  return out;
}

struct Item {
  int group, season, source;
};

// Value, low and high of every score, then the number of cases.
std::vector<double> scored(const RecordSums& sums, const Item& item, Draws& draws, double confidence) {
  const GroupScores group(sums, item.group, item.season);
  const std::vector<int> records = group.records(item.source);
  const ScoreValues value = group.value(item.source, records);
  std::vector<std::vector<double>> replicates(score_count);
  const BlockBootstrap* draw = draws.of(records);
  for (int b = 0; draw && b < draw->replicates(); ++b) {
    const ScoreValues v = group.scores(item.source, records, draw->times(b));
    for (int k = 0; k < score_count; ++k) replicates[std::size_t(k)].push_back(v[std::size_t(k)]);
  }
  std::vector<double> out;
  for (int k = 0; k < score_count; ++k) {
    const Interval interval = bootstrap_interval(value[std::size_t(k)], std::move(replicates[std::size_t(k)]),
                                                 draw ? draw->blocks() : 0.0, interval_scale(Score(k)), confidence);
    out.insert(out.end(), {value[std::size_t(k)], interval.low, interval.high});
  }
  out.push_back(group.cases(item.source, records));
  return out;
}

}  // namespace

std::vector<ScoreEntry> score_rows(const Comm& comm, const RecordSums& sums, const Groups& groups,
                                   const ScoredVariable& variable, const BootstrapPlan& plan) {
  std::vector<Item> items;
  for (int g = 0; g < sums.groups; ++g)
    for (int season = 0; season < (g < sums.regions ? season_count : 1); ++season)
      for (int s = 0; s < sums.source_count(); ++s) items.push_back({g, season, s});
  constexpr int width = 3 * score_count + 1;
  Draws draws(sums, plan);
  const std::vector<double> all = dealt(comm, int(items.size()), width, [&](int i) {
    return scored(sums, items[std::size_t(i)], draws, plan.options.confidence);
  });
  std::vector<ScoreEntry> rows;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const double* x = all.data() + i * width;
    const Group& g = groups.all()[std::size_t(items[i].group)];
    const ForecastSource& s = sums.sources[std::size_t(items[i].source)];
    for (int k = 0; k < score_count && x[width - 1] > 0.0; ++k) {
      if (std::isnan(x[3 * k])) continue;
      rows.push_back({s.name, g.reference, variable.name, variable.kind, variable.units, variable.observed, g.region,
                      g.pft, season_names[items[i].season], s.lead_days, k, x[3 * k], x[3 * k + 1], x[3 * k + 2],
                      x[width - 1]});
    }
  }
  return rows;
}

std::vector<ScorecardEntry> scorecard_rows(const Comm& comm, const RecordSums& sums, const Groups& groups,
                                           const ScoredVariable& variable, const BootstrapPlan& plan,
                                           const std::string& control) {
  std::vector<ScorecardEntry> rows;
  int reference = -1;
  for (int s = 0; s < sums.source_count(); ++s)
    if (sums.sources[std::size_t(s)].name == control) reference = s;
  if (reference < 0) return rows;
  Draws draws(sums, plan);
  constexpr int scores = int(in_scorecard.size()), width = 5 * scores;
  std::vector<Item> items;
  for (int g = 0; g < sums.regions; ++g)
    for (int s = 0; s + 1 < sums.source_count(); ++s)
      if (s != reference && std::isnan(sums.sources[std::size_t(s)].lead_days)) items.push_back({g, 0, s});
  const auto change = [](Score score, double value, double base) {
    const double before = loss(score, base);
    return before > 0.0 ? (before - loss(score, value)) / before : std::nan("");
  };
  const std::vector<double> all = dealt(comm, int(items.size()), width, [&](int i) {
    const auto& [g, season, source] = items[std::size_t(i)];
    const GroupScores group(sums, g, season);
    const std::vector<int> records = group.records(source);
    const ScoreValues value = group.value(source, records), base = group.value(reference, records);
    std::array<std::vector<double>, scores> replicates;
    const BlockBootstrap* draw = draws.of(records);
    for (int b = 0; draw && b < draw->replicates(); ++b) {
      const ScoreValues v = group.scores(source, records, draw->times(b));
      const ScoreValues w = group.scores(reference, records, draw->times(b));
      for (int k = 0; k < scores; ++k) {
        const Score score = in_scorecard[std::size_t(k)];
        replicates[std::size_t(k)].push_back(change(score, v[std::size_t(score)], w[std::size_t(score)]));
      }
    }
    std::vector<double> out;
    for (int k = 0; k < scores; ++k) {
      const Score score = in_scorecard[std::size_t(k)];
      const double a = value[std::size_t(score)], b = base[std::size_t(score)], gain = change(score, a, b);
      const Interval interval =  // 1 - gain is a ratio of losses
          bootstrap_interval(gain, std::move(replicates[std::size_t(k)]), draw ? draw->blocks() : 0.0,
                             IntervalScale::below_one, plan.options.confidence);
      out.insert(out.end(), {a, b, gain, interval.low, interval.high});
    }
    return out;
  });
  for (std::size_t i = 0; i < items.size(); ++i)
    for (int k = 0; k < scores; ++k) {
      const double* x = all.data() + i * width + std::size_t(5 * k);
      if (std::isnan(x[0]) || std::isnan(x[1])) continue;
      const Group& group = groups.all()[std::size_t(items[i].group)];
      rows.push_back({sums.sources[std::size_t(items[i].source)].name, variable.name, variable.observed, group.region,
                      int(in_scorecard[std::size_t(k)]), x[0], x[1], x[2], x[3], x[4], x[3] > 0.0 || x[4] < 0.0,
                      group.reference});
    }
  return rows;
}

}  // namespace tilth
