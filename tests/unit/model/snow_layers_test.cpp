#include "model/snow_layers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "support/shared.hpp"

namespace tilth::physics {
namespace {

SnowLayers<double> snow_of(int layers, double swe, double t, double density) {
  SnowLayers<double> snow{};
  snow.layers = layers;
  snow.density = density;
  snow.albedo = 0.8;
  for (int j = 0; j < layers; ++j) {
    snow.ice[j] = swe / layers;
    snow.enthalpy[j] = ice_heat_capacity * t * snow.ice[j];
  }
  return snow;
}

SnowForcing<double> quiet() {
  SnowForcing<double> f{};
  f.dry_rate = 0.008;
  f.least_albedo = 0.6;
  return f;
}

/// Heat that entered by the account less the change of the snow's enthalpy, J m-2.
double energy_gap(const SnowLayers<double>& before, const SnowLayers<double>& after, const SnowForcing<double>& f,
                  const SnowBudget<double>& b) {
  const double in = (f.into[0] + f.melt - f.to_soil) * f.duration + b.rain_heat;
  return in - b.vapour_heat - fusion_heat * b.outflow - b.soil_heat - (snow_enthalpy(after) - snow_enthalpy(before));
}

void expect_melt(double swe, double t, double energy, double melt) {
  for (const int layers : {1, 3}) {
    SnowLayers<double> snow = snow_of(layers, swe, t, 250.0);
    SnowForcing<double> f = quiet();
    f.melt = energy / f.duration;
    double outflow = 0.0, liquid = 0.0, ice = 0.0;
    for (int hour = 0; hour < 40; ++hour) {  // heat of the top layer of three reaches the others as water that freezes
      const SnowLayers<double> before = snow;
      const SnowBudget<double> b = advance_snow(snow, f);
      EXPECT_NEAR(energy_gap(before, snow, f, b), 0.0, 1e-8);
      outflow += b.outflow;
      f.melt = 0.0;
    }
    for (int j = 0; j < layers; ++j) {
      liquid += snow.liquid[j];
      ice += snow.ice[j];
    }
    EXPECT_NEAR(swe - ice, melt, 1e-9) << layers;
    EXPECT_NEAR(outflow + liquid, melt, 1e-9) << layers;
  }
}

TEST(SnowLayers, MeltTakesTheHeatOfFusionAndOfWarming) { expect_melt(20.0, -5.0, 3e6, 8.355708720407552); }

TEST(SnowLayers, CoverAndMeltAreThoseOfTheReferenceFile) {
  TILTH_SHARED_OR_SKIP(reference, "model-ref/R18_snow.json");
  for (const auto& c : reference["scf"])
    EXPECT_NEAR(snow_cover(c["depth"].get<double>(), c["rho"].get<double>(), 1.6), c["scf"].get<double>(), 1e-9);
  const auto& m = reference["melt"];
  expect_melt(m["swe0"], m["T0"].get<double>() - freezing_k, m["energy_MJ"].get<double>() * 1e6, m["melt_mm"]);
}

/// A winter of random hours; snow on its own with fluxes drawn, not solved for.
struct Winter {
  double mass_gap = 0.0, energy_gap = 0.0, most = 0.0;
  int snowy_hours = 0;

