#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "core/grid/grid.hpp"
#include "core/physics/solar.hpp"
#include "core/state/forcing.hpp"
#include "io/met_raw.hpp"

namespace tilth {

/// How the samples of a file lie in time: means over equal intervals, the same on every day.
struct SampleTimes {
  std::int64_t length_s = 0;  ///< of an interval; a whole number of them is a day
  std::int64_t phase_s = 0;   ///< beginning of the first one of a day after 00:00 UTC, 0 <= phase_s < length_s
  /// Beginning of the first sample that touches a day, relative to 00:00 UTC, and how many do.
  std::int64_t first_s() const { return phase_s == 0 ? 0 : phase_s - length_s; }
  int touching() const { return int(seconds_per_day / length_s) + (phase_s == 0 ? 0 : 1); }
};

/// Steps per day that fit samples best: 48 up to half an hour, 24 up to three hours, 0 (days only) for longer ones.
int natural_steps(std::int64_t length_s);

/// `Error` naming `where` unless samples can be averaged to, or cut into, steps of the UTC day.
void require_steps(const SampleTimes& samples, int per_day, const std::string& where);

/// Raw weather of the steps of one UTC day; NaN: not given.
struct RawSteps {
  explicit RawSteps(int steps);
  int per_day;
  std::array<std::array<double, max_steps_per_day>, raw_count> value;
  std::span<double> row(Raw r) { return std::span(value[int(r)]).first(std::size_t(per_day)); }
  RawDay at(int step) const;
};

/// One variable at the steps of a UTC day from the samples that touch it (`touching` values). Shorter samples are
/// averaged. Longer ones are cut: radiation follows the sun within each sample, water is constant, all else is linear
/// between the middles of samples, then scaled (moved where there are values below 0) to the mean of the day. Where a
/// sample is missing so are its steps, or all of the day for what is linear.
void to_steps(Raw raw, std::span<const double> samples, const SampleTimes& times, const SunDay& sun,
              const GridPoint& place, std::span<double> out);

/// Means, and lowest and highest temperature, of the steps.
MetDay day_of(const MetSteps& steps);

/// The daily variable a step variable is the course of.
inline constexpr std::array<Met, step_met_count> daily_variable = {
    Met::air_temperature,  Met::shortwave,  Met::longwave,      Met::vapour_pressure,
    Met::surface_pressure, Met::wind_speed, Met::precipitation, Met::co2};

/// As for a day (met_derivation.hpp), of every step.
void require_complete(const MetSteps& steps, const std::string& where, Time day, const std::string& gaps = "");

}  // namespace tilth
