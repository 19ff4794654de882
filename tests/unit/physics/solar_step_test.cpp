#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/physics/radiation.hpp"
#include "core/physics/solar.hpp"
#include "support/shared.hpp"

namespace tilth {
namespace {

TEST(SolarStep, CosineOfTheZenithAgreesWithTheSharedReference) {
  TILTH_SHARED_OR_SKIP(reference, "model-ref/R02_solar.json");
  for (const auto& c : reference["cases"]) {
    const auto& when = c["ymdh"];
    const Time t = time_of(when[0], when[1], when[2], std::int64_t(std::lround(when[3].get<double>() * 3600.0)));
    const double lon = c["lon"], lat = c["lat"], cosine = c["cosz"];
    EXPECT_NEAR(cos_zenith(t, lon, lat), cosine, 1e-5) << format_time(t);  // what the reference asks of this series
    EXPECT_NEAR(sun_step(sun_at(t), t + -1, 2, lon, lat).sunlit_cos_zenith, cosine, 1e-5) << format_time(t);
    EXPECT_NEAR(sun_step(sun_at(t), t + -1, 2, lon, lat).toa_w_m2, c["sw_toa"].get<double>(), 0.02) << format_time(t);
  }
}

TEST(SolarStep, NoonAtTheEquatorIsAClosedForm) {
  Sun equinox;  // declination 0, mean time is solar time, distance 1
  const SunStep hour = sun_step(equinox, time_of(2001, 3, 20, 11 * 3600 + 1800), 3600, 0.0, 0.0);
  const double width = 2.0 * M_PI / 24.0;
  EXPECT_NEAR(hour.sunlit_cos_zenith, 2.0 * std::sin(0.5 * width) / width, 1e-14);
  EXPECT_EQ(hour.sunlit_fraction, 1.0);
  const SunStep dawn = sun_step(equinox, time_of(2001, 3, 20, 5 * 3600 + 1800), 3600, 0.0, 0.0);
  EXPECT_NEAR(dawn.sunlit_fraction, 0.5, 1e-12);
  EXPECT_NEAR(dawn.sunlit_cos_zenith, (1.0 - std::cos(0.5 * width)) / (0.5 * width), 1e-12);
  EXPECT_NEAR(dawn.toa_w_m2, solar_constant_w_m2 * 0.5 * dawn.sunlit_cos_zenith, 1e-10);
  EXPECT_EQ(sun_step(equinox, time_of(2001, 3, 20), 3600, 0.0, 0.0).toa_w_m2, 0.0);
}

/// Means over a step by brute force: 720 instants with the sun of each.
SunStep summed(Time begin, std::int64_t length_s, double lon, double lat) {
  constexpr int n = 720;
  SunStep step;
  for (int k = 0; k < n; ++k) {
    const Time t = begin + length_s * (2 * k + 1) / (2 * n);
    const double c = cos_zenith(t, lon, lat), r = sun_at(t).distance_au;
    if (c <= 0.0) continue;
    step.sunlit_fraction += 1.0 / n;
    step.sunlit_cos_zenith += c;
    step.toa_w_m2 += solar_constant_w_m2 / (r * r) * c / n;
  }
  if (step.sunlit_fraction > 0.0) step.sunlit_cos_zenith /= std::round(step.sunlit_fraction * n);
  return step;
}

TEST(SolarStep, IsTheMeanOverTheSunlitPart) {
  for (const double lat : {-90.0, -67.0, -30.0, 0.0, 48.0, 66.5, 78.0, 90.0})
    for (const double lon : {-180.0, -91.0, 0.0, 77.5, 179.5})
      for (const Time day : {time_of(1999, 3, 21), time_of(2005, 6, 5), time_of(2024, 12, 21)}) {
        const SunDay sun = sun_day(day);
        for (const int hour : {0, 5, 6, 11, 17, 18, 23}) {
          const SunStep step = sun_step(sun, day + hour * 3600, 3600, lon, lat);
          const SunStep sum = summed(day + hour * 3600, 3600, lon, lat);
          EXPECT_NEAR(step.toa_w_m2, sum.toa_w_m2, 0.2) << lat << ' ' << lon << ' ' << hour;  // 3e-5 of 1400, 1 / 720
          EXPECT_NEAR(step.sunlit_fraction, sum.sunlit_fraction, std::abs(lat) > 65.0 ? 0.05 : 2e-3) << lat;
        }
      }
}

TEST(SolarStep, SunOfADayIsWithinItsStatedError) {
  double worst = 0.0, worst_noon = 0.0;
  for (int day = 0; day < 366; day += 3) {
    const Time begin = time_of(2012, 1, 1) + day * seconds_per_day;
    const SunDay sun = sun_day(begin);
    const Sun noon = sun_at(begin + seconds_per_day / 2);
    for (int hour = 0; hour < 24; hour += 2)
      for (const double lat : {-70.0, -23.0, 0.0, 40.0, 85.0}) {
        const Time t = begin + hour * 3600;
        const double exact = cos_zenith(t, 20.0, lat);
        if (exact < 0.02) continue;
        worst = std::max(worst, std::abs(sun_step(sun.at(t), t + -1, 2, 20.0, lat).sunlit_cos_zenith - exact));
        worst_noon = std::max(worst_noon, std::abs(sun_step(noon, t + -1, 2, 20.0, lat).sunlit_cos_zenith - exact));
      }
  }
  EXPECT_LT(worst, 3e-5);
  EXPECT_LT(worst_noon, 4e-3);
  EXPECT_GT(worst_noon, 1e-3);  // so that the finer way is worth its second evaluation
}

TEST(SolarStep, StepsOfADayAddUpToTheDay) {
  for (const double lat : {-75.0, -10.0, 35.0, 69.0})
    for (const int per_day : {8, 24, 48}) {
      const Time day = time_of(2010, 5, 9);
      const Sun noon = sun_at(day + seconds_per_day / 2);
      const std::int64_t length = seconds_per_day / per_day;
      double toa = 0.0, light = 0.0;
      for (int s = 0; s < per_day; ++s) {
        const SunStep step = sun_step(noon, day + s * length, length, -63.2, lat);
        toa += step.toa_w_m2 / per_day;
        light += 24.0 * step.sunlit_fraction / per_day;
      }
      EXPECT_NEAR(toa, solar_day(noon, lat).toa_mean_w_m2, 1e-9);
      EXPECT_NEAR(light, solar_day(noon, lat).day_length_h, 1e-10);
    }
}

TEST(SpreadShortwave, KeepsTheMeanAndNeverPassesTheSunWhileThereIsEnoughOfIt) {
  const std::vector<double> toa = {0.0, 100.0, 300.0, 0.0};
  std::vector<double> out(4);
  spread_shortwave(80.0, toa, out);
  EXPECT_EQ(out, (std::vector<double>{0.0, 80.0, 240.0, 0.0}));
  spread_shortwave(120.0, toa, out);  // 20 more than the sun gives
  EXPECT_EQ(out, (std::vector<double>{20.0, 120.0, 320.0, 20.0}));
  spread_shortwave(3.0, std::vector<double>(4, 0.0), out);
  EXPECT_EQ(out, (std::vector<double>(4, 3.0)));
}

TEST(DiffuseFraction, AgreesWithThePublishedCurve) {
  using physics::diffuse_fraction;
  EXPECT_DOUBLE_EQ(diffuse_fraction(100.0, 1000.0), 1.0 - 0.009);
  EXPECT_NEAR(diffuse_fraction(500.0, 1000.0), 0.65915, 1e-12);  // by hand: Erbs et al. (1982), eq. 1
  EXPECT_DOUBLE_EQ(diffuse_fraction(900.0, 1000.0), 0.165);
  EXPECT_DOUBLE_EQ(diffuse_fraction(5.0, 0.0), 1.0);
  for (const double k : {0.22, 0.8})  // the published pieces meet within 5e-4
    EXPECT_NEAR(diffuse_fraction(k - 1e-9, 1.0), diffuse_fraction(k + 1e-9, 1.0), 5e-4) << k;
}

}  // namespace
}  // namespace tilth
