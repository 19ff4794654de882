// Days of the hourly model: failures, memory, restarts, courses of the day, shapes of the soil.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/physics/solar.hpp"
#include "tests/support/hourly_cases.hpp"

namespace tilth {
namespace {

using test::climates;
using test::first_day;
using test::mixed_column;
using test::run_days;
using test::same_bits;
using test::synthetic_weather;
using test::TestColumn;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr int temperate = 3, boreal = 4;

void expect_closed(const StepReport& report) {
  EXPECT_TRUE(report.failed.empty());
  EXPECT_LT(report.water_residual_kg_m2, 1e-9);
  EXPECT_LT(report.carbon_residual_g_m2, 1e-9);
  EXPECT_LT(report.energy_residual_w_m2, 1e-8);
}

/// A column some days into a season.
TestColumn ready(const HourlyModel& model, int climate, int members, std::span<const MetDay> weather, int days = 20) {
  TestColumn column = mixed_column(model, climate, members);
  model.cold_start(column.point, column.values(), column.view());
  expect_closed(run_days(model, column, weather, 0, days));
  return column;
}

TEST(HourlyRun, BadWeatherFailsItsMemberAndLeavesTheOthersBits) {
  const HourlyModel model;
  const auto weather = synthetic_weather(climates()[boreal], 30);
  const TestColumn start = ready(model, boreal, 10, weather);
  for (int v = 0; v < met_count; ++v) {
    if (v == int(Met::air_temperature_min) || v == int(Met::air_temperature_max)) continue;  // of the place alone
    TestColumn good = start, bad = start;
    run_days(model, good, weather, 20, 21);
    MetMembers met(10);
    met.fill(weather[20]);
    met.row(Met(v))[3] = nan;
    MetDay day = weather[20];
    if (v == int(Met::precipitation) && day[Met::precipitation] == 0.0) continue;
    const StepReport report =
        model.advance(bad.point, bad.values(), first_day + 20 * seconds_per_day, {met, day}, bad.view(), {});
    EXPECT_EQ(report.failed, std::vector<int>{3}) << met_variables[std::size_t(v)].name;
    for (int t = 0; t < 4; ++t)
      for (int r = 0; r < bad.rows; ++r)
        for (int m = 0; m < 16; ++m) {
          const TestColumn& expected = m == 3 ? start : good;
          const std::size_t i = (std::size_t(t) * bad.rows + r) * 16 + m;
          ASSERT_EQ(bad.state[i], expected.state[i]) << met_variables[std::size_t(v)].name << " " << r << " " << m;
        }
  }
}

TEST(HourlyRun, AFailedMemberIsNamedAndLeftAsItWas) {
  const HourlyModel model;
  const auto weather = synthetic_weather(climates()[temperate], 30);
  TestColumn column = ready(model, temperate, 10, weather);
  column.view().row(2, column::row::carbon_leaf)[4] = nan;
  column.view().row(0, hourly::row::soil_enthalpy)[6] = nan;
  column.view().row(1, hourly::row::canopy_temperature)[7] = 1e5;
  const TestColumn before = column;
  const StepReport report = run_days(model, column, weather, 20, 21);
  EXPECT_EQ(report.failed, (std::vector<int>{4, 6, 7}));
  for (std::size_t i = 0; i < column.state.size(); ++i)
    if (const std::size_t m = i % 16; m == 4 || m == 6 || m == 7) {
      ASSERT_EQ(std::memcmp(&column.state[i], &before.state[i], sizeof(double)), 0) << i;
    }
}

TEST(HourlyRun, ARestartContinuesWithTheSameBitsWhateverRanBefore) {
  for (const int snow_layers : {1, 3}) {
    HourlyModel::Options options;
    options.snow_layers = snow_layers;
    const auto weather = synthetic_weather(climates()[boreal], 120), other = synthetic_weather(climates()[0], 3);
    const HourlyModel model(options);
    TestColumn whole = ready(model, boreal, 9, weather, 60), restarted = whole;
    run_days(model, whole, weather, 60, 120);
    for (int d = 60; d < 120; d += 20) {
      const HourlyModel again(options);
      TestColumn hot = ready(again, 0, 5, other, 3);  // leaves other numbers in every work space
      TestColumn copy = mixed_column(again, boreal, 9);
      copy.state = restarted.state;
      run_days(again, copy, weather, d, d + 20);
      restarted.state = copy.state;
    }
    EXPECT_TRUE(same_bits(whole.state, restarted.state)) << snow_layers;
  }
}

TEST(HourlyRun, GivenStepsAreFollowedAndTheirDisaggregationIsTheDefault) {
  const HourlyModel model;
  const auto weather = synthetic_weather(climates()[temperate], 230);
  TestColumn daily = ready(model, temperate, 8, weather), same = daily, other = daily;
  MetMembers met(8);
  StepReport report;
  for (int d = 200; d < 210; ++d) {
    const MetDay& day = weather[std::size_t(d)];
    met.fill(day);
    const Time at = first_day + d * seconds_per_day;
    MetSteps steps = steps_of(day, daily.point, sun_day(at), 24, {});
    model.advance(daily.point, daily.values(), at, {met, day}, daily.view(), {});
    model.advance(same.point, same.values(), at, {met, day, &steps}, same.view(), {});
    for (int s = 0; s < 24; ++s) steps.at(StepMet::air_temperature, s) += s < 12 ? -4.0 : 4.0;
    report.merge(model.advance(other.point, other.values(), at, {met, day, &steps}, other.view(), {}));
  }
  EXPECT_TRUE(same_bits(daily.state, same.state));
  EXPECT_FALSE(same_bits(daily.state, other.state));
  expect_closed(report);
}

TEST(HourlyRun, HalfHourlyStepsCloseAndAgreeWithHourlyOnes) {
  HourlyModel::Options options;
  options.step_s = 1800;
  const HourlyModel half(options), whole;
  for (const int climate : {temperate, boreal}) {
    const auto weather = synthetic_weather(climates()[std::size_t(climate)], 250);
    double evaporation[2] = {0.0, 0.0}, production[2] = {0.0, 0.0};
    for (const HourlyModel* model : {&whole, &half}) {
      TestColumn column = ready(*model, climate, 8, weather, 100);
      for (int d = 100; d < 250; ++d) {
        expect_closed(run_days(*model, column, weather, d, d + 1));
        evaporation[model == &half] += column.at(1, column::row::evapotranspiration);
        production[model == &half] += column.at(1, column::row::gpp);
      }
    }
    EXPECT_NEAR(evaporation[1] / evaporation[0], 1.0, 0.03) << climates()[std::size_t(climate)].name;
    EXPECT_NEAR(production[1] / production[0], 1.0, 0.03) << climates()[std::size_t(climate)].name;
  }
}

/// Half a year of a column whose surface is changed.
template <class Change>
TestColumn altered(const HourlyModel& model, int climate, std::vector<Tile> tiles, Change change) {
  const auto weather = synthetic_weather(climates()[std::size_t(climate)], 180);
  TestColumn column(climates()[std::size_t(climate)], std::move(tiles), 8, model.traits());
  column.perturb(0.5, 11);
  change(column.point.surface);
  model.cold_start(column.point, column.values(), column.view());
  expect_closed(run_days(model, column, weather, 0, 180));
  return column;
}

TEST(HourlyRun, AClosedBottomLetsNothingDrain) {
  HourlyModel::Options options;
  options.bottom = "zero_flux";
  TestColumn column = altered(HourlyModel(options), 0, {{4, 1.0}}, [](Surface&) {});
  for (int m = 0; m < 8; ++m) EXPECT_EQ(column.at(0, column::row::drainage, m), 0.0);
}

TEST(HourlyRun, ShallowAndExtremeSoilsStayClosed) {
  const HourlyModel model;
  for (const double depth : {0.05, 0.3, 1.0})
    for (const int climate : {0, 2, boreal})
      altered(model, climate, {{7, 1.0}}, [&](Surface& s) { s.soil_depth_m = depth; });
  altered(model, boreal, {{2, 1.0}}, [](Surface& s) { s.organic_fraction = 1.0; });
  altered(model, boreal, {{10, 1.0}}, [](Surface& s) { s.sand_percent = 95.0, s.clay_percent = 2.0; });
  altered(model, temperate, {{10, 1.0}}, [](Surface& s) { s.sand_percent = 5.0, s.clay_percent = 80.0; });
}

TEST(HourlyRun, BareGroundAssimilatesNothing) {
  TestColumn column = altered(HourlyModel(), temperate, {{0, 1.0}}, [](Surface&) {});
  for (int m = 0; m < 8; ++m) {
    EXPECT_EQ(column.at(0, column::row::gpp, m), 0.0);
    EXPECT_EQ(column.at(0, column::row::transpiration, m), 0.0);
    EXPECT_GT(column.at(0, column::row::soil_evaporation, m), 0.0);
  }
}

TEST(HourlyRun, PerturbedWeatherReachesItsMembers) {
  const HourlyModel model;
  const auto weather = synthetic_weather(climates()[temperate], 210);
  TestColumn column(climates()[temperate], {{7, 1.0}}, 3, model.traits());
  model.cold_start(column.point, column.values(), column.view());
  run_days(model, column, weather, 180, 200);
  MetMembers met(3);
  for (int d = 200; d < 205; ++d) {
    met.fill(weather[std::size_t(d)]);
    met.row(Met::air_temperature)[1] += 5.0;
    met.row(Met::shortwave)[2] *= 0.5;
    expect_closed(model.advance(column.point, column.values(), first_day + d * seconds_per_day,
                                {met, weather[std::size_t(d)]}, column.view(), {}));
  }
  EXPECT_GT(column.at(0, column::row::soil_temperature, 1), column.at(0, column::row::soil_temperature, 0) + 2.0);
  EXPECT_LT(column.at(0, column::row::net_radiation, 2), column.at(0, column::row::net_radiation, 0) - 20.0);
}

}  // namespace
}  // namespace tilth
