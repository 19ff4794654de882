#include "model/daily/daily_model.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "tests/support/daily_cases.hpp"

namespace tilth {
namespace {

namespace row = column::row;
namespace par = column::par;
using test::climates;
using test::synthetic_weather;
using test::TestColumn;

const Time begin = time_of(2018, 1, 1);

/// Runs `days` days of the climate; weather equal for all members.
StepReport run(const DailyModel& model, TestColumn& column, std::span<const MetDay> weather, int days) {
  MetMembers met(column.members);
  StepReport report;
  for (int d = 0; d < days; ++d) {
    met.fill(weather[std::size_t(d) % weather.size()]);
    report.merge(model.advance(column.point, column.values(), begin + d * seconds_per_day,
                               {met, weather[std::size_t(d)]}, column.view(), {}));
  }
  return report;
}

TestColumn mixed(int climate, int members) {
  TestColumn column(climates()[std::size_t(climate)], {{0, 0.1}, {2, 0.4}, {7, 0.3}, {11, 0.2}}, members);
  column.perturb(0.4, 5);
  return column;
}

TEST(DailyModel, EveryParameterAndVariableIsDeclaredWithinItsBounds) {
  const DailyModel model;
  for (const auto& p : model.traits().parameters)
    for (const double value : p.value) {
      EXPECT_GE(value, p.lower) << p.name;
      EXPECT_LE(value, p.upper) << p.name;
      EXPECT_FALSE(p.source.empty() || p.about.empty() || p.units.empty()) << p.name;
      if (p.prior_sd == 0.0) continue;
      EXPECT_NEAR(p.transform.to_physical(p.transform.to_unconstrained(value)), value, 1e-9) << p.name;
    }
  EXPECT_EQ(model.traits().layout.row("carbon_leaf"), int(row::carbon_leaf));
  EXPECT_EQ(model.traits().layout.row("seed_carbon"), int(row::seed_carbon));
  EXPECT_EQ(model.traits().parameters[par::eta_soil_slow].name, "eta_soil_slow");
  EXPECT_EQ(model.traits().parameters[par::psi_50].name, "psi_50");
  EXPECT_EQ(model.traits().parameters[daily::dpar::light_saturation].name, "light_saturation");
  EXPECT_EQ(model.traits().parameters.back().name, "tau_acclimation");
}

TEST(DailyModel, EveryInstructionSetGivesTheSameBits) {
  for (const int climate : {1, 4}) {
    const auto weather = synthetic_weather(climates()[std::size_t(climate)], 400);
    TestColumn scalar = mixed(climate, 21);
    const DailyModel reference({}, simd::Isa::scalar);
    reference.cold_start(scalar.point, scalar.values(), scalar.view());
    const TestColumn start = scalar;
    run(reference, scalar, weather, 400);
    for (const simd::Isa isa : simd::supported_isas()) {
      TestColumn column = mixed(climate, 21);
      column.state = start.state;
      run(DailyModel({}, isa), column, weather, 400);
      EXPECT_EQ(std::memcmp(column.state.data(), scalar.state.data(), scalar.state.size() * sizeof(double)), 0)
          << simd::to_string(isa) << " in " << climates()[std::size_t(climate)].name;
    }
  }
}

/// Copies the parameters and state of one member of a column into a member of another.
void copy_member(const TestColumn& from, int a, TestColumn& to, int b) {
  const int sa = padded(from.members), sb = padded(to.members);
  for (std::size_t i = 0; i < from.parameters.size(); ++i)
    to.parameters[i][std::size_t(b)] = from.parameters[i][std::size_t(a)];
  const std::size_t rows = from.state.size() / std::size_t(sa);
  for (std::size_t r = 0; r < rows; ++r)
    to.state[r * std::size_t(sb) + std::size_t(b)] = from.state[r * std::size_t(sa) + std::size_t(a)];
}

TEST(DailyModel, AMemberDoesNotDependOnItsNeighboursInAnyLane) {
  const DailyModel model;
  const auto weather = synthetic_weather(climates()[4], 365);
  TestColumn start = mixed(4, 8);
  model.cold_start(start.point, start.values(), start.view());
  for (int lane = 0; lane < 8; ++lane) {
    TestColumn all = start, other = mixed(4, 8);
    other.perturb(0.9, 77);
    model.cold_start(other.point, other.values(), other.view());
    for (int m = 0; m < 8; ++m) {  // neighbours: other parameters, snow or none, and one that is not a number
      if (m % 3 == 1) other.view().row(1, row::snow_ice)[m] = 4000.0;
      if (m == (lane + 3) % 8)
        for (int r = 0; r < row::count; ++r) other.view().row(1, r)[m] = std::numeric_limits<double>::quiet_NaN();
    }
    copy_member(start, lane, other, lane);
    MetMembers met(8);
    for (int d = 0; d < 365; ++d) {  // every day: a difference may heal with the next snowfall
      met.fill(weather[std::size_t(d)]);
      for (TestColumn* c : {&all, &other})
        model.advance(c->point, c->values(), begin + d * seconds_per_day, {met, weather[std::size_t(d)]}, c->view(),
                      {});
      for (int t = 0; t < 4; ++t)
        for (int r = 0; r < row::count; ++r)
          ASSERT_EQ(other.at(t, r, lane), all.at(t, r, lane))
              << "lane " << lane << " day " << d << " tile " << t << " row " << r;
    }
  }
}

TEST(DailyModel, AnyNumberOfMembersGivesTheSameMembersAndCopiesInThePadding) {
  const DailyModel model;
  const auto weather = synthetic_weather(climates()[3], 200);
  TestColumn many = mixed(3, 19);
  model.cold_start(many.point, many.values(), many.view());
  const TestColumn start = many;
  run(model, many, weather, 200);
  for (const int members : {1, 2, 7, 9}) {
    TestColumn few = mixed(3, members);
    for (int m = 0; m < padded(members); ++m) copy_member(start, std::min(m, members - 1), few, m);
    run(model, few, weather, 200);
    for (int t = 0; t < 4; ++t)
      for (int r = 0; r < row::count; ++r)
        for (int m = 0; m < padded(members); ++m)
          ASSERT_EQ(few.at(t, r, m), many.at(t, r, std::min(m, members - 1))) << members << " row " << r;
  }
}

TEST(DailyModel, AFailedMemberIsNamedAndLeftAsItWas) {
  const DailyModel model;
  const auto weather = synthetic_weather(climates()[3], 5);
  TestColumn column = mixed(3, 10), healthy = mixed(3, 10);
  for (TestColumn* c : {&column, &healthy}) model.cold_start(c->point, c->values(), c->view());
  column.view().row(2, row::carbon_leaf)[4] = std::numeric_limits<double>::quiet_NaN();
  column.view().row(0, row::soil_temperature)[7] = 1e5;
  const TestColumn before = column;
  const StepReport report = run(model, column, weather, 1);
  run(model, healthy, weather, 1);
  EXPECT_EQ(report.failed, (std::vector<int>{4, 7}));
  for (std::size_t i = 0; i < column.state.size(); ++i) {
    const int m = int(i % 16);
    const std::vector<double>::size_type k = i;
    if (m == 4 || m == 7)
      EXPECT_EQ(std::memcmp(&column.state[k], &before.state[k], sizeof(double)), 0) << i;
    else
      EXPECT_EQ(column.state[k], healthy.state[k]) << i;
  }
}

TEST(DailyModel, BadWeatherFailsItsMemberOnly) {
  const DailyModel model;
  const auto weather = synthetic_weather(climates()[3], 1);
  for (int variable = 0; variable < met_count; ++variable) {
    if (variable == int(Met::air_temperature_min) || variable == int(Met::air_temperature_max)) continue;
    TestColumn column = mixed(3, 5);
    model.cold_start(column.point, column.values(), column.view());
    MetMembers met(5);
    met.fill(weather[0]);
    met.data[std::size_t(variable * met.stride + 2)] = std::numeric_limits<double>::quiet_NaN();
    const StepReport report = model.advance(column.point, column.values(), begin, {met, weather[0]}, column.view(), {});
    EXPECT_EQ(report.failed, std::vector<int>{2}) << met_variables[std::size_t(variable)].name;
  }
}

TEST(DailyModel, WaterAndCarbonCloseForEveryTypeClimateAndParametersInTheirBounds) {
  const DailyModel model;
  for (std::size_t c = 0; c < climates().size(); ++c) {
    const auto weather = synthetic_weather(climates()[c], 730);
    for (int first = 1; first < pft_count; first += 4) {
      std::vector<Tile> tiles;
      for (int pft = first; pft < std::min(pft_count, first + 4); ++pft) tiles.push_back({pft, 0.25});
      TestColumn column(climates()[c], tiles, 16);
      column.perturb(1.0, unsigned(first));
      model.cold_start(column.point, column.values(), column.view());
      const StepReport report = run(model, column, weather, 730);
      EXPECT_LT(report.water_residual_kg_m2, 1e-9) << climates()[c].name;
      EXPECT_LT(report.carbon_residual_g_m2, 1e-9) << climates()[c].name;
      EXPECT_TRUE(report.failed.empty()) << climates()[c].name << " " << report.failed.size();
      const auto& layout = model.traits().layout;
      for (int t = 0; t < int(tiles.size()); ++t)
        for (std::size_t v = 0; v < layout.variables().size(); ++v)
          for (int k = 0; k < layout.variables()[v].layers; ++k)
            for (const double x : column.view().members_of(t, layout.row(int(v)) + k)) {
              ASSERT_GE(x, layout.variables()[v].lower) << layout.variables()[v].name;
              ASSERT_LE(x, layout.variables()[v].upper) << layout.variables()[v].name;
            }
    }
  }
}

TEST(DailyModel, RepairRestoresBoundsBooksTheChangeAndIsIdempotent) {
  const DailyModel model;
  TestColumn column = mixed(4, 6);
  model.cold_start(column.point, column.values(), column.view());
  run(model, column, synthetic_weather(climates()[4], 60), 60);
  TestColumn before = column;
  ColumnView view = column.view();
  for (int m = 0; m < view.stride(); ++m) {
    view.row(1, row::soil_moisture + 3)[m] = 0.9;  // above the pores
    view.row(2, row::carbon_leaf)[m] *= 1.5;
    view.row(3, row::snow_ice)[m] = -4.0;
    view.row(3, row::snow_density)[m] = 5000.0;
    view.row(2, row::carbon_root)[m] = std::numeric_limits<double>::quiet_NaN();
  }
  const RepairReport report = model.repair(column.point, column.values(), before.view(), view);
  EXPECT_GT(report.clipped, 0);
  EXPECT_LE(view.row(1, row::soil_moisture + 3)[0], 0.55);
  EXPECT_EQ(view.row(2, row::carbon_root)[0], before.at(2, row::carbon_root, 0));
  EXPECT_NEAR(view.row(2, row::leaf_area_index)[1],
              view.row(2, row::carbon_leaf)[1] / column.values().value[2 * column.definitions.size() + par::lma][1],
              1e-15);
  double carbon = 0.0;
  for (int m = 0; m < 6; ++m)
    carbon += 0.3 / 6 * (view.row(2, row::carbon_leaf)[m] - before.at(2, row::carbon_leaf, m));
  EXPECT_NEAR(report.carbon_g_m2, carbon, 1e-12);
  const TestColumn once = column;
  const RepairReport again = model.repair(column.point, column.values(), before.view(), view);
  EXPECT_EQ(std::memcmp(once.state.data(), column.state.data(), once.state.size() * sizeof(double)), 0);
  EXPECT_EQ(again.clipped, 0);
  EXPECT_EQ(again.water_kg_m2, report.water_kg_m2);
}

TEST(DailyModel, RepairChangesNothingThatIsWell) {
  const DailyModel model;
  TestColumn column = mixed(5, 6);
  model.cold_start(column.point, column.values(), column.view());
  run(model, column, synthetic_weather(climates()[5], 120), 120);
  TestColumn before = column, copy = column;
  const RepairReport report = model.repair(column.point, column.values(), copy.view(), column.view());
  EXPECT_EQ(report.clipped, 0);
  EXPECT_EQ(report.water_kg_m2, 0.0);
  EXPECT_EQ(report.carbon_g_m2, 0.0);
  for (int r = 0; r < row::prognostic_count; ++r) EXPECT_EQ(column.at(1, r, 2), before.at(1, r, 2)) << r;
}

TEST(DailyModel, EvaporationStaysWithinWaterAndRadiation) {
  const DailyModel model;
  for (std::size_t c = 0; c < climates().size(); ++c) {
    const auto weather = synthetic_weather(climates()[c], 365);
    TestColumn column = mixed(int(c), 8);
    model.cold_start(column.point, column.values(), column.view());
    run(model, column, weather, 365);
    MetMembers met(8);
    double evaporation = 0.0, radiation = 0.0, rain = 0.0;
    for (int d = 0; d < 365; ++d) {
      met.fill(weather[std::size_t(d)]);
      model.advance(column.point, column.values(), begin + d * seconds_per_day, {met, weather[std::size_t(d)]},
                    column.view(), {});
      evaporation += column.at(1, row::evapotranspiration);
      radiation += std::max(0.0, column.at(1, row::net_radiation)) * 86400.0 / 2.45e6;
      rain += weather[std::size_t(d)][Met::precipitation] * 86400.0;
    }
    EXPECT_LT(evaporation, rain + 250.0) << climates()[c].name;
    EXPECT_LT(evaporation, 1.15 * radiation + 20.0) << climates()[c].name;  // advection in dry air may add some
    EXPECT_GT(evaporation, 0.0);
  }
}

}  // namespace
}  // namespace tilth
