#include <gtest/gtest.h>

#include <cmath>

#include "surface_cases.hpp"

namespace tilth::physics {
namespace {

using test::imbalance;
using test::solve;

/// A summer noon over a closed canopy on moist soil.
Surface<double> summer_noon() {
  Surface<double> s;
  s.air_temperature = 295.0;
  s.vapour = 1500.0;
  s.pressure = 1e5;
  s.longwave = 350.0;
  s.leaf_area = 3.0;
  s.stem_area = 0.5;
  s.gap = std::exp(-3.5);
  s.canopy_shortwave = 550.0;
  s.ground_shortwave = 60.0;
  s.air_resistance = 20.0;
  s.ground_resistance = 80.0;
  s.leaf_conductance = 0.02;
  s.wet_fraction = s.snow_cover = 0.0;
  s.ground_emissivity = 0.96;
  s.soil_resistance = 200.0;
  s.soil_humidity = 1.0;
  s.canopy_temperature = 296.0;
  s.ground_temperature = s.ground_reference = 293.0;
  s.canopy_heat = canopy_heat_capacity(3.0, 0.5, 0.0);
  s.ground_conductance = 20.0;
  s.transpiration_limit = s.soil_water_limit = 1.0;
  s.canopy_water_limit = s.snow_ice_limit = 0.0;
  return s;
}

TEST(EnergySituations, WithoutLeavesTheGroundIsAloneAndTheCanopyTakesTheTemperatureOfTheAir) {
  auto s = summer_noon();
  s.canopy_shortwave = 0.0;
  s.ground_shortwave = 500.0;
  s.leaf_area = s.stem_area = 0.0;
  s.gap = 1.0;
  s.canopy_heat = canopy_heat_capacity(0.0, 0.0, 0.0);
  const auto bare = solve(s, 10);
  EXPECT_EQ(bare.transpiration, 0.0);
  EXPECT_EQ(bare.canopy_net_radiation, 0.0);
  EXPECT_LT(std::abs(bare.canopy_sensible), 1e-2);
  s.canopy_heat = 1e6;  // how the canopy stores heat does not matter without one
  s.canopy_temperature = 280.0;
  EXPECT_NEAR(solve(s, 10).ground_temperature, bare.ground_temperature, 1e-3);
  s = summer_noon();
  s.ground_shortwave = 500.0;
  for (const double area : {1e-3, 1e-6, 1e-9}) {
    s.leaf_area = area;
    s.stem_area = 0.0;
    s.gap = std::exp(-area);
    s.canopy_shortwave = 500.0 * area;
    s.canopy_heat = canopy_heat_capacity(area, 0.0, 0.0);
    const auto f = solve(s, 10);
    EXPECT_NEAR(f.ground_temperature, bare.ground_temperature, 300.0 * area + 2e-3) << area;
    EXPECT_LT(std::abs(f.canopy_temperature - f.canopy_air_temperature), 20.0) << area;
  }
}

TEST(EnergySituations, ACalmClearNightCoolsAndStaysPhysical) {
  auto s = summer_noon();
  s.canopy_shortwave = s.ground_shortwave = 0.0;
  s.longwave = 250.0;
  s.air_resistance = 3000.0;
  s.ground_resistance = 1000.0;
  s.leaf_conductance = 0.001;
  const auto f = solve(s);
  EXPECT_LT(f.canopy_temperature, s.air_temperature);
  EXPECT_GT(f.canopy_temperature, s.air_temperature - 25.0);
  EXPECT_LT(f.canopy_sensible + f.ground_sensible, 0.0);
  EXPECT_LT(f.canopy_evaporation, 0.0);  // dew
  EXPECT_EQ(f.transpiration, 0.0);
  EXPECT_LT(imbalance(s, f), 1e-9);
}

TEST(EnergySituations, DewTakesTheWholeLeafAndNoStomata) {
  auto s = summer_noon();
  s.canopy_shortwave = s.ground_shortwave = 0.0;
  s.longwave = 280.0;
  s.vapour = 0.98 * test::saturation(s.air_temperature);
  const auto open = solve(s, 10);
  EXPECT_LT(open.canopy_evaporation, -1e-6);
  const auto closed = surface_energy_balance(
      s, [](double, double) { return 0.0; }, 10);
  EXPECT_EQ(open.canopy_evaporation, closed.canopy_evaporation);
  s.wet_fraction = 1.0;
  EXPECT_NEAR(solve(s, 10).canopy_evaporation, open.canopy_evaporation, 1e-12);
}

TEST(EnergySituations, MeltingSnowHoldsTheGroundAtItsMeltingPoint) {
  auto s = summer_noon();
  s.air_temperature = 280.0;
  s.vapour = 800.0;
  s.ground_shortwave = 200.0;
  s.snow_cover = 1.0;
  s.ground_emissivity = 0.97;
  s.ground_temperature = 272.0;
  s.ground_reference = 273.0;
  s.canopy_temperature = 281.0;
  s.snow_ice_limit = 0.02;
  const auto f = solve(s);
  EXPECT_GT(f.ground_temperature, 273.15);
  EXPECT_LT(f.ground_temperature, 274.15);
  EXPECT_NEAR(f.melt_heat, 500.0 * (f.ground_temperature - 273.15), 1e-9);
  EXPECT_LT(imbalance(s, f), 1e-9);
  s.snow_ice_limit = 1e-4;  // 0.36 kg m-2 of the hour: all of it goes, and the ground warms
  const auto last = solve(s);
  EXPECT_NEAR(last.melt_heat / fusion_heat + std::max(0.0, last.sublimation), s.snow_ice_limit, 1e-18);
  EXPECT_GT(last.ground_temperature, f.ground_temperature + 1.0);
  EXPECT_LT(imbalance(s, last), 1e-9);
}

TEST(EnergySituations, FluxesThatLackWaterEqualTheirLimitAndWarmTheirSurface) {
  auto s = summer_noon();
  s.wet_fraction = 0.3;
  s.canopy_water_limit = 1.0;
  const auto moist = solve(s, 10);
  EXPECT_GT(moist.transpiration, 2e-5);
  EXPECT_GT(moist.soil_evaporation, 1e-6);
  s.transpiration_limit = 0.5 * moist.transpiration;
  s.canopy_water_limit = 0.5 * moist.canopy_evaporation;
  s.soil_water_limit = 0.5 * moist.soil_evaporation;
  const auto dry = solve(s);
  EXPECT_EQ(dry.transpiration, s.transpiration_limit);
  EXPECT_EQ(dry.canopy_evaporation, s.canopy_water_limit);
  EXPECT_EQ(dry.soil_evaporation, s.soil_water_limit);
  EXPECT_GT(dry.canopy_temperature, moist.canopy_temperature + 0.5);
  EXPECT_GT(dry.canopy_sensible, moist.canopy_sensible + 20.0);
  EXPECT_LT(dry.canopy_air_vapour, moist.canopy_air_vapour);
  EXPECT_LT(imbalance(s, dry), 1e-9);
}

}  // namespace
}  // namespace tilth::physics
