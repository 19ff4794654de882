#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "io/met_derivation.hpp"
#include "io/met_physics.hpp"
#include "io/site_record.hpp"

namespace tilth {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Gaps, ShortOnesAreInterpolatedLongOnesAndEndsAreLeft) {
  std::vector<double> v = {nan, 1, nan, nan, 4, nan, nan, nan, nan, 9, nan};
  EXPECT_EQ(interpolate_gaps(v, 3), 2);
  EXPECT_DOUBLE_EQ(v[2], 2.0);
  EXPECT_DOUBLE_EQ(v[3], 3.0);
  for (const int i : {0, 5, 6, 7, 8, 10}) EXPECT_TRUE(std::isnan(v[std::size_t(i)])) << i;
}

TEST(Gaps, RainIsNotInterpolated) {
  std::vector<double> v = {5, nan, 7};
  EXPECT_EQ(zero_gaps(v, 3), 1);
  EXPECT_EQ(v[1], 0.0);
}

TEST(Gaps, ADrySpellThatIsTooLongIsNone) {
  std::vector<double> v = {0, 0, 0, 2, 0, 0, 5, 0, 0, 0};
  const std::vector<bool> expected = {true, true, true, false, false, false, false, true, true, true};
  EXPECT_EQ(drop_false_droughts(v, 2), expected);
  for (const int i : {0, 1, 2, 7, 8, 9}) EXPECT_TRUE(std::isnan(v[std::size_t(i)])) << i;
  EXPECT_EQ(v[4], 0.0);
}

TEST(Gaps, DrySpellsAreKeptByDefault) {
  std::vector<double> v(400, 0.0);
  EXPECT_TRUE(drop_false_droughts(v, 0).empty());
  EXPECT_TRUE(drop_false_droughts(v, 400).empty());
  EXPECT_EQ(v[399], 0.0);
}

TEST(RecycledDay, TakesTheNearestYearThatHasTheDay) {
  Time found;
  const auto from_2004_to_2006 = [](Time t) { return date_of(t).year >= 2004 && date_of(t).year <= 2006; };
  ASSERT_TRUE(recycled_day(time_of(2001, 7, 3), 2004, 2006, from_2004_to_2006, found));
  EXPECT_EQ(format_time(found), "2004-07-03");
  ASSERT_TRUE(recycled_day(time_of(2020, 2, 29), 2004, 2006, from_2004_to_2006, found));
  EXPECT_EQ(format_time(found), "2006-02-28");
  const auto not_2005 = [](Time t) { return date_of(t).year != 2005; };
  ASSERT_TRUE(recycled_day(time_of(2005, 12, 31), 2004, 2006, not_2005, found));
  EXPECT_EQ(format_time(found), "2004-12-31");  // the earlier of equally near ones
  EXPECT_FALSE(recycled_day(
      time_of(2005, 12, 31), 2004, 2006, [](Time) { return false; }, found));
}

TEST(MetPhysics, AgreesWithPublishedValues) {
  EXPECT_NEAR(met::saturation_pressure(293.15), 2333.4, 1.0);  // 2338 Pa (WMO) within 0.3 %
  // FAO-56 (Allen et al. 1998), example 8: 20 S, 3 September: 32.2 MJ m-2 day-1, with another declination (0.6
  // degrees).
  EXPECT_NEAR(met::extraterrestrial_radiation(time_of(1998, 9, 3), -20.0) * 0.0864, 32.2, 0.6);
  EXPECT_EQ(met::extraterrestrial_radiation(time_of(1998, 12, 21), 75.0), 0.0);
  EXPECT_NEAR(met::standard_pressure(1800.0), 81494.0, 20.0);  // ICAO table
  const double water = 46.5 * 10.0 / 288.15;                   // Prata (1996), eq. 17, written out
  EXPECT_NEAR(met::clear_sky_emissivity(1000.0, 288.15), 1 - (1 + water) * std::exp(-std::sqrt(1.2 + 3 * water)),
              1e-12);
  EXPECT_NEAR(met::longwave(1000.0, 288.15, 1.0), 5.670374419e-8 * std::pow(288.15, 4), 1e-9);  // overcast: black
}

