#include "io/met_steps.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.hpp"
#include "io/site_series.hpp"

namespace tilth {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t longest_sample_s = 3 * 3600;
constexpr int most_cuts = max_steps_per_day;

void average(std::span<const double> samples, std::span<double> out) {
  const std::size_t per_step = samples.size() / out.size();
  for (std::size_t s = 0; s < out.size(); ++s) {
    double sum = 0.0;
    for (std::size_t k = 0; k < per_step; ++k) sum += samples[s * per_step + k];
    out[s] = sum / double(per_step);
  }
}

/// Calls `cut(sample, step of the day or less than 0 or beyond, place among the steps of the sample)`.
template <class Cut>
void for_cuts(std::span<const double> samples, const SampleTimes& times, std::int64_t step_s, const Cut& cut) {
  const int cuts = int(times.length_s / step_s), first = int(times.first_s() / step_s);
  for (int b = 0; b < int(samples.size()); ++b)
    for (int k = 0; k < cuts; ++k) cut(std::size_t(b), first + b * cuts + k, std::size_t(k));
}

void follow_sun(double unit, std::span<const double> samples, const SampleTimes& times, const SunDay& sun,
                const GridPoint& place, std::span<double> out) {
  const std::int64_t step_s = seconds_per_day / std::int64_t(out.size());
  std::array<double, most_cuts> toa{}, part{};
  const std::size_t cuts = std::size_t(times.length_s / step_s);
  for_cuts(samples, times, step_s, [&](std::size_t b, int step, std::size_t k) {
    if (k == 0) {
      for (std::size_t j = 0; j < cuts; ++j)
        toa[j] = sun_step(sun, sun.day + (step + std::int64_t(j)) * step_s, step_s, place.lon, place.lat).toa_w_m2;
      const double mean = samples[b] > 0.0 ? samples[b] / unit : 0.0;
      spread_shortwave(mean, std::span(toa).first(cuts), std::span(part).first(cuts));
    }
    if (step < 0 || step >= int(out.size())) return;
    out[std::size_t(step)] = std::isfinite(samples[b]) ? part[k] * unit : nan;
  });
}

void hold(std::span<const double> samples, const SampleTimes& times, std::span<double> out) {
  for_cuts(samples, times, seconds_per_day / std::int64_t(out.size()), [&](std::size_t b, int step, std::size_t) {
    if (step >= 0 && step < int(out.size())) out[std::size_t(step)] = samples[b];
  });
}

/// Linear between the middles of samples and on beyond the outer ones; there only temperature may leave their range.
void interpolate(Raw raw, std::span<const double> samples, const SampleTimes& times, std::span<double> out) {
  hold(samples, times, out);
  if (samples.size() < 2) return;
  double wanted = 0.0, sum = 0.0;
  for (const double v : out) wanted += v;
  if (!std::isfinite(wanted)) {
    std::ranges::fill(out, nan);
    return;
  }
  const double step_s = double(seconds_per_day) / double(out.size());
  const auto [low, high] = std::ranges::minmax(samples);
  for (std::size_t s = 0; s < out.size(); ++s) {
    const double at = ((double(s) + 0.5) * step_s - double(times.first_s())) / double(times.length_s) - 0.5;
    const std::size_t b = std::size_t(std::clamp(std::floor(at), 0.0, double(samples.size() - 2)));
    const double value = samples[b] + (at - double(b)) * (samples[b + 1] - samples[b]);
    out[s] = raw == Raw::tair ? value : std::clamp(value, low, high);
    sum += out[s];
  }
  const double move = (wanted - sum) / double(out.size());
  for (double& v : out) v = low > 0.0 ? v * (wanted / sum) : v + move;
}

}  // namespace

int natural_steps(std::int64_t length_s) {
  if (length_s <= 0 || length_s > longest_sample_s) return 0;
  return length_s <= 1800 ? 48 : 24;
}

