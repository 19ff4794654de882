#include "model/soil_enthalpy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "model/soil_heat_step.hpp"
#include "soil_column.hpp"

namespace tilth::physics {
namespace {

using test::layer_heat;
using test::loam;
using test::SoilTestColumn;

TEST(SoilEnthalpy, ReturnsTheTemperatureItWasMadeFrom) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> u(0.0, 1.0);
  double worst_t = 0.0, worst_liquid = 0.0, worst_heat = 0.0;
  for (int i = 0; i < 20000; ++i) {
    SoilHeat<double> soil = loam();
    soil.theta_s = 0.35 + 0.3 * u(random);
    soil.inverse_b = 1.0 / (2.0 + 14.0 * u(random));
    soil.log_psi_s = std::log(0.013) + u(random) * std::log(60.0);
    const double water = std::max(1e-3, soil.theta_s * std::min(1.0, 1.1 * u(random)));
    const double cold = -std::exp(std::log(1.1e-4) + u(random) * std::log(7e5)), t = i % 3 ? cold : 30.0 * u(random);
    double liquid;
    const double enthalpy = soil_enthalpy_at(soil, freezing_k + t, water, liquid);
    const LayerHeat<double> back = layer_heat(soil, enthalpy, water);
    worst_t = std::max(worst_t, std::abs(back.t - t));
    worst_liquid = std::max(worst_liquid, std::abs(back.liquid - liquid));
    worst_heat = std::max(worst_heat, std::abs(soil_enthalpy(soil, back.t, back.liquid, water) - enthalpy));
  }
  EXPECT_LT(worst_t, 1e-9);  // K
  EXPECT_LT(worst_liquid, 1e-10);
  EXPECT_LT(worst_heat, 1e-6);  // J m-3 of 1e8: round-off
}

TEST(SoilEnthalpy, TemperatureDoesNotDependOnWhereTheSearchStarts) {
  const SoilHeat<double> soil = loam();
  for (double h = -2.6e8; h < 1e6; h += 7e6)
    for (const double water : {0.02, 0.2, 0.45}) {
      const LayerHeat<double> plain = layer_heat(soil, h, water);
      for (const double near : {-1.1e-3, -0.1, -5.0, -90.0, -300.0, 20.0, std::nan("")})
        EXPECT_NEAR(layer_heat(soil, h, water, near).t, plain.t, 1e-9) << h << " " << water << " " << near;
    }
}

TEST(SoilEnthalpy, SlopeIsTheDerivativeAndTemperatureNeverFallsWithEnthalpy) {
  const SoilHeat<double> soil = loam();
  double before = -1e9;
  for (double h = -2.6e8; h < 3e7; h += 1.3e5) {
    const LayerHeat<double> at = layer_heat(soil, h, 0.31), up = layer_heat(soil, h + 200.0, 0.31),
                            down = layer_heat(soil, h - 200.0, 0.31);
    EXPECT_GT(at.t, before);
    before = at.t;
    EXPECT_LE(at.liquid, 0.31);
    if (std::abs(h) < 1e6) continue;  // a kink where freezing begins
    EXPECT_NEAR((up.t - down.t) / 400.0 / at.slope, 1.0, 1e-4) << h;
  }
}

TEST(SoilEnthalpy, DrySoilAndTheLastWaterDoNotFreeze) {
  const SoilHeat<double> soil = loam();
  for (const double water : {0.0, 0.005, 0.01}) {
    const double capacity = soil_heat_capacity(soil, water, 0.0);
    const LayerHeat<double> s = layer_heat(soil, -20.0 * capacity, water);
    EXPECT_NEAR(s.t, -20.0, 1e-12);
    EXPECT_EQ(s.liquid, water);
    EXPECT_NEAR(s.slope * capacity, 1.0, 1e-12);
  }
  SoilHeat<double> sand = loam();  // its curve falls below the last water
  sand.inverse_b = 1.0 / 2.0;
  double liquid;
  const double h = soil_enthalpy_at(sand, freezing_k - 60.0, 0.3, liquid);
  EXPECT_EQ(liquid, least_unfrozen);
  EXPECT_NEAR(layer_heat(sand, h, 0.3).t, -60.0, 1e-10);
}

TEST(SoilEnthalpy, SharpFreezingHoldsZeroDegreesUntilAllIsIce) {
  SoilHeat<double> soil = loam();
  soil.sharp = true;
  const LayerHeat<double> half = layer_heat(soil, -0.15 * fusion_per_volume, 0.3);
  EXPECT_EQ(half.t, 0.0);
  EXPECT_EQ(half.slope, 0.0);
  EXPECT_NEAR(half.liquid, 0.15, 1e-15);
  double liquid;
  const double h = soil_enthalpy_at(soil, freezing_k - 7.0, 0.3, liquid);
  EXPECT_NEAR(layer_heat(soil, h, 0.3).t, -7.0, 1e-12);
}

TEST(SoilHeatStep, SteadyConductionIsALineInResistance) {
  SoilTestColumn<8> c(loam(), layer_thickness, 5.0, 0.3);
  for (int k = 0; k < 8; ++k) c.k[k] = 0.5 + 0.2 * k;
  c.bottom_flux = 0.05;
  for (int i = 0; i < 3000; ++i) c.fixed_surface(10.0, 30 * 86400.0);
  double expected = 10.0;
  for (int k = 0; k < 8; ++k) {  // 0.05 W m-2 upwards
    expected += 0.05 * (0.5 * layer_thickness[k] / c.k[k]);
    EXPECT_NEAR(c.state[k].t, expected, 1e-7);
    expected += 0.05 * (0.5 * layer_thickness[k] / c.k[k]);
  }
}

TEST(SoilHeatStep, EnthalpyChangesByTheFluxesThroughFreezingAndThaw) {
  SoilTestColumn<8> c(loam(), layer_thickness, 3.0, 0.3);
  c.bottom_flux = 0.05;
  double worst = 0.0, least = 1.0;
  for (int hour = 0; hour < 4000; ++hour) {
    const double before = c.heat();
    const double flux = -25.0 * std::sin(hour * 2e-3) + 60.0 * std::sin(hour * 0.2618);
    c.given_flux(flux, 3600.0);
    worst = std::max(worst, std::abs(c.heat() - before - (flux + 0.05) * 3600.0));
    least = std::min(least, c.state[2].liquid);
  }
  EXPECT_LT(worst, 1e-6);  // J m-2: round-off of 1e8
  EXPECT_LT(least, 0.1);
}

TEST(SoilHeatStep, CarriesHeatWithMovedWater) {
  SoilTestColumn<8> c(loam(), layer_thickness, 20.0, 0.2);
  WaterMoved<double, 8> moved;
  double taken[8] = {1e-4, 0, 2e-4, 0, 0, 1e-4, 0, 0}, after[8];
  for (int k = 0; k < 8; ++k) after[k] = c.water[k] + (k < 3 ? 0.15 : 0.0) - (k == 4 ? 0.01 : 0.0);
  water_moved<double, 8>(layer_thickness, c.water, after, taken, 0.045, moved);
  moved.surface_t = 5.0;
  double mass = 0.045;  // m; what drains is what is not stored
  for (int k = 0; k < 8; ++k) mass -= taken[k] + (after[k] - c.water[k]) * layer_thickness[k];
  EXPECT_NEAR(moved.into[8], mass, 1e-15);
  const double before = c.heat();
  std::copy(after, after + 8, c.water);
  const SoilHeatBudget<double> b = c.given_flux(0.0, 3600.0, &moved);
  EXPECT_NEAR(c.heat() - before, b.infiltrated - b.taken - b.drained, 1e-6);
  EXPECT_NEAR(b.infiltrated, 4.188e6 * 0.045 * 5.0, 1e-6);
  EXPECT_NEAR(b.drained, 4.188e6 * mass * c.state[7].t, 1e-6);
  for (int k = 0; k < 8; ++k) {  // a mixture, though several pore volumes passed the first layer
    EXPECT_GE(c.state[k].t, 5.0);
    EXPECT_LE(c.state[k].t, 20.0 + 1e-12);
  }
  EXPECT_LT(c.state[0].t, 10.0);
}

TEST(SoilHeatStep, RainFreezesIntoDeeplyFrozenSoil) {
  SoilTestColumn<8> c(loam(), layer_thickness, -15.0, 0.2);
  WaterMoved<double, 8> moved{};
  moved.into[0] = 0.001;
  moved.surface_t = 1.0;
  const double before = c.heat(), ice = c.water[0] - c.state[0].liquid;
  c.water[0] += 0.001 / layer_thickness[0];
  const SoilHeatBudget<double> b = c.given_flux(0.0, 3600.0, &moved);
  EXPECT_NEAR(c.heat() - before, b.infiltrated, 1e-6);
  EXPECT_GT(c.water[0] - c.state[0].liquid, ice + 0.03);
  EXPECT_GT(c.state[0].t, -14.0);
}

}  // namespace
}  // namespace tilth::physics
