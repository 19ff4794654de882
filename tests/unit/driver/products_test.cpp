#include "driver/products.hpp"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "core/base/error.hpp"
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

Time day(int d) { return {d * seconds_per_day}; }

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
  products.clear({{day(0), day(2)}});
  t.set(1.0, 2.0);
  products.add(0, t.point, t.column);
  t.set(3.0, 0.0);
  products.add(0, t.point, t.column);
  products.finish();
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

TEST(Products, KeepTheDaysOfAWindowApart) {
  TwoTiles t;
  Products products(t.definitions, 2, 5);
  products.clear(product_slices(day(0), day(3), "day"));
  ASSERT_EQ(products.slices().size(), 3u);
  for (int d = 0; d < 3; ++d)
    for (int c = 0; c < 2; ++c) {
      t.set(1.0 + d, 1.0 + d + 10.0 * c);
      products.add(c, t.point, t.column, products.slice_of(day(d)));
    }
  products.finish();
  for (int d = 0; d < 3; ++d) {
    EXPECT_NEAR(products.mean(0, d)[0], 4.0 * (1 + d), 1e-13);  // 2 (1 + d), mean member 2
    EXPECT_NEAR(products.mean(0, d)[1], 4.0 * (1 + d) + 30.0, 1e-13);
  }
  products.clear(product_slices(day(3), day(4), "day"));
  EXPECT_EQ(products.mean(0)[1], 0.0);
  EXPECT_THROW(products.slice_of(day(2)), Failure);
}

TEST(Products, KeepFluxesBesideThemThatNoBoundTouches) {
  TwoTiles t;
  Products products(t.definitions, 1, 5, {{"flux", "", "", "1", {{0, 1.0}}}, {"rain", "", "", "kg m-2", {}}});
  products.clear({{day(0), day(1)}});
  t.set(100.0, 100.0);
  products.add(0, t.point, t.column, 0, 7.0);
  products.finish();
  products.clip(0);
  EXPECT_EQ(products.definitions().size(), 1u);
  EXPECT_NEAR(products.mean(0)[0], 8.0, 1e-13);  // 0, 10, 10, 10, 10
  EXPECT_NEAR(products.mean(1)[0], 200.0, 1e-13);
  EXPECT_NEAR(products.mean(2)[0], 7.0, 1e-15);
}

TEST(ProductSlices, AreWindowsDaysOrPartsOfMonths) {
  const Time begin = time_of(2018, 2, 26), end = time_of(2018, 3, 6);
  EXPECT_EQ(product_slices(begin, end, "window").size(), 1u);
  EXPECT_EQ(product_slices(begin, end, "day").size(), 8u);
  const auto months = product_slices(begin, end, "month");
  ASSERT_EQ(months.size(), 2u);
  EXPECT_EQ(months[0].end, time_of(2018, 3, 1));
  EXPECT_EQ(months[0].days(), 3.0);
  EXPECT_EQ(months[1].days(), 5.0);
  EXPECT_EQ(product_slices(time_of(2017, 12, 1), time_of(2019, 1, 1), "month").size(), 13u);
}

TEST(ProductOptions, SelectProductsByName) {
  const StateLayout layout = daily_layout();
  ProductOptions options;
  const std::size_t all = selected_products(options, layout, "x").size();
  EXPECT_EQ(all, product_definitions(layout).size());
  options.variables = {"net_ecosystem_exchange", "leaf_area_index"};
  const auto two = selected_products(options, layout, "x");
  ASSERT_EQ(two.size(), 2u);
  EXPECT_EQ(two[0].name, "leaf_area_index");  // the order of the model
  options.variables = {"leaf_area_indx"};
  try {
    selected_products(options, layout, "run.yaml: output.products");
    ADD_FAILURE();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("run.yaml: output.products.variables: the model has no product "
                                         "'leaf_area_indx'; did you mean 'leaf_area_index'?"),
              std::string::npos)
        << e.what();
  }
  options.on = false;
  EXPECT_TRUE(selected_products(options, layout, "x").empty());
}

TEST(ProductOptions, PackOnlyWhatHasADeclaredRange) {
  ProductOptions options;
  options.packing = "short";
  for (const ProductDefinition& d : selected_products(options, daily_layout(), "x"))
    EXPECT_LT(d.packed_lower, d.packed_upper) << d.name;
  Variable x;
  x.name = "x";
  EXPECT_THROW(selected_products(options, StateLayout({x}), "x"), Error);
}

TEST(ProductOptions, NameQuantilesByTheirDecimals) {
  EXPECT_EQ(quantile_name(0.05), "q05");
  EXPECT_EQ(quantile_name(0.5), "q50");
  EXPECT_EQ(quantile_name(0.975), "q975");
  EXPECT_EQ(quantile_name(0.001), "q001");
  EXPECT_EQ(quantile_words(0.05), "5 % quantile");
  EXPECT_EQ(quantile_words(0.975), "97.5 % quantile");
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
