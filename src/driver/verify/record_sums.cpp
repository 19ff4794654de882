#include "driver/verify/record_sums.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "assim/scores.hpp"
#include "core/parallel/reproducible_sum.hpp"
#include "driver/verify/time_means.hpp"

namespace tilth {

const char* const season_names[season_count] = {"all", "DJF", "MAM", "JJA", "SON"};

int season_of(Time time) { return 1 + date_of(time).month % 12 / 3; }

Moments moments_of(const double* stats, bool seasonal) {
  static_assert(sizeof(Moments) == sizeof(double) * Moments::count);
  double all[Moments::count];
  std::copy_n(stats, Moments::count, all);
  if (seasonal) std::copy_n(stats + Moments::count, RecordSums::seconds, all + RecordSums::second_moments);
  Moments out;
  std::memcpy(&out, all, sizeof(all));
  return out;
}

namespace {

constexpr double normal_90 = 1.6448536269514722;  // half width of the central 90 % of a standard normal

void add_seconds(double weight, double m, double o, double c, const CellMeans::Centre& centre, double* out) {
  const double fm = m - centre.forecast, fo = o - centre.truth, fc = c - centre.climatology;
  const double am = fm - fc, ao = fo - fc;
  const double seconds[] = {fm * fm, fo * fo, fm * fo, (fm - fo) * (fm - fo), am * am, ao * ao, am * ao};
  for (int k = 0; k < RecordSums::seconds; ++k) out[k] = weight * seconds[k];
}

/// Sums of one record, all ranks' cases.
class RecordAdder {
 public:
  RecordAdder(const Comm& comm, const Groups& groups, RecordSums& sums, CellMeans& means)
      : comm_(comm), groups_(groups), sums_(sums), means_(means) {}

  void add(int record, const Cases& cases) {
    std::vector<double> stats;
    std::vector<std::size_t> used;
    for (std::size_t i = 0; i < cases.cell.size(); ++i)
      if (is_complete(cases, i)) used.push_back(i);
    for (const std::size_t i : used)
      for (int s = 0; s < sums_.source_count(); ++s) append(record, cases, i, s, stats);
    // Each kind of number in units of its own power of two: one bound for all.
    std::vector<double> largest(RecordSums::stats, 0.0);
    for (std::size_t k = 0; k < stats.size(); ++k)
      largest[k % RecordSums::stats] = std::max(largest[k % RecordSums::stats], std::abs(stats[k]));
    comm_.max(largest);
    for (double& x : largest) x = x > 0.0 ? std::ldexp(1.0, std::ilogb(x) + 1) : 1.0;
    const std::size_t S = std::size_t(sums_.source_count());
    ReproducibleSum sum(std::size_t(sums_.groups) * S * RecordSums::stats, 1.0);
    for (std::size_t u = 0; u < used.size(); ++u)
      for (const int g : groups_.of(cases.cell[used[u]]))
        for (std::size_t k = 0; k < S * RecordSums::stats; ++k)
          sum.add(std::size_t(g) * S * RecordSums::stats + k,
                  stats[u * S * RecordSums::stats + k] / largest[k % RecordSums::stats]);
    const std::vector<double> total = sum.total(comm_);
    double* out = sums_.values.data() + std::size_t(record) * total.size();
    for (std::size_t k = 0; k < total.size(); ++k) out[k] = total[k] * largest[k % RecordSums::stats];
    for (int s = 0; s < sums_.source_count(); ++s)
      sums_.present[std::size_t(record) * S + std::size_t(s)] =
          s + 1 == sums_.source_count() || cases.forecasts[std::size_t(s)].present;
    add_counts(record, cases, used);
  }

 private:
  // The numbers of case i by source s.
  void append(int record, const Cases& cases, std::size_t i, int s, std::vector<double>& stats) {
    const std::size_t begin = stats.size();
    stats.resize(begin + RecordSums::stats, 0.0);
    const Time time = sums_.times[std::size_t(record)];
    const int cell = cases.cell[i];
    const bool climatology = s + 1 == sums_.source_count();
    const double c = means_.cycle.at(cell, time), o = cases.truth[i], weight = cases.weight[i];
    Moments m;
    double mean = c, sd = means_.cycle.residual_sd(cell), inside = 0.0;
    if (climatology) {
      inside = std::abs(o - mean) <= normal_90 * sd;
      m.crps = m.crps_fair = crps_gaussian(mean, sd, o);
      m.inside_known = m.crps_known = m.crps_fair_known = 1.0;
    } else {
      const ForecastCases& f = cases.forecasts[std::size_t(s)];
      if (!f.present) return;
      mean = f.mean[i];
      sd = f.sd.empty() ? 0.0 : f.sd[i];
      const auto take = [i](const std::vector<double>& x, double& value, double& known) {
        known = x.empty() || std::isnan(x[i]) ? 0.0 : 1.0;
        value = known > 0.0 ? x[i] : 0.0;
      };
      take(f.inside, inside, m.inside_known);
      take(f.crps, m.crps, m.crps_known);
      take(f.crps_fair, m.crps_fair, m.crps_fair_known);
    }
    m.weight = 1.0, m.error = mean - o, m.square = m.error * m.error, m.forecast = mean, m.truth = o;
    m.spread = sd * sd, m.inside = inside;
    m.observation = cases.observation_variance.empty() || climatology ? 0.0 : cases.observation_variance[i];
    double* out = stats.data() + begin;
    for (int k = 0; k < Moments::count; ++k) out[k] = weight * m.begin()[k];
    add_seconds(weight, mean, o, c, means_.centre(cell, s, 0), out + RecordSums::second_moments);
    add_seconds(weight, mean, o, c, means_.centre(cell, s, season_of(time)), out + Moments::count);
    out[RecordSums::stats - 1] = 1.0;
  }

