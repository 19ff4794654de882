#include <gtest/gtest.h>

#include <cstring>

#include "core/base/error.hpp"
#include "core/base/simd/isa.hpp"
#include "model/column/rows.hpp"
#include "model/derivatives.hpp"
#include "support/daily_cases.hpp"

namespace tilth {
namespace {

using namespace column;
using Kind = DerivativeInput::Kind;

constexpr int temperate = 3, start_day = 200, days = 4;
const Time begin = time_of(2018, 1, 1) + start_day * seconds_per_day;

/// A member of two tiles of vegetation and a bare one in summer.
struct Summer {
  test::TestColumn column;
  std::vector<MetDay> weather;
  std::vector<double> parameters, state;

  Summer()
      : column(test::climates()[temperate], {{7, 0.4}, {11, 0.4}, {0, 0.2}}, 1),
        weather(test::synthetic_weather(test::climates()[temperate], start_day + days)) {
    column.perturb(0.3, 9);
    const DailyModel model({}, simd::Isa::scalar);
    model.cold_start(column.point, column.values(), column.view());
    advance(model, 0, start_day);
    weather.erase(weather.begin(), weather.begin() + start_day);
    for (const auto& row : column.parameters) parameters.push_back(row[0]);
    state = values();
  }
  std::vector<double> values() {
    std::vector<double> out;
    for (int t = 0; t < 3; ++t)
      for (int r = 0; r < row::count; ++r) out.push_back(column.at(t, r));
    return out;
  }
  void advance(const DailyModel& model, int first, int count) {
    MetMembers met(1);
    for (int d = 0; d < count; ++d) {
      const MetDay& day = weather[std::size_t(d)];
      met.fill(day);
      const Time time = time_of(2018, 1, 1) + (first + d) * seconds_per_day;
      EXPECT_TRUE(model.advance(column.point, column.values(), time, {met, day}, column.view(), {}).failed.empty());
    }
  }
  MemberRun run() const { return {&column.point, parameters, state, begin, weather}; }
};

const std::vector<DerivativeInput> inputs{{Kind::parameter, par::kphio},    {Kind::parameter, par::kphio, 0},
                                          {Kind::parameter, par::kphio, 1}, {Kind::state, row::soil_moisture + 1, 1},
                                          {Kind::parameter, par::f_ks, 2},  {Kind::state, row::carbon_leaf, 0},
                                          {Kind::parameter, par::g1},       {Kind::state, row::soil_temperature},
                                          {Kind::parameter, par::psi_50},   {Kind::parameter, par::q10_h}};

TEST(RunWithDerivatives, KeepsTheBitsOfTheModel) {
  Summer s;
  const DualRows rows = run_with_derivatives(DailyModel(), s.run(), inputs);
  s.advance(DailyModel({}, simd::Isa::scalar), start_day, days);
  for (int t = 0; t < 3; ++t)
    for (int r = 0; r < row::count; ++r) EXPECT_EQ(rows.value(t, r), s.column.at(t, r)) << "tile " << t << " row " << r;
}

TEST(RunWithDerivatives, HasTheSameBitsOnEveryInstructionSet) {
  const Summer s;
  const DualRows first = run_with_derivatives(DailyModel({}, simd::Isa::scalar), s.run(), inputs);
  for (const simd::Isa isa : simd::supported_isas()) {
    const DualRows rows = run_with_derivatives(DailyModel({}, isa), s.run(), inputs);
    for (int t = 0; t < 3; ++t)
      for (int r = 0; r < row::count; ++r)
        for (int i = 0; i < int(inputs.size()); ++i)
          ASSERT_EQ(rows.derivative(t, r, i), first.derivative(t, r, i)) << simd::to_string(isa) << " row " << r;
  }
}

TEST(RunWithDerivatives, KeepsTilesApartAndAddsWhatMovesTogether) {
  const Summer s;
  const DualRows rows = run_with_derivatives(DailyModel(), s.run(), inputs);
  EXPECT_GT(std::abs(rows.derivative(0, row::gpp, 1)), 1.0);
  EXPECT_GT(std::abs(rows.derivative(1, row::gpp, 2)), 1.0);
  for (int r = 0; r < row::count; ++r) {
    EXPECT_EQ(rows.derivative(1, r, 1), 0.0);
    EXPECT_EQ(rows.derivative(0, r, 2), 0.0);
    EXPECT_EQ(rows.derivative(0, r, 0), rows.derivative(0, r, 1));
    EXPECT_EQ(rows.derivative(1, r, 0), rows.derivative(1, r, 2));
    EXPECT_EQ(rows.derivative(0, r, 4), 0.0);
  }
}

// Slopes of powers of two, so that no rounding differs.
TEST(RunWithDerivatives, MovesEachTileByTheSlopeOfAnInput) {
  const Summer s;
  const std::vector<DerivativeInput> sloped{{Kind::parameter, par::kphio, -1, {4.0, 0.5, 0.0}},
                                            {Kind::state, row::carbon_leaf, -1, {0.0, 2.0, 8.0}}};
  const std::vector<DerivativeInput> plain{{Kind::parameter, par::kphio}, {Kind::state, row::carbon_leaf}};
  const DualRows by = run_with_derivatives(DailyModel(), s.run(), sloped);
  const DualRows one = run_with_derivatives(DailyModel(), s.run(), plain);
  const double slope[2][3] = {{4.0, 0.5, 0.0}, {0.0, 2.0, 8.0}};
  for (int t = 0; t < 3; ++t)
    for (int r = 0; r < row::count; ++r)
      for (int i = 0; i < 2; ++i)
        EXPECT_EQ(by.derivative(t, r, i), slope[i][t] * one.derivative(t, r, i)) << t << " " << r;
  double all[2];
  by.derivatives(1, row::gpp, all);
  EXPECT_EQ(all[0], by.derivative(1, row::gpp, 0));
  EXPECT_EQ(all[1], by.derivative(1, row::gpp, 1));
}

TEST(RunWithDerivatives, PredictsARunFromANearbyStart) {
  Summer s;
  const DualRows rows = run_with_derivatives(DailyModel(), s.run(), inputs);
  const DualRows moved_run = [&] {
    Summer moved;
    moved.parameters[par::g1] *= 1.0 + 1e-7;
    moved.parameters[moved.column.definitions.size() + par::g1] *= 1.0 + 1e-7;
    moved.parameters[2 * moved.column.definitions.size() + par::g1] *= 1.0 + 1e-7;
    return run_with_derivatives(DailyModel(), moved.run(), {});
  }();
  const double h = 1e-7 * s.parameters[par::g1];
  for (const int r : {int(row::evapotranspiration), int(row::soil_moisture), int(row::latent_heat_flux)}) {
    const double d = rows.derivative(0, r, 6);
    EXPECT_NEAR((moved_run.value(0, r) - rows.value(0, r)) / h, d, 1e-5 * std::abs(d)) << r;
    EXPECT_NE(d, 0.0);
  }
}

TEST(RunWithDerivatives, ShowsEveryStep) {
  const Summer s;
  int seen = 0;
  const DualRows last =
      run_with_derivatives(DailyModel(), s.run(), inputs, [&](const StepSpan& span, const DualRows& r) {
        EXPECT_EQ(span.begin - begin, seen * seconds_per_day);
        EXPECT_NE(r.derivative(0, row::gpp, 0), 0.0);
        ++seen;
      });
  EXPECT_EQ(seen, days);
}

TEST(RunWithDerivatives, RefusesAModelWithoutDerivatives) {
  const Summer s;
  for (const auto& [name, plugin] : land_models()) {
    if (name != "lorenz96") continue;
    Schema schema = Schema::reading(Node());
    const auto model = plugin->configure(schema)();
    try {
      run_with_derivatives(*model, s.run(), inputs);
      ADD_FAILURE() << "accepted";
    } catch (const Error& e) {
      EXPECT_NE(std::string(e.what()).find("lorenz96"), std::string::npos) << e.what();
    }
  }
}

TEST(RunWithDerivatives, NamesThePlaceOfAMemberThatFails) {
  Summer s;
  s.weather[2][Met::air_temperature] = 500.0;
  try {
    run_with_derivatives(DailyModel(), s.run(), inputs);
    ADD_FAILURE() << "accepted";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("grid point 1 on 2018-07-22"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace tilth
