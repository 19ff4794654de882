#include "model/forcing/diurnal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>

#include "core/base/error.hpp"
#include "core/physics/humidity.hpp"
#include "core/random/random.hpp"

namespace tilth {

namespace {

constexpr double pi = std::numbers::pi;
constexpr double hours = 24.0;
constexpr double shortest_day_h = 8.0, longest_day_h = 20.0;
constexpr double lag = 0.15;  // of the day length, from noon to the maximum of temperature (Parton & Logan 1981)

/// Solves (1 - exp(-x)) / x = ratio (Newton; decreasing and convex, so it converges from the left of the root).
double decay(double ratio) {
  constexpr double straight = 1e-5;  // less is a straight line to 1e-5 of the range: days of 17.5 h
  double x = -4.0;                   // left of the root: days are 20 h at most
  for (int i = 0; i < 60; ++i) {
    if (std::abs(x) < straight) x = straight;
    const double e = std::exp(-x), f = (1.0 - e) / x - ratio;
    const double step = f / ((e - (1.0 - e) / x) / x);
    x -= step;
    if (std::abs(step) < 1e-14) break;
  }
  return std::abs(x) < straight ? straight : x;
}

double mean_of(std::span<const double> values) {
  double sum = 0.0;
  for (const double v : values) sum += v;
  return sum / double(values.size());
}

void spread_temperature(const MetDay& met, const SunDay& sun, const GridPoint& place, std::span<double> out) {
  const Sun noon = sun.at(sun.day + seconds_per_day / 2);
  const TemperatureCurve curve(solar_day(noon, place.lat).day_length_h);
  const double low = met[Met::air_temperature_min], range = met[Met::air_temperature_max] - low;
  const double first_h = place.lon / 15.0 + noon.equation_of_time_min / 60.0 + 0.5 * hours / double(out.size());
  for (std::size_t s = 0; s < out.size(); ++s) {
    const double solar_h = first_h + hours * double(s) / double(out.size());
    out[s] = low + range * curve(solar_h - hours * std::floor(solar_h / hours));
  }
  const double move = met[Met::air_temperature] - mean_of(out);
  for (double& t : out) t += move;
}

/// Fills to the level at which the mean is right when no step is above saturation. Saturation is convex in temperature,
/// so this exists whenever the day's value is not above saturation at the mean temperature; else all are saturated.
void spread_vapour(double mean, std::span<const double> temperature, std::span<double> out) {
  std::array<double, max_steps_per_day> saturation;
  for (std::size_t s = 0; s < out.size(); ++s)
    saturation[s] = physics::saturation_water(temperature[s] - physics::freezing_k).pressure;
  double level = mean;
  std::size_t saturated = 0;
  for (std::size_t round = 0; round < out.size(); ++round) {
    double rest = mean * double(out.size());
    std::size_t full = 0;
    for (std::size_t s = 0; s < out.size(); ++s)
      if (saturation[s] <= level) {
        rest -= saturation[s];
        ++full;
      }
    if (full == saturated || full == out.size()) break;
    saturated = full;
    level = rest / double(out.size() - full);
  }
  for (std::size_t s = 0; s < out.size(); ++s) out[s] = std::min(level, saturation[s]);
}

void spread_longwave(double mean, std::span<const double> temperature, std::span<double> out) {
  for (std::size_t s = 0; s < out.size(); ++s) out[s] = std::pow(temperature[s], 4);  // grey sky of air temperature
  const double scale = mean / mean_of(out);
  for (double& v : out) v *= scale;
}

void spread_rain(double mean, const GridPoint& place, Time day, int rain_hours, std::span<double> out) {
  const Random random(0, Purpose::rain_hour);
  const double draw = random.uniform({day.seconds / seconds_per_day, -1, place.id, 0});
  const std::size_t per_hour = out.size() / 24, wet = per_hour * std::size_t(rain_hours);
  const std::size_t first = per_hour * std::min<std::size_t>(std::size_t(hours * draw), 23);
  std::fill(out.begin(), out.end(), 0.0);
  for (std::size_t s = 0; s < wet; ++s) out[(first + s) % out.size()] = mean * double(out.size()) / double(wet);
}

}  // namespace

TemperatureCurve::TemperatureCurve(double day_length_h)
    : day_(std::clamp(day_length_h, shortest_day_h, longest_day_h)), night_(hours - day_) {
  constexpr double arc = pi / (1.0 + 2.0 * lag);             // of the sine at sunset
  const double sunset = std::sin(arc);                       // above the minimum, in ranges
  const double fall = -arc * std::cos(arc) * night_ / day_;  // slope at sunset, ranges per night
  rate_ = decay(sunset / fall);
  depth_ = fall / rate_;
  floor_ = sunset - depth_;
}

double TemperatureCurve::operator()(double solar_h) const {
  double since_rise = solar_h - 0.5 * (hours - day_);
  if (since_rise < 0.0) since_rise += hours;
  if (since_rise <= day_) return std::sin(pi * since_rise / (day_ * (1.0 + 2.0 * lag)));
  return floor_ + depth_ * std::exp(-rate_ * (since_rise - day_) / night_);
}

MetSteps steps_of(const MetDay& met, const GridPoint& place, const SunDay& sun, int per_day,
                  const DiurnalOptions& options) {
  ensure(per_day == 24 || per_day == 48, "steps per day are ", per_day, ", expected 24 or 48");
  MetSteps steps;
  steps.per_day = per_day;
  const auto row = [&](StepMet m) { return std::span(steps.value[int(m)]).first(std::size_t(per_day)); };
  std::array<double, max_steps_per_day> toa{};
  const std::int64_t length = seconds_per_day / per_day;
  for (int s = 0; s < per_day; ++s)
    toa[std::size_t(s)] = sun_step(sun, sun.day + s * length, length, place.lon, place.lat).toa_w_m2;
  spread_shortwave(met[Met::shortwave], std::span(toa).first(std::size_t(per_day)), row(StepMet::shortwave));
  const auto temperature = row(StepMet::air_temperature);
  spread_temperature(met, sun, place, temperature);
  spread_vapour(met[Met::vapour_pressure], temperature, row(StepMet::vapour_pressure));
  spread_longwave(met[Met::longwave], temperature, row(StepMet::longwave));
  spread_rain(met[Met::precipitation], place, sun.day, options.rain_hours, row(StepMet::precipitation));
  std::ranges::fill(row(StepMet::wind_speed), met[Met::wind_speed]);
  std::ranges::fill(row(StepMet::surface_pressure), met[Met::surface_pressure]);
  std::ranges::fill(row(StepMet::co2), met[Met::co2]);
  return steps;
}

}  // namespace tilth
