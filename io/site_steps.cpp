#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "io/met_derivation.hpp"
#include "io/met_physics.hpp"
#include "io/met_steps.hpp"
#include "io/site_record.hpp"
#include "io/site_series.hpp"
#include "io/time_axis.hpp"

namespace tilth {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t short_gap_s = 7200;  // interpolated in time, whatever the variable

/// Raw variables at equal intervals from the first sample on; empty where the file has none.
struct SampleSeries {
  Time begin;
  SampleTimes times;
  std::size_t count = 0;
  std::array<std::vector<double>, raw_count> values;
  std::int64_t per_day() const { return seconds_per_day / times.length_s; }
};

std::int64_t usual_length(const TimeAxis& axis) {
  std::map<std::int64_t, std::size_t> seen;
  std::int64_t usual = 0;
  for (std::size_t i = 0; i < axis.begin.size(); ++i) {
    const std::int64_t length = axis.end[i] - axis.begin[i];
    if (++seen[length] > seen[usual]) usual = length;
  }
  return usual;
}

/// Place of every sample in a series without holes.
std::vector<std::size_t> places_of(const std::vector<Time>& times, const SampleSeries& series,
                                   const std::string& path) {
  std::vector<std::size_t> places;
  for (const Time t : times) {
    require((t - series.begin) % series.times.length_s == 0, path, ": time ", format_time(t), " is no multiple of ",
            series.times.length_s, " s after the first, ", format_time(series.begin),
            "; steps of a day need regular times: regrid them or set steps_per_day: 0");
    places.push_back(std::size_t((t - series.begin) / series.times.length_s));
  }
  return places;
}

SampleSeries read_samples(const Comm& self, const std::string& path, const SiteForcing::Options& options, int per_day,
                          std::vector<std::string>& remarks) {
  const netcdf::File file = netcdf::File::open(self, path);
  const TimeAxis axis = read_time_axis(file, options.time_shift_s, -1);
  require(!axis.begin.empty(), path, ": no times");
  SampleSeries series;
  series.begin = axis.begin.front();
  series.times.length_s = usual_length(axis);
  if (series.times.length_s > 0) series.times.phase_s = (series.begin - midnight(series.begin)) % series.times.length_s;
  require_steps(series.times, per_day, path);
  const std::vector<std::size_t> places = places_of(axis.begin, series, path);
  series.count = places.back() + 1;
  for (int r = 0; r < raw_count; ++r) {
    const int id = find_raw(file, Raw(r));
    if (id < 0) continue;
    const std::vector<double> values = checked_series(file, Raw(r), id, axis.begin, options.rules, remarks);
    series.values[r].assign(series.count, nan);
    for (std::size_t i = 0; i < values.size(); ++i) series.values[r][places[i]] = values[i];
  }
  return series;
}

/// Fills gaps of at most `longest_days` days from the same time of the days around.
std::int64_t interpolate_by_time_of_day(std::vector<double>& values, std::size_t per_day, int longest_days) {
  std::int64_t filled = 0;
  for (std::size_t slot = 0; slot < per_day; ++slot) {
    std::vector<double> same_time;
    for (std::size_t i = slot; i < values.size(); i += per_day) same_time.push_back(values[i]);
    filled += interpolate_gaps(same_time, longest_days);
    for (std::size_t d = 0; d < same_time.size(); ++d) values[slot + d * per_day] = same_time[d];
  }
  return filled;
}

void fill_short_gaps(SampleSeries& series, int longest_days, std::vector<std::string>& remarks) {
  const int per_day = int(series.per_day());
  for (int r = 0; r < raw_count; ++r) {
    std::vector<double>& values = series.values[r];
    const auto remark = [&](std::int64_t filled, const std::string& what) {
      if (filled > 0) remarks.push_back(gap_remark(Raw(r), filled, what));
    };
    if (is_water(Raw(r))) {
      remark(zero_gaps(values, longest_days * per_day),
             text("samples in gaps of at most ", longest_days, " days set to 0"));
      continue;
    }
    remark(interpolate_gaps(values, int(short_gap_s / series.times.length_s)),
           "samples in gaps of at most 2 hours interpolated");
    remark(interpolate_by_time_of_day(values, std::size_t(per_day), longest_days),
           text("samples in gaps of at most ", longest_days, " days from the same time of the days around"));
  }
}

/// Raw steps of the UTC day that begins at `day`, all of which the series touches.
RawSteps raw_steps(const SampleSeries& series, const SunDay& sun, const GridPoint& point, int per_day) {
  RawSteps raw(per_day);
  const std::size_t from = std::size_t((sun.day + series.times.first_s() - series.begin) / series.times.length_s);
  const std::size_t count = std::size_t(series.times.touching());
  for (int r = 0; r < raw_count; ++r)
    if (!series.values[r].empty())
      to_steps(Raw(r), std::span(series.values[r]).subspan(from, count), series.times, sun, point, raw.row(Raw(r)));
  return raw;
}

std::string gaps_of(const RawSteps& raw, const SampleSeries& series) {
  std::vector<std::string> names;
  for (int r = 0; r < raw_count; ++r)
    if (!series.values[r].empty() && !std::all_of(raw.value[r].begin(), raw.value[r].begin() + raw.per_day,
                                                  [](double v) { return std::isfinite(v); }))
      names.push_back(raw_variables[r].names[0]);
  return joined(names);
}

bool whole(const MetSteps& steps, int m) {
  return std::all_of(steps.value[m].begin(), steps.value[m].begin() + steps.per_day,
                     [](double v) { return std::isfinite(v); });
}

/// Fills what is left by the course of the same day of the nearest other year that has it.
void recycle_gaps(std::vector<MetSteps>& steps, Time first, std::vector<std::string>& remarks) {
  const auto day_at = [&](std::size_t d) { return first + std::int64_t(d) * seconds_per_day; };
  const auto index = [&](Time t) { return std::size_t((t - first) / seconds_per_day); };
  const Time end = day_at(steps.size());
  for (int m = 0; m < step_met_count; ++m) {
    std::vector<char> known;
    for (const MetSteps& day : steps) known.push_back(whole(day, m));
    const auto has = [&](Time t) { return t >= first && t < end && known[index(t)]; };
    std::int64_t recycled = 0;
    for (std::size_t d = 0; d < steps.size(); ++d) {
      Time source;
      if (known[d] || !recycled_day(day_at(d), date_of(first).year, date_of(end + -1).year, has, source)) continue;
      steps[d].value[m] = steps[index(source)].value[m];
      ++recycled;
    }
    if (recycled > 0)
      remarks.push_back(text(met_variables[std::size_t(daily_variable[std::size_t(m)])].name, ": ", recycled,
                             " days from the same day of the nearest other year"));
  }
}

/// Air of another day may be wetter than this day's can hold.
void limit_vapour(MetSteps& steps) {
  for (int s = 0; s < steps.per_day; ++s) {
    double& vapour = steps.at(StepMet::vapour_pressure, s);
    vapour = std::min(vapour, met::saturation_pressure(steps.at(StepMet::air_temperature, s)));
  }
}

}  // namespace