TEST(MetPhysics, RangeAndTransmissivityAreInverse) {
  for (const double range : {3.0, 8.0, 14.0})
    EXPECT_NEAR(met::temperature_range(met::transmissivity(range, 0.75), 0.75), range, 1e-9);
}

GridPoint place() {
  GridPoint p;
  p.lat = 45.0;
  p.surface.elevation_m = 500.0;
  return p;
}

RawDay tower_day() {
  RawDay raw;
  raw[Raw::tair] = 288.0;
  raw[Raw::swdown] = 220.0;
  raw[Raw::vpd] = 600.0;
  raw[Raw::precip] = 0.0;
  return raw;
}

TEST(MetDerivation, CompletesADayAndCountsTheRules) {
  RuleCounts counts{};
  const MetDay met = derived(tower_day(), place(), time_of(2010, 6, 1), {}, counts);
  EXPECT_NO_THROW(require_complete(met, "test", time_of(2010, 6, 1)));
  EXPECT_NEAR(met[Met::vapour_pressure], met::saturation_pressure(288.0) - 600.0, 1e-9);
  EXPECT_NEAR(met[Met::air_temperature_max] + met[Met::air_temperature_min], 2 * 288.0, 1e-9);
  EXPECT_GT(met[Met::air_temperature_max] - met[Met::air_temperature_min], 4.0);
  EXPECT_NEAR(met[Met::longwave], 310.0, 30.0);
  for (const Rule r : {Rule::temperature_range, Rule::longwave, Rule::humidity_deficit, Rule::pressure, Rule::wind,
                       Rule::co2_constant})
    EXPECT_EQ(counts[std::size_t(r)], 1) << int(r);
  EXPECT_EQ(counts[std::size_t(Rule::shortwave_from_light)], 0);
  EXPECT_EQ(sentences(counts, {}).size(), 6u);
}

TEST(MetDerivation, HumidityFromAnyOfItsMeasures) {
  const Time day = time_of(2010, 6, 1);
  RuleCounts counts{};
  RawDay raw = tower_day();
  const double e = derived(raw, place(), day, {}, counts)[Met::vapour_pressure];
  raw[Raw::vpd] = nan;
  raw[Raw::psurf] = 95000.0;
  raw[Raw::qair] = 0.62198 * e / (95000.0 - 0.37802 * e);
  EXPECT_NEAR(derived(raw, place(), day, {}, counts)[Met::vapour_pressure], e, 1e-6);
  raw[Raw::qair] = nan;
  raw[Raw::rh] = 100.0 * e / met::saturation_pressure(288.0);
  EXPECT_NEAR(derived(raw, place(), day, {}, counts)[Met::vapour_pressure], e, 1e-6);
  raw[Raw::rh] = nan;
  raw[Raw::tair_day] = 291.0;
  raw[Raw::vpd_day] = met::saturation_pressure(291.0) - e;
  EXPECT_NEAR(derived(raw, place(), day, {}, counts)[Met::vapour_pressure], e, 1e-6);
  raw[Raw::vpd_day] = 9000.0;  // more than saturation: kept above zero and counted
  EXPECT_GT(derived(raw, place(), day, {}, counts)[Met::vapour_pressure], 0.0);
  EXPECT_EQ(counts[std::size_t(Rule::humidity_clipped)], 1);
}

TEST(MetDerivation, WhatCannotBeDerivedIsRefusedByName) {
  RuleCounts counts{};
  RawDay raw = tower_day();
  raw[Raw::swdown] = nan;
  const MetDay met = derived(raw, place(), time_of(2010, 6, 1), {}, counts);
  try {
    require_complete(met, "XX-Tst.nc", time_of(2010, 6, 1));
    ADD_FAILURE();
  } catch (const Error& error) {
    const std::string message = error.what();
    for (const char* part : {"XX-Tst.nc", "shortwave", "2010-06-01"})
      EXPECT_NE(message.find(part), std::string::npos) << message;
  }
  MetRules rules;
  rules.estimate_radiation = true;
  EXPECT_GT(derived(raw, place(), time_of(2010, 6, 1), rules, counts)[Met::shortwave], 100.0);
}

}  // namespace
}  // namespace tilth
