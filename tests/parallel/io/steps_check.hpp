#pragma once

#include <cmath>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/physics/solar.hpp"
#include "core/state/forcing.hpp"
#include "support/shared.hpp"

namespace tilth::test {

#define SUBDAILY_OR_SKIP(data)                                                          \
  const auto shared_ = test::shared_folder();                                           \
  if (!shared_ || !std::filesystem::exists(*shared_ / "data/subdaily"))                 \
    GTEST_SKIP() << "no reference data below TILTH_SHARED: data/subdaily is not found"; \
  const std::string data = (*shared_ / "data").string()

inline GridPoint place(double lon, double lat, double elevation_m, const std::string& name = "") {
  GridPoint p;
  p.lon = lon;
  p.lat = lat;
  p.name = name;
  p.surface.elevation_m = elevation_m;
  return p;
}

inline double mean(const MetSteps& steps, StepMet m) {
  double sum = 0.0;
  for (int s = 0; s < steps.per_day; ++s) sum += steps.at(m, s);
  return sum / steps.per_day;
}

/// The days are the means of the steps, and every value is plausible.
inline void expect_consistent(const MetSteps& steps, const MetDay& day, const std::string& where) {
  constexpr Met of[] = {Met::air_temperature,  Met::shortwave,  Met::longwave,      Met::vapour_pressure,
                        Met::surface_pressure, Met::wind_speed, Met::precipitation, Met::co2};
  for (int m = 0; m < step_met_count; ++m) {
    EXPECT_EQ(mean(steps, StepMet(m)), day[of[m]]) << where << ' ' << m;
    for (int s = 0; s < steps.per_day; ++s) {
      EXPECT_GE(steps.value[m][std::size_t(s)], met_variables[std::size_t(of[m])].lower) << where << ' ' << m;
      EXPECT_LE(steps.value[m][std::size_t(s)], met_variables[std::size_t(of[m])].upper) << where << ' ' << m;
    }
  }
  EXPECT_LE(day[Met::air_temperature_min], day[Met::air_temperature]);
  EXPECT_GE(day[Met::air_temperature_max], day[Met::air_temperature]);
}

/// Solar time in hours of the middle of the shortwave of many days.
inline double middle_of_light(ForcingSource& forcing, std::span<const GridPoint> points, Time first, int days) {
  double x = 0.0, y = 0.0;
  std::vector<MetSteps> steps(points.size());
  for (int d = 0; d < days; ++d) {
    const Time day = first + d * seconds_per_day;
    forcing.read_steps(day, points, steps);
    for (int s = 0; s < steps[0].per_day; ++s) {
      const double minutes = 1440.0 * (s + 0.5) / steps[0].per_day + sun_at(day).equation_of_time_min;
      const double angle = 2.0 * M_PI * (minutes / 1440.0 + points[0].lon / 360.0);
      x += steps[0].at(StepMet::shortwave, s) * std::cos(angle);
      y += steps[0].at(StepMet::shortwave, s) * std::sin(angle);
    }
  }
  const double hours = std::atan2(y, x) * 12.0 / M_PI;
  return hours < 0.0 ? hours + 24.0 : hours;
}

}  // namespace tilth::test
