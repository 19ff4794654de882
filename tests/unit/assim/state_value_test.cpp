#include <gtest/gtest.h>

#include <cmath>

#include "core/obs/obs_table.hpp"
#include "unit/assim/test_column.hpp"

namespace tilth::test {
namespace {

constexpr int members = 3;

/// Prediction of member 1 and flag for an observation of a level.
std::pair<double, std::uint32_t> predicted(TestColumn& column, const ObservationOperator& h, double level) {
  std::vector<double> hx(padded(members), -9e9);
  const std::uint32_t flag = h.predict({column.point, column.layout, column.view(), {}, level}, hx);
  return {hx[1], flag};
}

TEST(StateValue, IsTheLayerThatTheLevelNames) {
  TestColumn column({{0, 0.25}, {7, 0.75}}, members);
  column.randomise(1, false);
  const auto h = observation_operator("state_value");
  for (int layer = 0; layer < 4; ++layer) {
    const int row = column.layout.row("x") + layer;
    const double mean = 0.25 * column.view().row(0, row)[1] + 0.75 * column.view().row(1, row)[1];
    EXPECT_NEAR(predicted(column, *h, layer).first, mean, 1e-15);
    EXPECT_EQ(predicted(column, *h, layer).second, qc_used);
  }
}

TEST(StateValue, WithoutALevelIsTheFirstLayerOfTheOptions) {
  TestColumn column({{7, 1.0}}, members);
  column.randomise(2, false);
  const auto h = observation_operator("state_value", "{variable: soil_moisture, first: 5}");
  EXPECT_EQ(predicted(column, *h, std::nan("")).first, column.view().row(0, column.layout.row("soil_moisture") + 5)[1]);
}

TEST(StateValue, FindsALayerByItsDepthWhereLayersHaveDepths) {
  TestColumn column({{7, 1.0}}, members);
  column.randomise(3, false);
  const auto h = observation_operator("state_value", "{variable: soil_moisture}");
  EXPECT_EQ(predicted(column, *h, 0.225).first, column.view().row(0, column.layout.row("soil_moisture") + 3)[1]);
  EXPECT_EQ(predicted(column, *h, 0.0).second, qc_no_prediction);
}

TEST(StateValue, HasNoPredictionForALevelThatIsNoLayer) {
  TestColumn column({{7, 1.0}}, members);
  const auto h = observation_operator("state_value");
  for (const double level : {-1.0, 4.0, 0.5}) EXPECT_EQ(predicted(column, *h, level).second, qc_no_prediction) << level;
}

TEST(StateValue, DeclaresWhichLayersAVisitSees) {
  const auto h = observation_operator("state_value", "{every: 2, first: 1}");
  EXPECT_EQ(h->traits().levels_of, "x");
  EXPECT_EQ(h->traits().first_level, 1);
  EXPECT_EQ(h->traits().level_step, 2);
}

}  // namespace
}  // namespace tilth::test
