#include "driver/products.hpp"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "model/land_model.hpp"
#include "parallel/driver/small_run.hpp"

namespace tilth {
namespace {

StateLayout daily_layout() {
  for (const auto& [name, plugin] : land_models()) {
    Schema schema = Schema::reading(Node());
    if (name == "daily") return plugin->configure(schema)()->traits().layout;
  }
  return {};
}

const ProductDefinition& named(const std::vector<ProductDefinition>& all, const std::string& name) {
  for (const auto& d : all)
    if (d.name == name) return d;
  throw std::runtime_error("no product " + name);
}

TEST(Products, AreTheLayersOfAModelWithoutTheLandsVariables) {
  Variable x, y;
  x.name = "x", x.layers = 3;
  y.name = "y";
  const StateLayout layout({x, y});
  const auto all = product_definitions(layout);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[2].name, "x_2");
  EXPECT_EQ(all[3].name, "y");
  EXPECT_EQ(all[2].terms, (std::vector<std::pair<int, double>>{{2, 1.0}}));
}

TEST(Products, WeighSoilLayersByTheirShareOfTheDepth) {
  const StateLayout layout = daily_layout();
  const auto all = product_definitions(layout);
  const auto& surface = named(all, "surface_soil_moisture").terms;
  ASSERT_EQ(surface.size(), 2u);  // 0.02 m and the upper 0.03 m of the second layer
  EXPECT_EQ(surface[0].first, layout.row("soil_moisture"));
  EXPECT_NEAR(surface[0].second, 0.4, 1e-15);
  EXPECT_NEAR(surface[1].second, 0.6, 1e-15);
  const auto& root = named(all, "root_zone_soil_moisture").terms;
  const std::vector<double> expected{0.02, 0.05, 0.08, 0.15, 0.30, 0.40};  // of the 0.50 m layer only 0.40 m
  ASSERT_EQ(root.size(), expected.size());
  double sum = 0.0;
  for (std::size_t i = 0; i < root.size(); ++i) {
    EXPECT_NEAR(root[i].second, expected[i], 1e-15);
    sum += root[i].second;
  }
  EXPECT_NEAR(sum, 1.0, 1e-15);
}

TEST(Products, OfStepsAreTheVariablesOfTheLastStep) {
  Variable daily, step;
  daily.name = "gpp";
  step.name = "step_gpp", step.units = "g m-2 d-1";
  const auto all = step_definitions(StateLayout({daily, step}));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].name, "gpp");
  EXPECT_EQ(all[0].units, "g m-2 d-1");
  EXPECT_EQ(all[0].terms, (std::vector<std::pair<int, double>>{{1, 1.0}}));
  EXPECT_TRUE(step_definitions(daily_layout()).empty());
}

TEST(Products, LeaveOutWhatTheLayoutDoesNotHave) {
  Variable only;
  only.name = "leaf_area_index";
  const auto all = product_definitions(StateLayout({only}));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].name, "leaf_area_index");
  EXPECT_TRUE(product_definitions(StateLayout()).empty());
}

/// One column of two tiles (fractions 0.25 and 0.75), one row, five members.
struct TwoTiles {
  TwoTiles() : data(2 * padded(5), 0.0), column(data.data(), 2, 1, 5) {
    point.surface.tiles = {{1, 0.25}, {2, 0.75}};
    definitions = {{"x", "", "x", "1", {{0, 2.0}}, 0.0, 10.0}};
  }
  void set(double first, double second) {
    for (int k = 0; k < padded(5); ++k) {
      column.row(0, 0)[k] = first * std::min(k, 4);
      column.row(1, 0)[k] = second * std::min(k, 4);
    }
  }
  AlignedVector<double> data;
  ColumnView column;
  GridPoint point;
  std::vector<ProductDefinition> definitions;
};

TEST(Products, AverageTilesByFractionAndDaysEqually) {
  TwoTiles t;
  Products products(t.definitions, 1, 5);
  t.set(1.0, 2.0);
  products.add(0, t.point, t.column);
  t.set(3.0, 0.0);
  products.add(0, t.point, t.column);
  products.finish(2);
  // member k: (2 k (0.25 + 1.5) + 2 k 0.75) / 2 = 2.5 k
  for (int k = 0; k < 5; ++k) EXPECT_NEAR(products.row(0, 0)[k], 2.5 * k, 1e-14);
  EXPECT_NEAR(products.mean(0)[0], 5.0, 1e-14);
  EXPECT_NEAR(products.sd(0)[0], 2.5 * std::sqrt(2.5), 1e-14);  // 0..4 has the variance 10 / 4
  EXPECT_NEAR(products.quantile(0, 0.05)[0], 0.5, 1e-14);       // at 0.2 between members 0 and 1
  EXPECT_NEAR(products.quantile(0, 0.95)[0], 9.5, 1e-14);
  EXPECT_NEAR(products.quantile(0, 1.0)[0], 10.0, 1e-14);
  products.clear();
  EXPECT_EQ(products.mean(0)[0], 0.0);
}

TEST(Products, StayInsideTheirBounds) {
  TwoTiles t;
  Products products(t.definitions, 1, 5);
  t.set(-4.0, 8.0);
  products.add(0, t.point, t.column);
  products.clip(0);
  for (int k = 0; k < padded(5); ++k) {
    EXPECT_GE(products.row(0, 0)[k], 0.0);
    EXPECT_LE(products.row(0, 0)[k], 10.0);
  }
}

TEST(Products, OfOneMemberHaveNoSpread) {
  Products products(TwoTiles().definitions, 1, 1);
  EXPECT_EQ(products.sd(0)[0], 0.0);
  EXPECT_EQ(products.quantile(0, 0.95)[0], 0.0);
}

}  // namespace
}  // namespace tilth