  // Ranks and events; weights relative to the largest.
  void add_counts(int record, const Cases& cases, const std::vector<std::size_t>& used) {
    double largest = 0.0;
    for (const std::size_t i : used) largest = std::max(largest, cases.weight[i]);
    largest = comm_.max(largest);
    const int E = int(sums_.events.size());
    for (int s = 0; s + 1 < sums_.source_count(); ++s) {
      const ForecastCases& f = cases.forecasts[std::size_t(s)];
      const std::size_t bins = std::size_t(sums_.sources[std::size_t(s)].members) + 1;
      const bool members = sums_.sources[std::size_t(s)].has_members;
      const bool ranks = !members && comm_.any(f.present && !f.rank.empty());  // a rank may have no case
      if (!f.present || (!members && !ranks)) continue;
      const std::size_t width = bins * std::size_t(1 + 4 * E);  // ranks; event or not, by weight and by number
      ReproducibleSum sum(width * std::size_t(sums_.regions), 1.0);
      std::vector<double> row(width);
      for (const std::size_t i : used) {
        std::fill(row.begin(), row.end(), 0.0);
        const double weight = cases.weight[i] / largest, o = cases.truth[i];
        if (members) {
          const std::span<const double> x(f.members.data() + i * (bins - 1), bins - 1);
          add_rank(x, o, 1.0, std::span(row).first(bins));
          for (int e = 0; e < E; ++e)
            add_event(e, cases.cell[i], x, o, weight, row.data() + bins * std::size_t(1 + 4 * e));
        } else if (std::isfinite(f.rank[i])) {
          row[std::min(std::size_t(std::max(f.rank[i], 0.0)), bins - 1)] = 1.0;
        }
        for (const int g : groups_.of(cases.cell[i]))
          for (std::size_t k = 0; g < sums_.regions && k < width; ++k)
            if (row[k] != 0.0) sum.add(std::size_t(g) * width + k, row[k]);
      }
      store(record, s, bins, largest, sum.total(comm_));
    }
  }

  void add_event(int e, int cell, std::span<const double> x, double o, double weight, double* row) const {
    const EventRule& rule = sums_.events[std::size_t(e)];
    const double limit = means_.limits[std::size_t(e)][std::size_t(cell)];
    const auto is_event = [&](double value) { return rule.below ? value < limit : value > limit; };
    const std::size_t k = std::size_t(std::count_if(x.begin(), x.end(), is_event)), bins = x.size() + 1;
    const std::size_t half = is_event(o) ? 0 : bins;
    row[half + k] += weight;
    row[2 * bins + half + k] += 1.0;
  }

  void store(int record, int s, std::size_t bins, double largest, const std::vector<double>& total) {
    const std::size_t E = sums_.events.size(), S = sums_.sources.size(), width = bins * (1 + 4 * E);
    for (std::size_t g = 0; g < std::size_t(sums_.regions); ++g) {
      const double* row = total.data() + g * width;
      const std::size_t at = g * S + std::size_t(s);
      for (std::size_t k = 0; k < bins; ++k) sums_.ranks[at][k] += row[k];
      for (std::size_t e = 0; e < E; ++e) {
        EventCounts& here = sums_.counts[((std::size_t(record) * sums_.regions + g) * S + std::size_t(s)) * E + e];
        EventCounts& all = sums_.cases[at * E + e];
        const double* event = row + bins * (1 + 4 * e);
        for (std::size_t k = 0; k < bins; ++k) {
          here.hits[k] = event[k] * largest, here.misses[k] = event[bins + k] * largest;
          all.hits[k] += event[2 * bins + k], all.misses[k] += event[3 * bins + k];
        }
      }
    }
  }

  const Comm& comm_;
  const Groups& groups_;
  RecordSums& sums_;
  CellMeans& means_;
};

}  // namespace

RecordSums record_sums(const Comm& comm, CaseReader& reader, const Groups& groups, int harmonics,
                       std::vector<EventRule> events) {
  RecordSums sums;
  sums.sources = reader.sources();
  sums.sources.push_back({"climatology", std::nan(""), 0, true, true, true, false});
  sums.events = std::move(events);
  sums.times = reader.times();
  sums.groups = groups.size(), sums.regions = groups.regions();
  const std::size_t T = sums.times.size(), S = sums.sources.size(), R = std::size_t(sums.regions),
                    E = sums.events.size();
  sums.values.assign(T * std::size_t(sums.groups) * S * RecordSums::stats, 0.0);
  sums.present.assign(T * S, 0);
  for (std::size_t r = 0; r < R; ++r)
    for (const ForecastSource& s : sums.sources) {
      sums.ranks.emplace_back(std::size_t(s.members) + 1, 0.0);
      for (std::size_t e = 0; e < E; ++e) sums.cases.emplace_back(s.members);
    }
  for (std::size_t t = 0; t < T; ++t)
    for (std::size_t r = 0; r < R; ++r)
      for (const ForecastSource& s : sums.sources)
        for (std::size_t e = 0; e < E; ++e) sums.counts.emplace_back(s.members);
  CellMeans means = cell_means(reader, groups.columns(), harmonics, sums.events);
  RecordAdder adder(comm, groups, sums, means);
  Cases cases;
  for (int r = 0; r < int(T); ++r) {
    reader.read(r, Detail::all, cases);
    adder.add(r, cases);
  }
  return sums;
}

}  // namespace tilth