std::int64_t sample_length(const Comm& self, const std::string& path) {
  return usual_length(read_time_axis(netcdf::File::open(self, path), 0, -1));
}

SiteRecord read_site_steps(const Comm& self, const std::string& path, const SiteForcing::Options& options,
                           const GridPoint& point, int per_day) {
  SiteRecord record{path, {}, {}, {}, {}, {}};
  SampleSeries series = read_samples(self, path, options, per_day, record.remarks);
  drop_co2_outliers(series.values[int(Raw::co2)], options.rules, "samples", record.remarks);
  fill_short_gaps(series, options.interpolate_days, record.remarks);
  record.first = midnight(series.begin + (seconds_per_day - 1));
  const Time past = midnight(series.begin + std::int64_t(series.count) * series.times.length_s);
  require(past > record.first, path, ": no whole UTC day from ", format_time(series.begin), "; correct time_shift");
  const std::size_t days = std::size_t((past - record.first) / seconds_per_day);
  RuleCounts counts{};
  std::vector<MetSteps> steps;
  std::vector<std::string> gaps;
  std::vector<double> pressure;
  for (std::size_t d = 0; d < days; ++d) {
    const SunDay sun = sun_day(record.first + std::int64_t(d) * seconds_per_day);
    const RawSteps raw = raw_steps(series, sun, point, per_day);
    steps.push_back(derived(raw, point, sun.day, options.rules, counts));
    gaps.push_back(gaps_of(raw, series));
    pressure.push_back(raw.value[int(Raw::psurf)].front());
  }
  report_pressure_drift(pressure, record.first, record.remarks);
  for (const std::string& sentence : sentences(counts, options.rules, "steps")) record.remarks.push_back(sentence);
  if (options.recycle) recycle_gaps(steps, record.first, record.remarks);
  for (std::size_t d = 0; d < days; ++d) {
    limit_vapour(steps[d]);
    require_complete(steps[d], path, record.first + std::int64_t(d) * seconds_per_day, gaps[d]);
    record.days.push_back(day_of(steps[d]));
    for (const auto& row : steps[d].value) record.steps.insert(record.steps.end(), row.begin(), row.begin() + per_day);
  }
  return record;
}

}  // namespace tilth
