#include "io/site_record.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "io/met_derivation.hpp"
#include "io/site_series.hpp"
#include "io/time_axis.hpp"

namespace tilth {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Daily series of the raw variables of a site; empty where the file has none.
struct RawSeries {
  std::array<std::vector<double>, raw_count> values;
  std::vector<double>& operator[](Raw r) { return values[int(r)]; }
};

/// How the samples of a file fall on days.
struct Days {
  Time first;
  std::vector<std::int64_t> of_sample;  ///< day number from `first`
  std::vector<int> samples;             ///< per day
  int usual = 1;                        ///< most frequent number of samples of a day
  std::size_t count() const { return samples.size(); }
};

Days days_of(const std::vector<Time>& times, const std::string& path) {
  require(!times.empty(), path, ": no times");
  Days days{midnight(times.front()), {}, {}};
  days.samples.resize(std::size_t((midnight(times.back()) - days.first) / seconds_per_day + 1));
  std::map<int, int> seen;
  for (const Time t : times) {
    days.of_sample.push_back((midnight(t) - days.first) / seconds_per_day);
    ++days.samples[std::size_t(days.of_sample.back())];
  }
  for (const int n : days.samples)
    if (n > 0) ++seen[n];
  for (const auto& [n, often] : seen)
    if (often > seen[days.usual]) days.usual = n;
  return days;
}

/// Means (and extremes, of finer temperature) per day; days with fewer samples than usual or a missing one are NaN.
void aggregate(const std::vector<double>& samples, const Days& days, Raw raw, RawSeries& series) {
  std::vector<double> mean(days.count(), 0.0), low(days.count(), 1e300), high(days.count(), -1e300);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::size_t d = std::size_t(days.of_sample[i]);
    mean[d] += samples[i];
    low[d] = std::min(low[d], samples[i]);
    high[d] = std::max(high[d], samples[i]);
  }
  for (std::size_t d = 0; d < days.count(); ++d) {
    const bool whole = days.samples[d] >= days.usual;
    mean[d] = whole ? mean[d] / days.samples[d] : nan;
    low[d] = whole && mean[d] == mean[d] ? low[d] : nan;
    high[d] = whole && mean[d] == mean[d] ? high[d] : nan;
  }
  series[raw] = std::move(mean);
  if (raw != Raw::tair || days.usual == 1) return;
  if (series[Raw::tmin].empty()) series[Raw::tmin] = std::move(low);
  if (series[Raw::tmax].empty()) series[Raw::tmax] = std::move(high);
}

/// Leaves out days at the ends that a record of several samples a day covers in part.
void cut_ends(Days& days, RawSeries& series, SiteRecord& record) {
  std::size_t first = 0, past = days.count();
  while (past > first && days.samples[past - 1] < days.usual) --past;
  while (first < past && days.samples[first] < days.usual) ++first;
  if (first == 0 && past == days.count()) return;
  const auto cut = [&](auto& values) {
    if (values.empty()) return;
    values.erase(values.begin() + std::ptrdiff_t(past), values.end());
    values.erase(values.begin(), values.begin() + std::ptrdiff_t(first));
  };
  const std::size_t left_out = days.count() - (past - first);
  for (std::vector<double>& values : series.values) cut(values);
  cut(days.samples);
  record.first = days.first = days.first + std::int64_t(first) * seconds_per_day;
  record.remarks.push_back(text(left_out, " days at the ends of the record, of which parts are missing, left out"));
}

void fill_short_gaps(RawSeries& series, int longest, SiteRecord& record) {
  for (int r = 0; r < raw_count; ++r) {
    const bool water = is_water(Raw(r));
    std::vector<double>& values = series.values[r];
    const std::int64_t filled = water ? zero_gaps(values, longest) : interpolate_gaps(values, longest);
    if (filled > 0)
      record.remarks.push_back(gap_remark(
          Raw(r), filled, text("days in gaps of at most ", longest, water ? " days set to 0" : " days interpolated")));
  }
}

void drop_false_droughts(RawSeries& series, int longest, SiteRecord& record) {
  record.borrowed = tilth::drop_false_droughts(series[Raw::precip], longest);
  const auto days = std::count(record.borrowed.begin(), record.borrowed.end(), true);
  if (days > 0)
    record.remarks.push_back(
        gap_remark(Raw::precip, days, text("days in dry spells of more than ", longest, " days treated as gaps")));
}

