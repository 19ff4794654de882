// Two years of every plant type in every climate with parameters anywhere inside their bounds; TILTH_YEARS=100 in the
// environment for longer, which also prints what was found.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <map>

#include "tests/support/hourly_cases.hpp"

namespace tilth {
namespace {

using test::climates;
using test::TestColumn;

/// Largest errors of a run over all its members.
struct Found {
  StepReport report;
  double water_drift = 0.0, carbon_drift = 0.0;  ///< over the whole run, kg m-2, g m-2
  int failed_days = 0;
  std::string first_failure;
  std::map<std::string, double> out_of_bounds;
};

/// Water and carbon of a member and what has come in less what has gone out.
struct Books {
  double water_start = 0.0, carbon_start = 0.0, water_in = 0.0, carbon_in = 0.0;
};

double water_of(TestColumn& c, int m) {
  using namespace column;
  return c.at(0, row::soil_water, m) + c.at(0, row::snow_water_equivalent, m) + c.at(0, row::canopy_water, m) +
         c.at(0, row::pond, m);
}
double carbon_of(TestColumn& c, int m) {
  double sum = 0.0;
  for (int r = column::row::carbon_labile; r <= column::row::carbon_soil_slow; ++r) sum += c.at(0, r, m);
  return sum;
}

void check_bounds(const StateLayout& layout, TestColumn& column, Found& found) {
  for (std::size_t v = 0; v < layout.variables().size(); ++v)
    for (int k = 0; k < layout.variables()[v].layers; ++k)
      for (const double x : column.view().members_of(0, layout.row(int(v)) + k))
        if (!(x >= layout.variables()[v].lower && x <= layout.variables()[v].upper))
          found.out_of_bounds.try_emplace(layout.variables()[v].name, x);
}

Found endure(const HourlyModel& model, const test::Climate& climate, int pft, std::span<const MetDay> weather) {
  using namespace column;
  constexpr int members = 8;
  TestColumn column(climate, {{pft, 1.0}}, members, model.traits());
  column.perturb(1.0, unsigned(pft) + 1);
  model.cold_start(column.point, column.values(), column.view());
  Found found;
  Books books[members];
  MetMembers met(members);
  for (int d = 0; d < int(weather.size()); ++d) {
    const MetDay& day = weather[std::size_t(d)];
    met.fill(day);
    const StepReport report = model.advance(column.point, column.values(), test::first_day + d * seconds_per_day,
                                            {met, day}, column.view(), {});
    found.report.merge(report);
    if (!report.failed.empty() && found.failed_days++ == 0)
      found.first_failure = "member " + std::to_string(report.failed[0]) + " on day " + std::to_string(d);
    check_bounds(model.traits().layout, column, found);
    for (int m = 0; m < members; ++m) {
      Books& b = books[m];
      if (d == 0) b = {water_of(column, m), carbon_of(column, m), 0.0, 0.0};  // the first day sets the diagnostics
      if (d == 0 || std::find(report.failed.begin(), report.failed.end(), m) != report.failed.end()) continue;
      b.water_in += day[Met::precipitation] * double(seconds_per_day) - column.at(0, row::evapotranspiration, m) -
                    column.at(0, row::surface_runoff, m) - column.at(0, row::drainage, m);
      b.carbon_in += column.at(0, row::seed_carbon, m) - column.at(0, row::nee, m);
    }
  }
  for (int m = 0; m < members; ++m) {
    const Books& b = books[m];
    found.water_drift = std::max(found.water_drift, std::abs(water_of(column, m) - b.water_start - b.water_in));
    found.carbon_drift = std::max(found.carbon_drift, std::abs(carbon_of(column, m) - b.carbon_start - b.carbon_in));
  }
  return found;
}

class HourlyRobustness : public ::testing::TestWithParam<int> {};

TEST_P(HourlyRobustness, ParametersAnywhereInTheirBoundsStaySoundAndCloseEveryBalance) {
  const char* asked = std::getenv("TILTH_YEARS");
  const int years = asked ? std::atoi(asked) : 2;
  const test::Climate& climate = climates()[std::size_t(GetParam())];
  const auto weather = test::synthetic_weather(climate, 365 * years);
  const HourlyModel model;
  for (int pft = 0; pft < pft_count; ++pft) {
    const Found f = endure(model, climate, pft, weather);
    const std::string name = climate.name + " " + pft_names[std::size_t(pft)];
    EXPECT_EQ(f.failed_days, 0) << name << ": " << f.first_failure;
    EXPECT_LT(f.report.water_residual_kg_m2, 1e-9) << name;
    EXPECT_LT(f.report.carbon_residual_g_m2, 1e-9) << name;
    EXPECT_LT(f.report.energy_residual_w_m2, 1e-8) << name;
    EXPECT_LT(f.water_drift, 1e-6) << name;
    EXPECT_LT(f.carbon_drift, 1e-6) << name;
    for (const auto& [variable, value] : f.out_of_bounds) ADD_FAILURE() << name << ": " << variable << " " << value;
    if (!asked) continue;
    std::printf(
        "%-16s %4d years: per step %8.1e kg m-2 %8.1e g m-2 %8.1e W m-2, in all %8.1e kg m-2 %8.1e g m-2, %d "
        "days failed\n",
        name.c_str(), years, f.report.water_residual_kg_m2, f.report.carbon_residual_g_m2,
        f.report.energy_residual_w_m2, f.water_drift, f.carbon_drift, f.failed_days);
    std::fflush(stdout);
  }
}

INSTANTIATE_TEST_SUITE_P(Climates, HourlyRobustness, ::testing::Range(0, 6),
                         [](const auto& c) { return climates()[std::size_t(c.param)].name; });

}  // namespace
}  // namespace tilth