  Winter(int seed, int layers) {
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> u(0.0, 1.0);
    SnowLayers<double> snow = snow_of(layers, 0.0, 0.0, 250.0);
    double in = 0.0, out = 0.0;
    for (int hour = 0; hour < 24 * 200; ++hour) {
      const double season = -std::sin(hour * 3.14159265 / (24 * 200)) * 14.0 + 6.0;
      const double t = season + 5.0 * std::sin(hour * 0.2618) + 4.0 * (u(random) - 0.5);
      const double rate = u(random) < 0.1 ? 2.0 * u(random) : 0.0;
      const double start = snow_enthalpy(snow), mass = snow_mass(snow);
      const double heat = snow_falls(snow, t < 1.0 ? rate : 0.0, t, 3.0 * u(random));
      EXPECT_NEAR(snow_enthalpy(snow) - start, heat, 1e-7);  // round-off of 1e7
      const SnowLayers<double> before = snow;
      SnowForcing<double> f = quiet();
      f.rain = t < 1.0 ? 0.0 : rate;
      f.rain_t = std::max(0.0, t);
      const bool snowy = snow_mass(snow) > 0.0;
      if (snowy) {
        f.sublimation = 0.1 * (u(random) - 0.3);
        for (int j = 0; j < layers; ++j) f.into[j] = 3.0 * (t + 20.0 * (u(random) - 0.5));
        f.to_soil = 4.0 * (u(random) - 0.6);
        f.melt = t > 0.0 ? 10.0 * t : 0.0;
      }
      const SnowBudget<double> b = advance_snow(snow, f);
      energy_gap = std::max(energy_gap, std::abs(physics_gap(before, snow, f, b)));
      const double falls = t < 1.0 ? rate : 0.0, step = f.rain + falls - b.outflow - b.sublimated;
      EXPECT_NEAR(snow_mass(snow) - mass, step, 1e-12 + 1e-14 * mass);
      in += f.rain + falls;
      out += b.outflow + b.sublimated;
      check(snow);
      most = std::max(most, snow_mass(snow));
      snowy_hours += snowy;
    }
    mass_gap = std::abs(in - out - snow_mass(snow));
  }
  static double physics_gap(const SnowLayers<double>& a, const SnowLayers<double>& b, const SnowForcing<double>& f,
                            const SnowBudget<double>& budget) {
    return physics::energy_gap(a, b, f, budget);
  }
  static void check(const SnowLayers<double>& snow) {
    for (int j = 0; j < snow.layers; ++j) {
      EXPECT_GE(snow.ice[j], 0.0);
      EXPECT_LE(snow.liquid[j], snow_liquid_capacity * snow.ice[j] + 1e-12);
      EXPECT_NEAR(snow.liquid[j], std::max(0.0, snow.enthalpy[j] / fusion_heat), 1e-10);
    }
    EXPECT_GE(snow.density, 50.0);
    EXPECT_LE(snow.density, 600.0);
    EXPECT_GE(snow.albedo, 0.6);
  }
};

TEST(SnowLayers, MassAndEnergyCloseThroughTenRandomWinters) {
  for (const int layers : {1, 3})
    for (int seed = 0; seed < 10; ++seed) {
      const Winter winter(seed, layers);
      EXPECT_LT(winter.mass_gap, 1e-9);
      EXPECT_LT(winter.energy_gap, 1e-6);  // J m-2 of 1e7: round-off
      EXPECT_GT(winter.most, 20.0);
      EXPECT_GT(winter.snowy_hours, 1000);
    }
}

TEST(SnowLayers, RegriddingKeepsMassAndEnthalpy) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> u(0.0, 1.0);
  for (int i = 0; i < 1000; ++i) {
    SnowLayers<double> snow = snow_of(3, 0.0, 0.0, 250.0);
    for (int j = 0; j < 3; ++j) {
      snow.ice[j] = std::exp(6.0 * u(random) - 2.0);
      snow.enthalpy[j] = snow.ice[j] * (u(random) < 0.5 ? -2e4 * u(random) : 1e4 * u(random));
      split_phases(snow, j, snow.ice[j]);
    }
    const double mass = snow_mass(snow), heat = snow_enthalpy(snow);
    regrid(snow);
    EXPECT_NEAR(snow_mass(snow), mass, 1e-12 * (1.0 + mass));
    EXPECT_NEAR(snow_enthalpy(snow), heat, 1e-7);  // round-off of 1e7
    const double first = snow.ice[0] + snow.liquid[0], second = snow.ice[1] + snow.liquid[1];
    EXPECT_NEAR(first, std::min(15.0, mass / 3.0), 1e-12);
    EXPECT_NEAR(second, std::min(45.0, 0.5 * (mass - first)), 1e-12);
  }
}

TEST(SnowLayers, ALayerKeepsItsTemperatureWhenBoundsMoveInsideIt) {
  SnowLayers<double> snow = snow_of(3, 90.0, -8.0, 250.0);
  snow.ice[0] += 12.0;
  snow.enthalpy[0] = ice_heat_capacity * -8.0 * snow.ice[0];
  regrid(snow);
  for (int j = 0; j < 3; ++j) EXPECT_NEAR(snow_temperature(snow, j), -8.0, 1e-12);
}

TEST(SnowLayers, WaterRefreezesOnItsWayDownThroughColdLayers) {
  SnowLayers<double> snow = snow_of(3, 90.0, -10.0, 250.0);
  SnowForcing<double> f = quiet();
  f.rain = 5.0;
  f.rain_t = 2.0;
  const SnowBudget<double> b = advance_snow(snow, f);
  EXPECT_EQ(b.outflow, 0.0);
  EXPECT_EQ(snow_temperature(snow, 0), 0.0);
  EXPECT_GT(snow_temperature(snow, 1), -10.0);
  EXPECT_NEAR(snow_mass(snow), 95.0, 1e-12);
}

TEST(SnowLayers, TheLastGramRunsOffAndTheSoilPaysForItsMelting) {
  for (const int layers : {1, 3}) {
    SnowLayers<double> snow = snow_of(layers, 9e-4, -6.0, 100.0);
    const double heat = snow_enthalpy(snow);
    const SnowBudget<double> b = advance_snow(snow, quiet());
    EXPECT_EQ(snow_mass(snow), 0.0);
    EXPECT_EQ(snow_enthalpy(snow), 0.0);
    EXPECT_NEAR(b.outflow, 9e-4, 1e-18);
    EXPECT_NEAR(b.soil_heat, heat - fusion_heat * 9e-4, 1e-10);
  }
}

TEST(SnowLayers, HeatBeyondTheLastIceGoesToTheSoil) {
  for (const int layers : {1, 3}) {
    SnowLayers<double> snow = snow_of(layers, 3.0, 0.0, 300.0);
    SnowForcing<double> f = quiet();
    f.melt = 500.0;
    const SnowBudget<double> b = advance_snow(snow, f);
    EXPECT_NEAR(b.outflow, 3.0, 1e-14);
    EXPECT_NEAR(b.soil_heat, 500.0 * 3600.0 - 3.0 * fusion_heat, 1e-8);
  }
}

TEST(SnowLayers, SublimationTakesNoMoreThanTheIceAndLeavesTemperatures) {
  SnowLayers<double> snow = snow_of(3, 30.0, -7.0, 200.0);
  SnowForcing<double> f = quiet();
  f.sublimation = 12.0;
  SnowBudget<double> b = advance_snow(snow, f);
  EXPECT_NEAR(b.sublimated, 12.0, 1e-14);
  for (int j = 0; j < 3; ++j) EXPECT_NEAR(snow_temperature(snow, j), -7.0, 1e-12);
  f.sublimation = 50.0;
  b = advance_snow(snow, f);
  EXPECT_NEAR(b.sublimated, 18.0, 1e-13);
  EXPECT_EQ(snow_mass(snow), 0.0);
}

TEST(SnowLayers, AgeingInHoursIsCloseToAgeingInDays) {
  SnowPack<double> pack{80.0, 0.0, 120.0, 0.9};
  double density = 120.0, dry = 0.9, wet = 0.9;
  for (int hour = 0; hour < 24; ++hour) {
    SnowPack<double> p{80.0, 0.0, density, 0.9};
    density = settled_density(p, -4.0, 3600.0);
    dry = aged_albedo(dry, 0.008, 0.6, false, 3600.0);
    wet = aged_albedo(wet, 0.008, 0.6, true, 3600.0);
  }
  const double grown = settled_density(pack, -4.0, 86400.0) - 120.0;
  EXPECT_NEAR(density - 120.0, grown, 0.25 * grown);
  EXPECT_NEAR(dry, aged_albedo(0.9, 0.008, 0.6, false, 86400.0), 1e-12);
  EXPECT_NEAR(wet - 0.6, 0.3 * std::pow(1.0 - 0.25 / 24.0, 24), 1e-12);
}

}  // namespace
}  // namespace tilth::physics
