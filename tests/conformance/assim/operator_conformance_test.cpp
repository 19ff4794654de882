#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "unit/assim/test_column.hpp"

namespace tilth::test {
namespace {

constexpr int members = 11;

class OperatorConformance : public ::testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<ObservationOperator> h = observation_operator(GetParam());
};

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& entry : observation_operators()) all.push_back(entry.first);
  return all;
}

TEST_P(OperatorConformance, DeclaresWhatItIs) {
  const OperatorTraits& traits = h->traits();
  EXPECT_FALSE(traits.quantity.empty());
  EXPECT_FALSE(traits.units.empty());
  EXPECT_FALSE(traits.needs.empty());
  EXPECT_LT(traits.valid_lower, traits.valid_upper);
  EXPECT_GT(traits.error_absolute, 0.0);
  EXPECT_GE(traits.error_relative, 0.0);
  const StateLayout layout = observable_layout();
  for (const auto& need : traits.needs) EXPECT_TRUE(layout.has(need)) << need;
}

TEST_P(OperatorConformance, IsFiniteAndWithinItsRangeOnRandomColumns) {
  for (int id = 0; id < 50; ++id) {
    TestColumn column({{0, 0.1}, {2, 0.2}, {4, 0.3}, {10, 0.25}, {13, 0.15}}, members);
    column.randomise(id, false);
    for (const double value : column.predict(*h)) {
      ASSERT_TRUE(std::isfinite(value)) << id;
      EXPECT_GE(value, h->traits().valid_lower) << id;
      EXPECT_LE(value, h->traits().valid_upper) << id;
    }
  }
}

TEST_P(OperatorConformance, OfIdenticalTilesIsThatOfOne) {
  for (int id = 0; id < 10; ++id) {
    TestColumn one({{7, 1.0}}, members), many({{7, 0.2}, {7, 0.3}, {7, 0.5}}, members);
    one.randomise(id, true);
    many.randomise(id, true);
    std::uint32_t flag_one = 0, flag_many = 0;
    const auto a = one.predict(*h, &flag_one), b = many.predict(*h, &flag_many);
    for (int k = 0; k < padded(members); ++k) EXPECT_NEAR(a[k], b[k], 1e-14 * std::max(1.0, std::abs(a[k])));
    EXPECT_EQ(flag_one, flag_many);
  }
}

TEST_P(OperatorConformance, ReadsOnlyWhatItDeclares) {
  TestColumn column({{7, 0.6}, {10, 0.4}}, members);
  column.randomise(1, false);
  const auto before = column.predict(*h);
  const auto& needs = h->traits().needs;
  for (const Variable& variable : column.layout.variables())
    if (std::find(needs.begin(), needs.end(), variable.name) == needs.end()) column.set(variable.name, std::nan(""));
  EXPECT_EQ(column.predict(*h), before);
}

TEST_P(OperatorConformance, TreatsEveryMemberOnItsOwn) {
  TestColumn column({{7, 0.6}, {10, 0.4}}, members);
  column.randomise(2, false);
  const auto before = column.predict(*h);
  for (const auto& need : h->traits().needs) column.set_member(need, 3, std::nan(""));
  const auto after = column.predict(*h);
  EXPECT_FALSE(std::isfinite(after[3]));
  for (int k = 0; k < members; ++k) {
    if (k != 3) {
      EXPECT_EQ(after[k], before[k]) << k;
    }
  }
}

/// Central differences over two step lengths agree: no jumps, no noise, where the operator is differentiable.
TEST_P(OperatorConformance, IsSmoothInEveryVariable) {
  TestColumn column({{7, 0.7}, {0, 0.3}}, members);
  for (const Variable& variable : column.layout.variables())
    column.set(variable.name, variable.lower + 0.43 * (variable.upper - variable.lower));
  for (const auto& need : h->traits().needs) {
    const Variable& variable = column.layout.variable(need);
    const double middle = variable.lower + 0.43 * (variable.upper - variable.lower);
    const auto slope = [&](double step) {
      column.set(need, middle + step);
      const double up = column.predict(*h)[0];
      column.set(need, middle - step);
      const double down = column.predict(*h)[0];
      column.set(need, middle);
      return (up - down) / (2.0 * step);
    };
    const double range = variable.upper - variable.lower, coarse = slope(1e-3 * range), fine = slope(1e-4 * range);
    EXPECT_NEAR(coarse, fine, 1e-4 * std::abs(fine) + 1e-9 / range) << need;
  }
}

INSTANTIATE_TEST_SUITE_P(All, OperatorConformance, ::testing::ValuesIn(names()),
                         [](const auto& registered) { return registered.param; });

/// Predictions rise with the variable the operator is about.
TEST(OperatorMonotonicity, HoldsForTheObservedVariable) {
  const std::vector<std::pair<std::string, std::string>> pairs = {{"ndvi", "leaf_area_index"},
                                                                  {"lai", "leaf_area_index"},
                                                                  {"fapar", "fapar"},
                                                                  {"sif", "apar"},
                                                                  {"sif", "sif_yield"},
                                                                  {"surface_soil_moisture", "soil_moisture"},
                                                                  {"gpp", "gpp"},
                                                                  {"nee", "nee"},
                                                                  {"latent_heat_flux", "latent_heat_flux"}};
  for (const auto& [name, need] : pairs) {
    TestColumn column({{7, 0.7}, {0, 0.3}}, members);
    column.set("fapar", 0.5);
    column.set("leaf_area_index", 2.0);
    column.set("apar", 20.0);
    column.set("sif_yield", 0.01);
    const auto h = observation_operator(name);
    const Variable& variable = column.layout.variable(need);
    double previous = -1e300;
    for (int i = 0; i <= 20; ++i) {
      column.set(need, variable.lower + i / 20.0 * (variable.upper - variable.lower));
      const double value = column.predict(*h)[0];
      EXPECT_GT(value, previous) << name << " in " << need;
      previous = value;
    }
  }
}

}  // namespace
}  // namespace tilth::test
