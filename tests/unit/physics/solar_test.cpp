#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "core/physics/solar.hpp"

namespace tilth {
namespace {

constexpr double degrees = 180.0 / std::numbers::pi;

struct SunCase {
  Time t;
  double lat, lon, declination_deg, eot_min, distance_au, cos_zenith, day_length_h;
};

// From an independent evaluation of the published series (Meeus 1998).
const SunCase cases[] = {{time_of(2004, 3, 20, 43200), 0.0, 0.0, 0.08599452855970238, -7.350420414299835,
                          0.9960395124867867, 0.9994846034208967, 12.0},
                         {time_of(2004, 6, 21, 43200), 51.5, 0.0, 23.439973693749543, -1.8441390517935754,
                          1.0162942945882423, 0.8824367734707557, 16.403914373207776},
                         {time_of(2004, 12, 21, 61200), 40.0, -105.0, -23.440764837832656, 1.6035385176800712,
                          0.9836983753230122, 0.3554060395942428, 9.15533700221436},
                         {time_of(2010, 7, 15, 23400), 62.0, 25.0, 21.529661913945333, -5.941939328546932,
                          1.016464884369259, 0.54904654056479, 18.386518193476313},
                         {time_of(2015, 1, 10, 10800), -33.9, 151.2, -22.01292380362819, -7.255598646210341,
                          0.9833975728213035, 0.9544264971059151, 14.101827555983498},
                         {time_of(2020, 2, 29, 72000), -3.0, -60.0, -7.5562268303456435, -12.361396252355167,
                          0.9908120563216405, 0.5473602902657531, 12.053109362086294}};

TEST(Solar, AgreesWithTheReferenceSeries) {
  for (const SunCase& c : cases) {
    SCOPED_TRACE(format_time(c.t));
    const Sun sun = sun_at(c.t);
    EXPECT_NEAR(sun.declination * degrees, c.declination_deg, 1e-6);
    EXPECT_NEAR(sun.equation_of_time_min, c.eot_min, 1e-5);
    EXPECT_NEAR(sun.distance_au, c.distance_au, 1e-8);
    EXPECT_NEAR(cos_zenith(c.t, c.lon, c.lat), c.cos_zenith, 1e-5);
    EXPECT_NEAR(solar_day(sun, c.lat).day_length_h, c.day_length_h, 1e-6);
  }
}

TEST(Solar, DayHasPolarDayAndPolarNight) {
  const Time june = time_of(2019, 6, 21), december = time_of(2019, 12, 21);
  EXPECT_DOUBLE_EQ(solar_day(june, 75.0).day_length_h, 24.0);
  EXPECT_DOUBLE_EQ(solar_day(december, 75.0).day_length_h, 0.0);
  EXPECT_DOUBLE_EQ(solar_day(december, 75.0).toa_mean_w_m2, 0.0);
  EXPECT_DOUBLE_EQ(solar_day(december, 75.0).noon_cos_zenith, 0.0);
  EXPECT_DOUBLE_EQ(solar_day(december, -75.0).day_length_h, 24.0);
  for (const double pole : {90.0, -90.0})
    for (const Time t : {june, december}) EXPECT_TRUE(std::isfinite(solar_day(t, pole).toa_mean_w_m2));
  EXPECT_DOUBLE_EQ(solar_day(june, 90.0).day_length_h, 24.0);
  EXPECT_DOUBLE_EQ(solar_day(june, -90.0).day_length_h, 0.0);
  // polar midsummer: S0 / r^2 sin(declination), more than at the equator on the same day
  EXPECT_NEAR(solar_day(june, 90.0).toa_mean_w_m2, 1361.0 / std::pow(1.0163, 2) * std::sin(23.44 / degrees), 1.0);
  EXPECT_GT(solar_day(june, 90.0).toa_mean_w_m2, solar_day(june, 0.0).toa_mean_w_m2);
}

TEST(Solar, DailyMeanIsTheIntegralOfTheCosineOfTheZenith) {
  for (const double lat : {-62.0, -20.0, 0.0, 35.0, 64.0, 80.0}) {
    const Time day = time_of(2018, 4, 9);
    double sum = 0.0;
    for (int minute = 0; minute < 1440; ++minute) sum += std::max(0.0, cos_zenith(day + minute * 60, 10.0, lat));
    const SolarDay solar = solar_day(day, lat);
    const double mean = solar_constant_w_m2 / (solar.distance_au * solar.distance_au) * sum / 1440.0;
    EXPECT_NEAR(mean, solar.toa_mean_w_m2, 2e-3 * mean) << lat;  // declination drifts by 0.4 degrees in the day
  }
}

TEST(Solar, DayDoesNotDependOnTheHourAsked) {
  const Time day = time_of(2018, 10, 2);
  EXPECT_EQ(solar_day(day, 47.0).toa_mean_w_m2, solar_day(day + 86399, 47.0).toa_mean_w_m2);
}

}  // namespace
}  // namespace tilth
