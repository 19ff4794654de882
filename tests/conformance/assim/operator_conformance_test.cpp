#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "conformance/assim/operator_variants.hpp"
#include "core/obs/obs_table.hpp"

namespace tilth::test {
namespace {

class OperatorConformance : public OperatorVariant {};

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
  for (const auto& name : traits.optional) EXPECT_TRUE(layout.has(name)) << name;
}

TEST_P(OperatorConformance, IsFiniteAndWithinItsRangeOnRandomColumns) {
  for (int id = 0; id < 50; ++id) {
    TestColumn column = column_of({{0, 0.1}, {2, 0.2}, {4, 0.3}, {10, 0.25}, {13, 0.15}});
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
    TestColumn one = column_of({{7, 1.0}}), many = column_of({{7, 0.2}, {7, 0.3}, {7, 0.5}});
    one.randomise(id, true);
    many.randomise(id, true);
    std::uint32_t flag_one = 0, flag_many = 0;
    const auto a = one.predict(*h, &flag_one), b = many.predict(*h, &flag_many);
    for (int k = 0; k < padded(members); ++k) EXPECT_NEAR(a[k], b[k], 1e-14 * std::max(1.0, std::abs(a[k])));
    EXPECT_EQ(flag_one, flag_many);
  }
}

TEST_P(OperatorConformance, ReadsOnlyWhatItDeclares) {
  TestColumn column = column_of({{7, 0.6}, {10, 0.4}});
  column.randomise(1, false);
  const auto before = column.predict(*h);
  const auto needs = read();
  for (const Variable& variable : column.layout.variables())
    if (std::find(needs.begin(), needs.end(), variable.name) == needs.end()) column.set(variable.name, std::nan(""));
  EXPECT_EQ(column.predict(*h), before);
}

TEST_P(OperatorConformance, DoesWithoutWhatIsOptional) {
  TestColumn column = column_of({{7, 0.6}, {10, 0.4}});
  column.randomise(1, false);
  const auto& all = column.layout.variables();
  std::vector<Variable> kept;
  for (const Variable& v : all)
    if (std::find(h->traits().optional.begin(), h->traits().optional.end(), v.name) == h->traits().optional.end())
      kept.push_back(v);
  const StateLayout less(kept);  // a model without them: fewer rows of the same column
  TestColumn other = column_of({{7, 0.6}, {10, 0.4}});
  other.layout = less;
  other.randomise(1, false);
  for (const double value : other.predict(*h)) EXPECT_TRUE(std::isfinite(value));
}

TEST_P(OperatorConformance, TreatsEveryMemberOnItsOwn) {
  TestColumn column = column_of({{7, 0.6}, {10, 0.4}});
  column.randomise(2, false);
  const auto before = column.predict(*h);
  for (const auto& name : read()) column.set_member(name, 3, std::nan(""));
  const auto after = column.predict(*h);
  EXPECT_FALSE(std::isfinite(after[3]));
  for (int k = 0; k < members; ++k) {
    if (k != 3) {
      EXPECT_EQ(after[k], before[k]) << k;
    }
  }
}

TEST_P(OperatorConformance, LetsNoPaddingReachAMemberOrAFlag) {
  TestColumn column = column_of({{7, 0.6}, {10, 0.4}});
  column.randomise(3, false);
  std::uint32_t flag_before = 0, flag_after = 0;
  const auto before = column.predict(*h, &flag_before);
  column.set_padding(std::nan(""));
  const auto after = column.predict(*h, &flag_after);
  for (int k = 0; k < members; ++k) EXPECT_EQ(after[k], before[k]);
  EXPECT_EQ(flag_after, flag_before);
}

TEST_P(OperatorConformance, FlagsAWholeEnsembleAsItsMembersAre) {
  constexpr std::uint32_t known = qc_snow | qc_frozen | qc_dense_vegetation | qc_daylight | qc_no_prediction;
  for (int id = 0; id < 20; ++id) {
    TestColumn column = column_of({{7, 1.0}});
    column.randomise(id, false);
    for (const auto& name : read())
      for (int l = 0; l < column.layout.variable(name).layers; ++l) {
        double* row = column.view().row(0, column.layout.row(name) + l);
        std::fill_n(row, padded(members), row[0]);
      }
    std::uint32_t together = 0, reversed = 0;
    column.predict(*h, &together);
    column.set_padding(1e30);
    column.predict(*h, &reversed);
    EXPECT_EQ(together, reversed);
    EXPECT_EQ(together & ~known, 0u);
  }
}

/// Central differences over two step lengths agree: no jumps, no noise, where the operator is differentiable.
TEST_P(OperatorConformance, IsSmoothInEveryVariable) {
  TestColumn column = column_of({{7, 0.7}, {0, 0.3}});
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

INSTANTIATE_TEST_SUITE_P(All, OperatorConformance, ::testing::ValuesIn(variants()),
                         [](const auto& variant) { return variant.param.label; });

/// Predictions rise with the variable the operator is about.
TEST(OperatorMonotonicity, HoldsForTheObservedVariable) {
  const std::vector<std::pair<std::string, std::string>> pairs = {{"ndvi", "leaf_area_index"},
                                                                  {"nirv", "leaf_area_index"},
                                                                  {"lai", "leaf_area_index"},
                                                                  {"fapar", "fapar"},
                                                                  {"sif", "apar"},
                                                                  {"sif", "sif_yield"},
                                                                  {"surface_soil_moisture", "soil_moisture"},
                                                                  {"root_zone_soil_moisture", "soil_moisture"},
                                                                  {"brightness_temperature", "canopy_temperature"},
                                                                  {"vod", "leaf_area_index"},
                                                                  {"vod", "water_stress_memory"},
                                                                  {"land_surface_temperature", "canopy_temperature"},
                                                                  {"land_surface_temperature", "ground_temperature"},
                                                                  {"gpp", "gpp"},
                                                                  {"nee", "nee"},
                                                                  {"reco", "heterotrophic_respiration"},
                                                                  {"latent_heat_flux", "latent_heat_flux"},
                                                                  {"sensible_heat_flux", "sensible_heat_flux"},
                                                                  {"above_ground_biomass", "carbon_wood"},
                                                                  {"snow_water_equivalent", "snow_ice"},
                                                                  {"snow_cover", "snow_cover_fraction"},
                                                                  {"terrestrial_water_storage", "soil_water"}};
  for (const auto& [name, need] : pairs) {
    TestColumn column({{7, 0.7}, {0, 0.3}}, members);
    column.set("fapar", 0.5);
    column.set("leaf_area_index", 2.0);
    column.set("apar", 20.0);
    column.set("sif_yield", 0.01);
    column.set("soil_temperature", 285.0), column.set("canopy_temperature", 285.0);
    column.set("ground_temperature", 285.0), column.set("soil_moisture", 0.2);
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

TEST(OperatorMonotonicity, OfBrightnessFallsWithWetness) {
  TestColumn column({{7, 1.0}}, members);
  column.set("soil_temperature", 285.0), column.set("canopy_temperature", 285.0), column.set("leaf_area_index", 1.0);
  double previous = 1e300;
  for (double moisture = 0.05; moisture < 0.42; moisture += 0.02) {
    column.set("soil_moisture", moisture);
    const double value = column.predict(*observation_operator("brightness_temperature"))[0];
    EXPECT_LT(value, previous) << moisture;
    previous = value;
  }
}

}  // namespace
}  // namespace tilth::test