void require_steps(const SampleTimes& samples, int per_day, const std::string& where) {
  const std::int64_t step_s = seconds_per_day / per_day, length = samples.length_s;
  require(length > 0 && length <= longest_sample_s && seconds_per_day % length == 0, where, ": samples of ", length,
          " s, expected a part of a day of at most ", longest_sample_s, " s to give steps of ", step_s,
          " s; set steps_per_day: 0 to use its daily means");
  require(step_s % length == 0 || length % step_s == 0, where, ": samples of ", length, " s do not fit steps of ",
          step_s, " s; choose another steps_per_day");
  require(samples.phase_s % std::min(step_s, length) == 0, where, ": samples begin ", samples.phase_s,
          " s after 00:00 UTC, which is no beginning of a step of ", step_s,
          " s; times are the beginnings of intervals: correct time_shift, or choose another steps_per_day");
  require(step_s < length || samples.phase_s == 0, where, ": samples of ", length, " s begin ", samples.phase_s,
          " s after 00:00 UTC and do not fit steps of ", step_s, " s; choose another steps_per_day");
}

RawSteps::RawSteps(int steps) : per_day(steps) {
  for (auto& row : value) row.fill(nan);
}

RawDay RawSteps::at(int step) const {
  RawDay raw;
  for (int r = 0; r < raw_count; ++r) raw.value[r] = value[r][std::size_t(step)];
  return raw;
}

void to_steps(Raw raw, std::span<const double> samples, const SampleTimes& times, const SunDay& sun,
              const GridPoint& place, std::span<double> out) {
  if (times.length_s * std::int64_t(out.size()) <= seconds_per_day) return average(samples, out);
  if (raw == Raw::swdown) return follow_sun(1.0, samples, times, sun, place, out);
  if (raw == Raw::ppfd) return follow_sun(light_per_shortwave, samples, times, sun, place, out);
  if (is_water(raw)) return hold(samples, times, out);
  interpolate(raw, samples, times, out);
}

MetDay day_of(const MetSteps& steps) {
  MetDay day;
  for (int m = 0; m < step_met_count; ++m) {
    double sum = 0.0;
    for (int s = 0; s < steps.per_day; ++s) sum += steps.value[m][std::size_t(s)];
    day[daily_variable[std::size_t(m)]] = sum / steps.per_day;
  }
  const auto t = std::span(steps.value[int(StepMet::air_temperature)]).first(std::size_t(steps.per_day));
  day[Met::air_temperature_min] = std::min(*std::ranges::min_element(t), day[Met::air_temperature]);
  day[Met::air_temperature_max] = std::max(*std::ranges::max_element(t), day[Met::air_temperature]);
  return day;
}

void require_complete(const MetSteps& steps, const std::string& where, Time day, const std::string& gaps) {
  // What others are derived from comes first, so that the message names the cause.
  constexpr StepMet order[] = {
      StepMet::air_temperature, StepMet::precipitation, StepMet::shortwave,  StepMet::surface_pressure,
      StepMet::vapour_pressure, StepMet::longwave,      StepMet::wind_speed, StepMet::co2};
  static_assert(std::size(order) == step_met_count);
  for (const StepMet m : order) {
    const MetVariable& v = met_variables[std::size_t(daily_variable[std::size_t(m)])];
    for (int s = 0; s < steps.per_day; ++s) {
      const double value = steps.at(m, s);
      if (value >= v.lower && value <= v.upper) continue;
      const std::string when = format_time(day + s * (seconds_per_day / steps.per_day));
      require(std::isfinite(value), where, ": no ", v.name, " for ", when,
              gaps.empty() ? "" : ", where the file has gaps in " + gaps + ",",
              " and nothing to derive it from; add the variable, fill the gap, or set steps_per_day: 0 and see the "
              "other options of the forcing");
      require(false, where, ": ", v.name, " is ", value, " ", v.units, " at ", when, ", expected ", v.lower, " to ",
              v.upper);
    }
  }
}

}  // namespace tilth
