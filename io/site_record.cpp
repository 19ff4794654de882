#include "io/site_record.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "io/met_derivation.hpp"
#include "io/time_axis.hpp"
#include "io/units.hpp"

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

/// Values of a variable in its unit here, out-of-range ones refused or missing.
std::vector<double> checked(const netcdf::File& file, Raw raw, int id, const std::vector<Time>& times,
                            const SiteForcing::Options& options, SiteRecord& record) {
  const RawVariable& v = raw_variables[int(raw)];
  const std::string where = file.path() + ": variable '" + file.name(id) + "'";
  require(file.size(id) == std::int64_t(times.size()), where, " has ", file.size(id), " values for ", times.size(),
          " times; expected a time series at one station");
  const UnitConverter convert(file.units(id), v.units, where);
  std::vector<double> values = file.all(id);
  std::int64_t refused = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = convert(values[i]);
    if (!(values[i] < v.lower || values[i] > v.upper)) continue;
    require(options.rules.out_of_range == "gap", where, " is ", values[i], " ", v.units, " at ", format_time(times[i]),
            ", expected ", v.lower, " to ", v.upper,
            "; correct the file, or set out_of_range: gap to treat such values as missing");
    values[i] = nan;
    ++refused;
  }
  if (refused > 0) record.remarks.push_back(text(v.names[0], ": ", refused, " values out of range treated as gaps"));
  return values;
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

double median(std::vector<double> values) {
  values.erase(std::remove_if(values.begin(), values.end(), [](double v) { return !std::isfinite(v); }), values.end());
  if (values.empty()) return nan;
  std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(values.size() / 2), values.end());
  return values[values.size() / 2];
}

/// Site CO2 far from the median of the record is not background air or not air at all.
void drop_co2_outliers(RawSeries& series, const MetRules& rules, SiteRecord& record) {
  std::vector<double>& co2 = series[Raw::co2];
  if (!rules.co2_file.empty()) co2.clear();
  const double middle = median(co2);
  std::int64_t dropped = 0;
  for (double& v : co2)
    if (std::abs(v - middle) > rules.co2_outlier * middle) {
      v = nan;
      ++dropped;
    }
  if (dropped > 0)
    record.remarks.push_back(text("CO2air: ", dropped, " days further than ", 100 * rules.co2_outlier,
                                  " % from the median ", middle, " umol mol-1 treated as gaps"));
}

/// Reports a pressure whose annual means differ by more than 1 %: a sensor change or drift, not weather.
void report_pressure_drift(const RawSeries& series, SiteRecord& record) {
  std::map<int, std::pair<double, int>> years;
  const std::vector<double>& pressure = series.values[int(Raw::psurf)];
  for (std::size_t d = 0; d < pressure.size(); ++d)
    if (std::isfinite(pressure[d])) {
      auto& [sum, count] = years[date_of(record.first + std::int64_t(d) * seconds_per_day).year];
      sum += pressure[d];
      ++count;
    }
  double low = 1e300, high = -1e300;
  for (const auto& [year, sum_count] : years) {
    if (sum_count.second < 300) continue;
    low = std::min(low, sum_count.first / sum_count.second);
    high = std::max(high, sum_count.first / sum_count.second);
  }
  if (high > 1.01 * low)
    record.remarks.push_back(text("Psurf: annual means range from ", std::round(low), " to ", std::round(high),
                                  " Pa: the sensor drifted or was changed"));
}

void fill_short_gaps(RawSeries& series, int longest, SiteRecord& record) {
  for (int r = 0; r < raw_count; ++r) {
    const bool water = r == int(Raw::precip) || r == int(Raw::rainf) || r == int(Raw::snowf);
    std::vector<double>& values = series.values[r];
    const std::int64_t filled = water ? zero_gaps(values, longest) : interpolate_gaps(values, longest);
    if (filled > 0)
      record.remarks.push_back(text(raw_variables[r].names[0], ": ", filled, " days in gaps of at most ", longest,
                                    water ? " days set to 0" : " days interpolated"));
  }
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

SiteRecord read_site_record(const Comm& self, const std::string& path, const SiteForcing::Options& options,
                            const GridPoint& point) {
  const netcdf::File file = netcdf::File::open(self, path);
  const TimeAxis axis = read_time_axis(file, options.time_shift_s, -1);
  const Days days = days_of(axis.begin, path);
  SiteRecord record{path, days.first, {}, {}};
  RawSeries series;
  for (int r = 0; r < raw_count; ++r) {
    const int id = find_raw(file, Raw(r));
    if (id >= 0) aggregate(checked(file, Raw(r), id, axis.begin, options, record), days, Raw(r), series);
  }
  drop_co2_outliers(series, options.rules, record);
  report_pressure_drift(series, record);
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
