#include "io/met_steps.hpp"

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "io/met_derivation.hpp"
#include "io/met_physics.hpp"

namespace tilth {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

GridPoint place(double lon = 0.0, double lat = 45.0) {
  GridPoint p;
  p.lon = lon;
  p.lat = lat;
  p.surface.elevation_m = 500.0;
  return p;
}

double mean(const std::vector<double>& v) { return std::accumulate(v.begin(), v.end(), 0.0) / double(v.size()); }

std::vector<double> steps(Raw raw, const std::vector<double>& samples, const SampleTimes& times, int per_day = 24) {
  std::vector<double> out(std::size_t(per_day), nan);
  to_steps(raw, samples, times, sun_day(time_of(2010, 6, 1)), place(), out);
  return out;
}

TEST(MetSteps, ShortSamplesAreAveraged) {
  std::vector<double> halves(48);
  std::iota(halves.begin(), halves.end(), 0.0);
  const std::vector<double> out = steps(Raw::tair, halves, {1800, 0});
  for (int s = 0; s < 24; ++s) EXPECT_EQ(out[std::size_t(s)], 2.0 * s + 0.5);
  halves[6] = nan;
  const std::vector<double> with_gap = steps(Raw::swdown, halves, {1800, 0});
  for (int s = 0; s < 24; ++s) EXPECT_EQ(std::isnan(with_gap[std::size_t(s)]), s == 3);
  EXPECT_EQ(steps(Raw::tair, std::vector<double>(48, 7.0), {1800, 0}, 48), std::vector<double>(48, 7.0));
}

TEST(MetSteps, LongSamplesKeepTheirMeanOfRadiationAndRain) {
  const std::vector<double> rain = {0, 1e-4, 0, 0, 3e-4, 0, 0, 0}, sun = {0, 5, 210, 480, 500, 260, 40, 0};
  const std::vector<double> wet = steps(Raw::precip, rain, {10800, 0}), bright = steps(Raw::swdown, sun, {10800, 0});
  for (std::size_t b = 0; b < 8; ++b) {
    double sum = 0.0;
    for (std::size_t k = 0; k < 3; ++k) {
      EXPECT_EQ(wet[3 * b + k], rain[b]);
      sum += bright[3 * b + k] / 3.0;
    }
    EXPECT_NEAR(sum, sun[b], 1e-12 * sun[b] + 1e-300) << b;
  }
  EXPECT_LT(bright[7], bright[8]);    // the sun climbs in the morning
  EXPECT_GT(bright[16], bright[17]);  // and sinks in the afternoon
  const std::vector<double> light = steps(Raw::ppfd, {0, 5e-5, 4e-4, 9e-4, 9e-4, 5e-4, 1e-4, 0}, {10800, 0});
  EXPECT_LT(light[7], light[8]);
  EXPECT_NEAR(mean(light), mean({0, 5e-5, 4e-4, 9e-4, 9e-4, 5e-4, 1e-4, 0}), 1e-18);
}

TEST(MetSteps, OtherLongSamplesAreLinearWithTheMeanOfTheDay) {
  std::vector<double> line(8), wind = {0, 0, 1, 5, 2, 0, 0, 3};
  for (std::size_t b = 0; b < 8; ++b) line[b] = 280.0 + 3.0 * (double(b) + 0.5);
  const std::vector<double> out = steps(Raw::tair, line, {10800, 0});
  for (int s = 0; s < 24; ++s) EXPECT_NEAR(out[std::size_t(s)], 280.0 + s + 0.5, 1e-10);
  const std::vector<double> air = {281, 280, 283, 290, 295, 294, 288, 284};
  EXPECT_NEAR(mean(steps(Raw::tair, air, {10800, 0})), mean(air), 1e-10);
  const std::vector<double> speed = steps(Raw::wind, wind, {10800, 0});
  EXPECT_NEAR(mean(speed), mean(wind), 1e-13);
  const std::vector<double> gap = steps(Raw::tair, {281, nan, 283, 290, 295, 294, 288, 284}, {10800, 0});
  for (const double v : gap) EXPECT_TRUE(std::isnan(v));
}

TEST(MetSteps, SamplesMayBeginWithinTheDay) {
  // Three hours from 01:00: the first sample began at 22:00 of the day before, the last ends at 01:00 of the next.
  const SampleTimes times{10800, 3600};
  EXPECT_EQ(times.first_s(), -7200);
  EXPECT_EQ(times.touching(), 9);
  std::vector<double> rain = {1e-4, 0, 0, 0, 0, 0, 0, 0, 2e-4};
  const std::vector<double> wet = steps(Raw::precip, rain, times);
  EXPECT_EQ(wet[0], 1e-4);
  EXPECT_EQ(wet[1], 0.0);
  EXPECT_EQ(wet[21], 0.0);
  EXPECT_EQ(wet[22], 2e-4);
  EXPECT_EQ(wet[23], 2e-4);
  std::vector<double> line(9);
  for (std::size_t b = 0; b < 9; ++b) line[b] = 280.0 + 3.0 * double(b);
  const std::vector<double> out = steps(Raw::tair, line, times);
  double day = 0.0;  // each sample counts with its hours in the day
  for (int s = 0; s < 24; ++s) day += line[std::size_t((s + 2) / 3)] / 24.0;
  EXPECT_NEAR(mean(out), day, 1e-10);
  for (int s = 1; s < 24; ++s) EXPECT_NEAR(out[std::size_t(s)] - out[std::size_t(s - 1)], 1.0, 1e-3);
}

TEST(MetSteps, SaysWhichSamplesDoNotFit) {
  EXPECT_EQ(natural_steps(1800), 48);
  EXPECT_EQ(natural_steps(3600), 24);
  EXPECT_EQ(natural_steps(10800), 24);
  EXPECT_EQ(natural_steps(86400), 0);
  EXPECT_EQ(natural_steps(0), 0);
  for (const std::int64_t length : {600, 900, 1800, 3600, 7200, 10800})
    EXPECT_NO_THROW(require_steps({length, 0}, 24, "x")) << length;
  EXPECT_NO_THROW(require_steps({10800, 3600}, 24, "x"));
  const auto message = [](SampleTimes times, int per_day) -> std::string {
    try {
      require_steps(times, per_day, "met.nc");
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(message({86400, 0}, 24).find("steps_per_day: 0"), std::string::npos);
  EXPECT_NE(message({21600, 0}, 24).find("21600 s"), std::string::npos);
  EXPECT_NE(message({5400, 0}, 24).find("do not fit"), std::string::npos);
  EXPECT_NE(message({3600, 1800}, 24).find("time_shift"), std::string::npos);
  EXPECT_EQ(message({3600, 1800}, 48), "");
  EXPECT_NE(message({0, 0}, 24).find("met.nc"), std::string::npos);
}

RawSteps tower_steps() {
  RawSteps raw(24);
  for (std::size_t s = 0; s < 24; ++s) {
    raw.row(Raw::tair)[s] = 283.0 + 6.0 * std::sin(2.0 * M_PI * (double(s) - 9.0) / 24.0);
    raw.row(Raw::swdown)[s] = std::max(-2.0, 700.0 * std::sin(2.0 * M_PI * (double(s) - 6.0) / 24.0));
    raw.row(Raw::rh)[s] = 70.0;
    raw.row(Raw::rainf)[s] = s == 4 ? 1e-4 : 0.0;
    raw.row(Raw::snowf)[s] = s == 4 ? 2e-4 : 0.0;
  }
  return raw;
}

TEST(MetSteps, AreCompletedByTheRulesOfDays) {
  RuleCounts counts{};
  const Time day = time_of(2010, 6, 1);
  const RawSteps raw = tower_steps();
  const MetSteps met = derived(raw, place(), day, {}, counts);
  EXPECT_NO_THROW(require_complete(met, "x", day));
  double sun = 0.0;
  for (int s = 0; s < 24; ++s) sun += met.at(StepMet::shortwave, s) / 24.0;
  const double clear = met::extraterrestrial_radiation(day, 45.0) * met::clear_sky_transmissivity(500.0);
  for (int s = 0; s < 24; ++s) {
    const double t = met.at(StepMet::air_temperature, s), e = met.at(StepMet::vapour_pressure, s);
    EXPECT_NEAR(e, 0.7 * met::saturation_pressure(t), 1e-9);
    EXPECT_GE(met.at(StepMet::shortwave, s), 0.0);
    // the night is as cloudy as the day
    EXPECT_NEAR(met.at(StepMet::longwave, s), met::longwave(e, t, met::cloud_fraction(sun, clear)), 1e-9);
    EXPECT_EQ(met.at(StepMet::wind_speed, s), 2.5);
  }
  EXPECT_DOUBLE_EQ(met.at(StepMet::precipitation, 4), 3e-4);
  EXPECT_EQ(counts[std::size_t(Rule::longwave)], 24);
  const MetDay mean_day = day_of(met);
  EXPECT_EQ(mean_day[Met::air_temperature_max], met.at(StepMet::air_temperature, 15));
  EXPECT_EQ(mean_day[Met::air_temperature_min], met.at(StepMet::air_temperature, 3));
  EXPECT_NEAR(mean_day[Met::precipitation], 3e-4 / 24.0, 1e-18);
}

TEST(MetSteps, AMissingStepIsRefusedWithItsTime) {
  RuleCounts counts{};
  RawSteps raw = tower_steps();
  raw.row(Raw::swdown)[13] = nan;
  MetRules rules;
  rules.estimate_radiation = true;  // a rule of days
  const MetSteps met = derived(raw, place(), time_of(2010, 6, 1), rules, counts);
  try {
    require_complete(met, "XX-Tst.nc", time_of(2010, 6, 1), "SWdown");
    ADD_FAILURE();
  } catch (const Error& error) {
    const std::string message = error.what();
    for (const char* part : {"XX-Tst.nc", "no shortwave", "2010-06-01T13:00", "gaps in SWdown", "steps_per_day: 0"})
      EXPECT_NE(message.find(part), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace tilth