/// Names of the variables of the file that have no value on day `d`.
std::string gaps_of(const RawSeries& series, std::size_t d) {
  std::vector<std::string> names;
  for (int r = 0; r < raw_count; ++r)
    if (!series.values[r].empty() && !std::isfinite(series.values[r][d])) names.push_back(raw_variables[r].names[0]);
  return joined(names);
}

/// Fills what is left from the same day of the nearest other year that has it.
void recycle_gaps(SiteRecord& record, bool allowed) {
  const int first_year = date_of(record.first).year, last_year = date_of(record.end() + -1).year;
  const std::vector<MetDay> known = record.days;
  for (int m = 0; m < met_count; ++m) {
    std::int64_t recycled = 0;
    for (std::size_t d = 0; d < known.size(); ++d) {
      if (std::isfinite(known[d].value[m])) continue;
      const auto index = [&](Time t) { return (t - record.first) / seconds_per_day; };
      const auto has = [&](Time t) {
        return t >= record.first && t < record.end() && std::isfinite(known[std::size_t(index(t))].value[m]);
      };
      const Time day = record.first + std::int64_t(d) * seconds_per_day;
      Time source;
      if (!allowed || !recycled_day(day, first_year, last_year, has, source)) continue;
      record.days[d].value[m] = known[std::size_t(index(source))].value[m];
      ++recycled;
    }
    if (recycled > 0)
      record.remarks.push_back(
          text(met_variables[m].name, ": ", recycled, " days from the same day of the nearest other year"));
  }
}

}  // namespace

std::vector<bool> drop_false_droughts(std::vector<double>& precipitation, int longest) {
  std::vector<bool> dropped;
  if (longest == 0) return dropped;
  const std::size_t n = precipitation.size();
  for (std::size_t first = 0, past = 0; first < n; first = past + 1) {
    for (past = first; past < n && precipitation[past] == 0.0; ++past) continue;
    if (past - first <= std::size_t(longest)) continue;
    dropped.resize(n);
    std::fill(dropped.begin() + std::ptrdiff_t(first), dropped.begin() + std::ptrdiff_t(past), true);
    std::fill(precipitation.begin() + std::ptrdiff_t(first), precipitation.begin() + std::ptrdiff_t(past), nan);
  }
  return dropped;
}

SiteRecord read_site_record(const Comm& self, const std::string& path, const SiteForcing::Options& options,
                            const GridPoint& point) {
  const netcdf::File file = netcdf::File::open(self, path);
  const TimeAxis axis = read_time_axis(file, options.time_shift_s, -1);
  Days days = days_of(axis.begin, path);
  SiteRecord record{path, days.first, {}, {}, {}, {}};
  RawSeries series;
  for (int r = 0; r < raw_count; ++r) {
    const int id = find_raw(file, Raw(r));
    if (id >= 0)
      aggregate(checked_series(file, Raw(r), id, axis.begin, options.rules, record.remarks), days, Raw(r), series);
  }
  cut_ends(days, series, record);
  drop_co2_outliers(series[Raw::co2], options.rules, "days", record.remarks);
  report_pressure_drift(series[Raw::psurf], record.first, record.remarks);
  drop_false_droughts(series, options.longest_dry_spell, record);
  fill_short_gaps(series, options.interpolate_days, record);
  RuleCounts counts{};
  record.days.resize(days.count());
  for (std::size_t d = 0; d < days.count(); ++d) {
    RawDay raw;
    for (int r = 0; r < raw_count; ++r)
      if (!series.values[r].empty()) raw.value[r] = series.values[r][d];
    record.days[d] = derived(raw, point, record.first + std::int64_t(d) * seconds_per_day, options.rules, counts);
  }
  for (const std::string& sentence : sentences(counts, options.rules)) record.remarks.push_back(sentence);
  recycle_gaps(record, options.recycle);
  for (std::size_t d = 0; d < days.count(); ++d) {
    const std::array<double, met_count>& met = record.days[d].value;
    const bool complete = std::all_of(met.begin(), met.end(), [](double v) { return std::isfinite(v); });
    require_complete(record.days[d], path, record.first + std::int64_t(d) * seconds_per_day,
                     complete ? "" : gaps_of(series, d));
  }
  return record;
}

}  // namespace tilth
