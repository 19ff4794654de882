#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "assim/operators/overpass.hpp"
#include "core/obs/obs_table.hpp"
#include "core/physics/solar.hpp"
#include "unit/assim/test_column.hpp"

namespace tilth::test {
namespace {

constexpr int deciduous = 7, grass = 10, bare = 0;
const Time noon = time_of(2020, 6, 20, 43200), midnight_utc = time_of(2020, 6, 20);

/// A place on the meridian at 45 N, looked at at a time of day.
void look_at(TestColumn& column, Time at, bool whole_day) {
  column.point.lat = 45.0;
  column.look = {at, whole_day, std::nan(""), true};
}

TEST(Overpass, PutsTheSunOfReflectancesWhereItIs) {
  TestColumn timed({{deciduous, 0.6}, {bare, 0.4}}, 2), fixed({{deciduous, 0.6}, {bare, 0.4}}, 2);
  timed.set("leaf_area_index", 2.0), fixed.set("leaf_area_index", 2.0);
  look_at(timed, noon, true);
  const double zenith = std::acos(cos_zenith(noon, 0.0, 45.0)) * 180.0 / std::numbers::pi;
  EXPECT_NEAR(zenith, 45.0 - 23.44, 0.1);
  for (const char* name : {"ndvi", "nirv"}) {
    const auto as_fixed = observation_operator(name, "{sun_zenith_deg: " + std::to_string(zenith) + "}");
    EXPECT_NEAR(timed.predict(*observation_operator(name))[0], fixed.predict(*as_fixed)[0], 1e-7) << name;
    EXPECT_GT(std::abs(fixed.predict(*observation_operator(name))[0] - fixed.predict(*as_fixed)[0]), 1e-4) << name;
  }
}

TEST(Overpass, LeavesObservationsWithoutATimeAtTheFixedSun) {
  TestColumn column({{deciduous, 1.0}}, 2);
  column.set("leaf_area_index", 2.0);
  const auto before = column.predict(*observation_operator("ndvi"));
  column.look.at = noon;
  EXPECT_EQ(column.predict(*observation_operator("ndvi")), before);
  EXPECT_EQ(column.predict(*observation_operator("ndvi", "{overpass_local_time: 10.5}")), before);
}

TEST(Overpass, IsDeclaredByTheOperator) {
  for (const char* name : {"ndvi", "nirv", "fapar", "sif", "surface_soil_moisture", "brightness_temperature", "vod",
                           "land_surface_temperature", "snow_cover"}) {
    EXPECT_TRUE(std::isnan(observation_operator(name)->traits().overpass_h)) << name;
    EXPECT_EQ(observation_operator(name, "{overpass_local_time: 13.5}")->traits().overpass_h, 13.5) << name;
  }
}

TEST(Overpass, FlagsOpticalInstrumentsByNight) {
  TestColumn column({{grass, 1.0}}, 2);
  column.set("leaf_area_index", 2.0);
  for (const char* name : {"ndvi", "nirv", "sif"}) {
    std::uint32_t flag = 0;
    look_at(column, noon, true);
    column.predict(*observation_operator(name), &flag);
    EXPECT_EQ(flag, 0u) << name;
    look_at(column, midnight_utc, true);
    EXPECT_TRUE(std::isfinite(column.predict(*observation_operator(name), &flag)[0])) << name;
    EXPECT_EQ(flag, std::uint32_t(qc_daylight)) << name;
  }
}

TEST(Nirv, IsTheIndexTimesNearInfrared) {
  TestColumn column({{bare, 1.0}}, 2);  // dry soil 0.20 and 0.32
  EXPECT_NEAR(column.predict(*observation_operator("nirv"))[0], 0.12 / 0.52 * 0.32, 1e-15);
}

TEST(Fapar, OfBlackAndWhiteSkyFollowsTheLight) {
  TestColumn column({{deciduous, 1.0}}, 2);
  const auto black = observation_operator("fapar", "{sky: black, sun_zenith_deg: 10}");
  const auto slant = observation_operator("fapar", "{sky: black, sun_zenith_deg: 70}");
  const auto white = observation_operator("fapar", "{sky: white}");
  EXPECT_NEAR(column.predict(*black)[0], 0.0, 1e-14);  // no leaves
  column.set("leaf_area_index", 1.5);
  const double high = column.predict(*black)[0], low = column.predict(*slant)[0], even = column.predict(*white)[0];
  EXPECT_LT(high, even);  // a long way through the leaves absorbs more
  EXPECT_LT(even, low);
  column.set("leaf_area_index", 40.0);  // endless canopy: all but what leaves and their neighbours send back
  EXPECT_GT(column.predict(*white)[0], 0.9);
  EXPECT_LT(column.predict(*white)[0], 1.0);
}

TEST(Fapar, OfTheStepIsSeenWithinTheDay) {
  TestColumn column({{grass, 1.0}}, 2);
  column.set("fapar", 0.5), column.set("step_fapar", 0.7);
  const auto h = observation_operator("fapar");
  EXPECT_EQ(column.predict(*h)[0], 0.5);
  look_at(column, noon, false);
  EXPECT_EQ(column.predict(*h)[0], 0.7);
  look_at(column, noon, true);
  EXPECT_EQ(column.predict(*h)[0], 0.5);
}

/// Fluorescence of the step of a grass canopy at noon.
TestColumn fluorescing() {
  TestColumn column({{grass, 1.0}}, 2);
  column.set("leaf_area_index", 3.0);
  column.set("step_fluorescence", 12.0), column.set("step_fapar", 0.8), column.set("fapar", 0.8);
  column.set("apar", 43.2), column.set("sif_yield", 0.012);
  look_at(column, noon, false);
  return column;
}

TEST(Sif, OfTheStepTakesItsEmissionAndNirvEscape) {
  TestColumn column = fluorescing();
  const double escape = column.predict(*observation_operator("nirv"))[0] / 0.8;
  const double expected = 12.0 * 0.010 * 0.1617 * escape / std::numbers::pi * 1e3;
  EXPECT_NEAR(column.predict(*observation_operator("sif"))[0], expected, 1e-12);
}

TEST(Sif, ScalesToTheMeanOfTheDayByTheSun) {
  TestColumn column = fluorescing();
  const double now = column.predict(*observation_operator("sif"))[0];
  const double corrected = column.predict(*observation_operator("sif", "{daily_corrected: true}"))[0];
  double mean = 0.0;  // by quadrature
  constexpr int steps = 2000;
  for (int i = 0; i < steps; ++i)
    mean += std::max(0.0, cos_zenith(midnight_utc + std::int64_t((i + 0.5) * 86400.0 / steps), 0.0, 45.0)) / steps;
  EXPECT_NEAR(corrected / now, mean / cos_zenith(noon, 0.0, 45.0), 2e-4);
}

TEST(Sif, OfADailyModelIsBroughtToTheLightOfTheOverpass) {
  TestColumn column = fluorescing();
  column.look.whole_day = true;
  const double instant = column.predict(*observation_operator("sif"))[0];
  const double daily = column.predict(*observation_operator("sif", "{daily_corrected: true}"))[0];
  look_at(column, noon, true);
  EXPECT_NEAR(
      instant / daily,
      cos_zenith(noon, 0.0, 45.0) / mean_sun_cosine({column.point, column.layout, column.view(), {}, 0.0, noon}),
      1e-12);
}

TEST(Sif, KnowsItsWavelength) {
  TestColumn column = fluorescing();
  const auto at = [&](const char* options) { return column.predict(*observation_operator("sif", options))[0]; };
  EXPECT_NEAR(at("{wavelength_nm: 757}") / at("{}"), 0.64 * 0.1580 / 0.1617, 1e-12);
  EXPECT_NEAR(at("{wavelength_nm: 757, spectral_factor: 0.7}") / at("{}"), 0.70 * 0.1580 / 0.1617, 1e-12);
  const double red = at("{wavelength_nm: 687}") / at("{}");
  EXPECT_GT(red, 0.15);  // ratios at the top of canopies: 0.2 to 0.7
  EXPECT_LT(red, 0.7);
  EXPECT_NE(observation_operator("sif", "{wavelength_nm: 687}")->traits().quantity.find("687 nm"), std::string::npos);
  EXPECT_THROW(at("{wavelength_nm: 760}"), Error);
  for (const double nm : {740.0, 757.0, 687.0}) {  // photon energies: N h c over wavelength
    const double energy = 0.11962656 / nm * 1e3;   // J umol-1
    EXPECT_NEAR(energy, nm == 740.0 ? 0.1617 : nm == 757.0 ? 0.1580 : 0.1741, 6e-5);
  }
}

TEST(SnowCover, IsHiddenByTheCanopyWhereTheProductSaysSo) {
  TestColumn column({{deciduous, 0.5}, {bare, 0.5}}, 2);
  column.set("snow_cover_fraction", 0.8), column.set("leaf_area_index", 2.0, 0);
  EXPECT_NEAR(column.predict(*observation_operator("snow_cover"))[0], 0.8, 1e-15);
  const auto seen = observation_operator("snow_cover", "{viewable: true}");
  EXPECT_NEAR(column.predict(*seen)[0], 0.4 * (1.0 + std::exp(-1.0)), 1e-14);
  column.look.view_zenith_deg = 60.0;
  EXPECT_NEAR(column.predict(*seen)[0], 0.4 * (1.0 + std::exp(-2.0)), 1e-14);
}

}  // namespace
}  // namespace tilth::test
