#include <gtest/gtest.h>

#include <cmath>

#include "core/base/simd/dual.hpp"
#include "model/column/tile_dual.hpp"
#include "model/daily/daily_step.hpp"
#include "model/derivative_check.hpp"
#include "model/hourly/hourly_model.hpp"
#include "model/hourly/hourly_step.hpp"
#include "support/complex_step.hpp"
#include "support/daily_cases.hpp"

namespace tilth {
namespace {

using column::TileStep;
using test::ComplexStep;
namespace row = column::row;

void complex_day(const TileStep& job) {
  daily::step_tile<ComplexStep>(job);
  column::report_values<double>(job);
}
void complex_hour(const hourly::HourStep& job) { hourly::step_tile<ComplexStep>(job); }
void complex_close(const hourly::HourStep& job) {
  hourly::close_tile<ComplexStep>(job);
  column::report_values<double>(job.tile);
}

/// The tiers on complex steps: these lie in memory as dual numbers with one direction.
DualModel complex_daily() { return {std::make_unique<DailyModel>(DailyModel::Options(), complex_day), 1}; }
DualModel complex_hourly(const HourlyModel::Options& options = {}) {
  return {std::make_unique<HourlyModel>(options, hourly::Kernel{complex_hour, complex_close}), 1};
}

/// A member after some days of a climate and the weather of the days that follow.
struct Start {
  test::TestColumn column;
  std::vector<MetDay> weather;
  std::vector<double> parameters, state;
  Time begin;

  Start(const LandModel& model, int climate, int pft, int start, int days)
      : column(test::climates()[std::size_t(climate)], {{pft, 1.0}}, 1, model.traits()),
        weather(test::synthetic_weather(test::climates()[std::size_t(climate)], start + days)),
        begin(time_of(2018, 1, 1) + start * seconds_per_day) {
    column.perturb(0.3, 9);  // away from where parameters make two limits equal
    model.cold_start(column.point, column.values(), column.view());
    MetMembers met(1);
    for (int d = 0; d < start; ++d) {
      const MetDay& day = weather[std::size_t(d)];
      const Time time = time_of(2018, 1, 1) + d * seconds_per_day;
      met.fill(day);
      EXPECT_TRUE(model.advance(column.point, column.values(), time, {met, day}, column.view(), {}).failed.empty());
    }
    weather.erase(weather.begin(), weather.begin() + start);
    for (const auto& values : column.parameters) parameters.push_back(values[0]);
    for (int r = 0; r < column.rows; ++r) state.push_back(column.at(0, r));
  }
  MemberRun run() const { return {&column.point, parameters, state, begin, weather, {}}; }
};

/// Every parameter and every prognostic row.
std::vector<DerivativeInput> all_inputs(const ModelTraits& traits) {
  std::vector<DerivativeInput> out;
  for (int p = 0; p < int(traits.parameters.size()); ++p) out.push_back({DerivativeInput::Kind::parameter, p, -1});
  for (const Variable& v : traits.layout.variables())
    for (int k = 0; v.kind == Variable::Kind::prognostic && k < v.layers; ++k)
      out.push_back({DerivativeInput::Kind::state, traits.layout.row(v.name) + k, -1});
  return out;
}

std::string name_of(const ModelTraits& traits, const DerivativeInput& input) {
  return input.kind == DerivativeInput::Kind::parameter ? traits.parameters[std::size_t(input.index)].name
                                                        : traits.layout.row_name(input.index);
}

/// Compares the derivatives of all rows by all inputs with complex steps.
void expect_complex_steps(const LandModel& model, const DualModel& complex, const Start& start, double tolerance) {
  const auto inputs = all_inputs(model.traits());
  const DualRows dual = run_with_derivatives(model, start.run(), inputs);
  const DualRows exact = run_with_derivatives(complex, start.run(), inputs);
  for (int i = 0; i < int(inputs.size()); ++i) {
    const bool parameter = inputs[i].kind == DerivativeInput::Kind::parameter;
    const double x = (parameter ? start.parameters : start.state)[std::size_t(inputs[i].index)];
    const double size = std::max(1e-3, std::abs(x));
    for (int r = 0; r < dual.rows(); ++r) {
      const double d = dual.derivative(0, r, i), scale = std::abs(d) + std::abs(dual.value(0, r)) / size;
      EXPECT_NEAR(d, exact.derivative(0, r, i), tolerance * scale + 1e-15 / size)
          << model.traits().layout.row_name(r) << " by " << name_of(model.traits(), inputs[i]);
    }
  }
}

/// Compares the derivatives of what observers see with differences of runs; what lies on a bound or at a kink is left
/// out.
void expect_differences(const LandModel& model, const Start& start) {
  const auto inputs = all_inputs(model.traits());
  const std::vector<int> rows{row::gpp,
                              row::evapotranspiration,
                              row::soil_moisture,
                              row::leaf_area_index,
                              row::soil_moisture + 3,
                              row::snow_water_equivalent};
  int agreeing = 0;
  for (const DerivativeComparison& c : compare_derivatives(model, start.run(), inputs, rows)) {
    EXPECT_NE(c.agreement, Agreement::differs)
        << model.traits().layout.row_name(c.row) << " by " << name_of(model.traits(), c.input) << ": dual " << c.dual
        << ", difference " << c.difference << ", below " << c.below << ", above " << c.above;
    agreeing += c.agreement == Agreement::agrees;
  }
  EXPECT_GT(agreeing, int(inputs.size()) - 10);
}

constexpr int temperate = 3, boreal = 4;
constexpr int cold_deciduous_trees = 7, evergreen_needleleaf = 2, c4_grass = 11;

TEST(DailyDerivatives, OfDaysOfATemperateSummer) {
  for (const int days : {1, 3}) {
    const DailyModel model;
    const Start start(model, temperate, cold_deciduous_trees, 200, days);
    EXPECT_GT(start.state[row::leaf_area_index], 0.5);
    EXPECT_GT(start.state[row::gpp], 1.0);
    expect_complex_steps(model, complex_daily(), start, 1e-10);
    expect_differences(model, start);
  }
}

TEST(DailyDerivatives, OfDaysOfABorealWinter) {
  for (const int days : {1, 3}) {
    const DailyModel model;
    const Start start(model, boreal, evergreen_needleleaf, 380, days);
    EXPECT_GT(start.state[row::snow_ice], 10.0);
    EXPECT_LT(start.state[row::soil_temperature + 2], 273.15);
    expect_complex_steps(model, complex_daily(), start, 1e-10);
    expect_differences(model, start);
  }
}

TEST(HourlyDerivatives, OfDaysOfATemperateSummer) {
  for (const int pft : {cold_deciduous_trees, c4_grass}) {
    const HourlyModel model;
    const Start start(model, temperate, pft, 200, 2);
    EXPECT_GT(start.state[row::gpp], 1.0);
    expect_complex_steps(model, complex_hourly(), start, 1e-10);
    expect_differences(model, start);
  }
}

TEST(HourlyDerivatives, OfDaysOfABorealWinter) {
  HourlyModel::Options options;
  for (const int snow_layers : {1, 3}) {
    options.snow_layers = snow_layers;
    const HourlyModel model(options);
    const Start start(model, boreal, evergreen_needleleaf, 380, 2);
    EXPECT_GT(start.state[row::snow_ice], 10.0);
    // Three layers rest on the bounds of their shares of the mass: kinks where rounding picks the side.
    expect_complex_steps(model, complex_hourly(options), start, snow_layers == 3 ? 1e-7 : 1e-10);
    expect_differences(model, start);
  }
}

}  // namespace
}  // namespace tilth
