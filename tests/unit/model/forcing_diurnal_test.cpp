#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/physics/humidity.hpp"
#include "model/forcing/diurnal.hpp"

namespace tilth {
namespace {

GridPoint place(double lon, double lat, std::int64_t id = 7) {
  GridPoint p;
  p.id = id;
  p.lon = lon;
  p.lat = lat;
  return p;
}

MetDay weather(double shortwave) {
  MetDay met;
  met[Met::air_temperature] = 284.3;
  met[Met::air_temperature_min] = 278.1;
  met[Met::air_temperature_max] = 291.7;
  met[Met::shortwave] = shortwave;
  met[Met::longwave] = 317.0;
  met[Met::vapour_pressure] = 1150.0;  // saturation is 1340 Pa at the mean, 888 Pa at the minimum
  met[Met::surface_pressure] = 98700.0;
  met[Met::wind_speed] = 3.3;
  met[Met::precipitation] = 7.7e-5;
  met[Met::co2] = 411.0;
  return met;
}

double mean(const MetSteps& steps, StepMet m) {
  double sum = 0.0;
  for (int s = 0; s < steps.per_day; ++s) sum += steps.at(m, s);
  return sum / steps.per_day;
}

constexpr std::pair<Met, StepMet> pairs[] = {{Met::air_temperature, StepMet::air_temperature},
                                             {Met::shortwave, StepMet::shortwave},
                                             {Met::longwave, StepMet::longwave},
                                             {Met::vapour_pressure, StepMet::vapour_pressure},
                                             {Met::surface_pressure, StepMet::surface_pressure},
                                             {Met::wind_speed, StepMet::wind_speed},
                                             {Met::precipitation, StepMet::precipitation},
                                             {Met::co2, StepMet::co2}};

TEST(Diurnal, MeansOfTheDayAreKeptAtEveryLatitudeAndSeason) {
  for (double lat = -90.0; lat <= 90.0; lat += 7.5)
    for (int month = 1; month <= 12; ++month)
      for (const int per_day : {24, 48}) {
        const SunDay sun = sun_day(time_of(2007, month, 21));
        for (const double shortwave : {0.0, 0.3, 40.0, 190.0, 420.0}) {
          const MetDay met = weather(shortwave);
          const MetSteps steps = steps_of(met, place(11.0 * month - 70.0, lat), sun, per_day);
          EXPECT_EQ(steps.per_day, per_day);
          for (const auto& [day, step] : pairs)
            EXPECT_NEAR(mean(steps, step), met[day], 1e-12 * met[day]) << lat << ' ' << month << ' ' << int(day);
        }
      }
}

// A mean in the middle of minimum and maximum moves the curve by 0.18 of the range at most (days of 8 and of 20 h).
TEST(Diurnal, StepsArePossibleWeather) {
  for (double lat = -90.0; lat <= 90.0; lat += 7.5)
    for (int month = 1; month <= 12; ++month) {
      const SunDay sun = sun_day(time_of(2007, month, 5));
      const GridPoint p = place(-122.0, lat);
      std::array<double, 24> toa{};
      for (int s = 0; s < 24; ++s) toa[std::size_t(s)] = sun_step(sun, sun.day + s * 3600, 3600, p.lon, lat).toa_w_m2;
      MetDay met = weather(0.85 / 24.0 * std::accumulate(toa.begin(), toa.end(), 0.0));
      met[Met::air_temperature] = 0.5 * (met[Met::air_temperature_min] + met[Met::air_temperature_max]);
      const MetSteps steps = steps_of(met, p, sun, 24);
      const auto t = std::span(steps.value[int(StepMet::air_temperature)]).first(24);
      const double low = met[Met::air_temperature_min], high = met[Met::air_temperature_max];
      EXPECT_GE(*std::ranges::min_element(t), low - 0.19 * (high - low)) << lat << ' ' << month;
      EXPECT_LE(*std::ranges::max_element(t), high + 0.19 * (high - low)) << lat << ' ' << month;
      for (int s = 0; s < 24; ++s) {
        EXPECT_GE(steps.at(StepMet::shortwave, s), 0.0);
        EXPECT_LE(steps.at(StepMet::shortwave, s), 0.85 * toa[std::size_t(s)] * (1.0 + 1e-12));
        EXPECT_EQ(steps.at(StepMet::shortwave, s) > 0.0, toa[std::size_t(s)] > 0.0);
        const double saturation = physics::saturation_water(t[std::size_t(s)] - 273.15).pressure;
        EXPECT_LE(steps.at(StepMet::vapour_pressure, s), saturation);
      }
    }
}

TEST(Diurnal, SunAndShortwaveAreInPhaseWithTheLongitude) {
  const SunDay sun = sun_day(time_of(2011, 4, 15));  // the equation of time is 0
  for (const double lon : {-179.0, -105.0, -3.0, 22.5, 135.0}) {
    const MetSteps steps = steps_of(weather(230.0), place(lon, 40.0), sun, 48);
    const auto brightest = std::ranges::max_element(steps.value[int(StepMet::shortwave)]);
    const double utc = 0.5 * double(brightest - steps.value[int(StepMet::shortwave)].begin()) + 0.25;
    const double solar = utc + lon / 15.0;
    EXPECT_NEAR(solar - 24.0 * std::floor(solar / 24.0), 12.0, 0.26) << lon;
    const auto warmest = std::ranges::max_element(steps.value[int(StepMet::air_temperature)]);
    const double warm = 0.5 * double(warmest - steps.value[int(StepMet::air_temperature)].begin()) + 0.25 + lon / 15.0;
    const double lag = 0.15 * solar_day(sun.day, 40.0).day_length_h;
    EXPECT_NEAR(warm - 24.0 * std::floor(warm / 24.0), 12.0 + lag, 0.26) << lon;
  }
}

TEST(Diurnal, LightOfPolarNightIsSpreadEvenly) {
  const MetSteps steps = steps_of(weather(0.3), place(20.0, 85.0), sun_day(time_of(2011, 12, 21)), 24);
  for (int s = 0; s < 24; ++s) EXPECT_EQ(steps.at(StepMet::shortwave, s), 0.3);
}

TEST(Diurnal, RainFallsInHoursThatDependOnPlaceAndDateOnly) {
  const SunDay sun = sun_day(time_of(2011, 8, 1));
  std::array<int, 24> first{};
  for (std::int64_t id = 0; id < 480; ++id) {
    const MetSteps steps = steps_of(weather(200.0), place(id * 0.5 - 120.0, 10.0, id), sun, 24);
    const MetSteps half = steps_of(weather(100.0), place(0.0, 60.0, id), sun, 48);
    int wet = 0;
    for (int s = 0; s < 24; ++s) {
      const double rain = steps.at(StepMet::precipitation, s);
      EXPECT_EQ(half.at(StepMet::precipitation, 2 * s + 1), rain);  // the same hours whatever the step
      EXPECT_TRUE(rain == 0.0 || std::abs(rain - 4.0 * 7.7e-5) < 1e-18);
      wet += rain > 0.0;
      first[std::size_t(s)] += rain > 0.0 && steps.at(StepMet::precipitation, (s + 23) % 24) == 0.0;
    }
    EXPECT_EQ(wet, 6);
  }
  for (const int n : first) EXPECT_NEAR(n, 20, 18);  // four standard deviations of 480 draws of 24 hours
  DiurnalOptions all_day;
  all_day.rain_hours = 24;
  const MetSteps steps = steps_of(weather(200.0), place(0.0, 10.0), sun, 24, all_day);
  for (int s = 0; s < 24; ++s) EXPECT_DOUBLE_EQ(steps.at(StepMet::precipitation, s), 7.7e-5);
}

TEST(Diurnal, AirWetterThanTheDayCanHoldIsSaturated) {
  MetDay met = weather(200.0);
  met[Met::vapour_pressure] = 5000.0;
  const MetSteps steps = steps_of(met, place(0.0, 45.0), sun_day(time_of(2011, 8, 1)), 24);
  for (int s = 0; s < 24; ++s)
    EXPECT_EQ(steps.at(StepMet::vapour_pressure, s),
              physics::saturation_water(steps.at(StepMet::air_temperature, s) - 273.15).pressure);
}

TEST(Diurnal, TemperatureCurveIsSmoothAndReachesBothEnds) {
  for (const double length : {0.0, 8.0, 12.0, 16.0, 17.46, 17.5, 19.0, 24.0}) {
    const TemperatureCurve curve(length);
    const double day = std::clamp(length, 8.0, 20.0), rise = 12.0 - 0.5 * day, set = 12.0 + 0.5 * day;
    EXPECT_NEAR(curve(rise), 0.0, 1e-12) << length;
    EXPECT_NEAR(curve(rise - 1e-9), 0.0, 2e-5) << length;
    EXPECT_NEAR(curve(12.0 + 0.15 * day), 1.0, 1e-12) << length;
    const double before = (curve(set) - curve(set - 1e-5)) / 1e-5, after = (curve(set + 1e-5) - curve(set)) / 1e-5;
    EXPECT_NEAR(after, before, 1e-3 * std::abs(before)) << length;
    for (double h = 0.0; h < 24.0; h += 0.1) {
      EXPECT_GE(curve(h), -2e-5) << length << ' ' << h;
      EXPECT_LE(curve(h), 1.0) << length << ' ' << h;
    }
  }
}

}  // namespace
}  // namespace tilth
