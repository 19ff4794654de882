#include "model/land_model.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

namespace tilth {
namespace {

std::unique_ptr<LandModel> make(const std::string& name) {
  for (const auto& [known, plugin] : land_models())
    if (known == name) {
      Schema schema = Schema::documenting("model." + name);
      return plugin->configure(schema)();
    }
  return nullptr;
}

/// A column of a model with its default parameters.
struct Column {
  GridPoint point;
  int rows, members;
  std::vector<AlignedVector<double>> parameters;
  std::vector<const double*> pointers;
  AlignedVector<double> state;

  Column(const LandModel& model, int member_count) : rows(model.traits().layout.rows()), members(member_count) {
    point.lat = 50.0;
    point.lon = 10.0;
    point.surface.tiles = {{0, 0.3}, {7, 0.7}};
    for (const Tile& tile : point.surface.tiles)
      for (const auto& p : model.traits().parameters)
        parameters.emplace_back(std::size_t(padded(members)), p.value[std::size_t(tile.pft)]);
    for (const auto& row : parameters) pointers.push_back(row.data());
    state.resize(2 * std::size_t(rows) * std::size_t(padded(members)));
  }
  ColumnParameters values() const { return {pointers}; }
  ColumnView view() { return {state.data(), 2, rows, members}; }
};

MetDay mild_day() {
  MetDay day;
  day[Met::air_temperature] = 288.0;
  day[Met::air_temperature_min] = 283.0;
  day[Met::air_temperature_max] = 293.0;
  day[Met::shortwave] = 180.0;
  day[Met::longwave] = 320.0;
  day[Met::vapour_pressure] = 1100.0;
  day[Met::surface_pressure] = 98000.0;
  day[Met::wind_speed] = 3.0;
  day[Met::precipitation] = 3e-5;
  day[Met::co2] = 410.0;
  return day;
}

class EveryLandModel : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryLandModel, DeclaresItselfCompletely) {
  const auto model = make(GetParam());
  const ModelTraits& traits = model->traits();
  EXPECT_EQ(traits.name, GetParam());
  EXPECT_FALSE(traits.about.empty());
  EXPECT_GT(traits.layout.rows(), 0);
  for (const auto& name : traits.default_states) EXPECT_TRUE(traits.layout.has(name)) << name;
  for (const auto& v : traits.layout.variables()) {
    EXPECT_FALSE(v.units.empty() || v.long_name.empty()) << v.name;
    EXPECT_LT(v.lower, v.upper) << v.name;
  }
  for (const auto& p : traits.parameters)
    for (const double value : p.value) {
      EXPECT_LE(p.lower, value) << p.name;
      EXPECT_GE(p.upper, value) << p.name;
    }
}

TEST_P(EveryLandModel, StartsAndAdvancesWithinItsBoundsAndTwiceTheSame) {
  const auto model = make(GetParam());
  Column a(*model, 5), b(*model, 5);
  for (Column* c : {&a, &b}) {
    model->cold_start(c->point, c->values(), c->view());
    MetMembers met(5);
    const MetDay mild = mild_day();
    met.fill(mild);
    for (int d = 0; d < 30; ++d) {
      const Time day = time_of(2018, 5, 1) + d * seconds_per_day;
      int steps = 0;
      const StepReport report =
          model->advance(c->point, c->values(), day, {met, mild}, c->view(), [&](const StepSpan& span) {
            EXPECT_EQ(span.begin, day + steps * model->traits().step_s);
            EXPECT_EQ(span.end, span.begin + model->traits().step_s);
            EXPECT_EQ(span.ends_day, span.end == day + seconds_per_day);
            ++steps;
          });
      EXPECT_EQ(steps, seconds_per_day / model->traits().step_s);
      ASSERT_TRUE(report.failed.empty());
      EXPECT_LT(report.water_residual_kg_m2, 1e-9);
      EXPECT_LT(report.carbon_residual_g_m2, 1e-9);
    }
  }
  EXPECT_EQ(std::memcmp(a.state.data(), b.state.data(), a.state.size() * sizeof(double)), 0);
  const auto& layout = model->traits().layout;
  for (std::size_t v = 0; v < layout.variables().size(); ++v)
    for (int k = 0; k < layout.variables()[v].layers; ++k)
      for (int t = 0; t < 2; ++t)
        for (const double x : a.view().members_of(t, layout.row(int(v)) + k)) {
          EXPECT_GE(x, layout.variables()[v].lower) << layout.variables()[v].name;
          EXPECT_LE(x, layout.variables()[v].upper) << layout.variables()[v].name;
        }
}

TEST_P(EveryLandModel, RepairIsIdempotentForWildUpdates) {
  const auto model = make(GetParam());
  Column c(*model, 4);
  model->cold_start(c.point, c.values(), c.view());
  Column before = c;
  const auto& layout = model->traits().layout;
  for (std::size_t v = 0; v < layout.variables().size(); ++v)
    for (int t = 0; t < 2; ++t) {
      double* row = c.view().row(t, layout.row(int(v)));
      row[0] = 1e9;
      row[1] = -1e9;
      row[2] = std::nan("");
    }
  model->repair(c.point, c.values(), before.view(), c.view());
  const Column once = c;
  const RepairReport again = model->repair(c.point, c.values(), before.view(), c.view());
  EXPECT_EQ(again.clipped, 0);
  for (std::size_t v = 0; v < layout.variables().size(); ++v) {
    if (layout.variables()[v].kind != Variable::Kind::prognostic) continue;
    const std::size_t row = std::size_t(layout.row(int(v))) * 8;
    EXPECT_EQ(std::memcmp(&once.state[row], &c.state[row], 4 * sizeof(double)), 0) << layout.variables()[v].name;
    for (int m = 0; m < 4; ++m) EXPECT_TRUE(std::isfinite(c.state[row + std::size_t(m)])) << layout.variables()[v].name;
  }
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& entry : land_models()) all.push_back(entry.first);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Registered, EveryLandModel, ::testing::ValuesIn(names()),
                         [](const auto& instance) { return instance.param; });

}  // namespace
}  // namespace tilth
