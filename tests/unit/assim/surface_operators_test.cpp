#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "assim/operators/soil.hpp"
#include "core/obs/obs_table.hpp"
#include "core/physics/fluorescence.hpp"
#include "core/physics/microwave.hpp"
#include "support/shared.hpp"
#include "unit/assim/test_column.hpp"

namespace tilth::test {
namespace {

constexpr int deciduous = 7, grass = 10, bare = 0;

TEST(LandSurfaceTemperature, OfOneTemperatureIsThatTemperature) {
  TestColumn column({{deciduous, 0.7}, {bare, 0.3}}, 2);
  column.set("canopy_temperature", 297.0), column.set("ground_temperature", 297.0);
  column.set("leaf_area_index", 1.3, 0);
  EXPECT_NEAR(column.predict(*observation_operator("land_surface_temperature"))[0], 297.0, 1e-10);
}

TEST(LandSurfaceTemperature, MixesLeavesAndGroundByTheAngleOfView) {
  TestColumn column({{grass, 1.0}}, 2);
  column.set("canopy_temperature", 300.0), column.set("ground_temperature", 320.0), column.set("leaf_area_index", 1.0);
  const auto expected = [](double angle) {
    const double leaves = 1.0 - std::exp(-0.5 / std::cos(angle * std::numbers::pi / 180.0));
    const double a = 0.98 * leaves, b = 0.96 * (1.0 - leaves);
    return std::pow((a * std::pow(300.0, 4) + b * std::pow(320.0, 4)) / (a + b), 0.25);
  };
  const auto h = observation_operator("land_surface_temperature");
  EXPECT_NEAR(column.predict(*h)[0], expected(0.0), 1e-10);
  EXPECT_NEAR(column.predict(*observation_operator("land_surface_temperature", "{view_zenith_deg: 40}"))[0],
              expected(40.0), 1e-10);
  column.look.view_zenith_deg = -55.0;  // its own angle counts, either side
  EXPECT_NEAR(column.predict(*h)[0], expected(55.0), 1e-10);
  const auto too_bright = observation_operator("land_surface_temperature", "{emissivity: 0.92}");
  EXPECT_GT(column.predict(*too_bright)[0], expected(55.0) + 0.5);
}

TEST(LandSurfaceTemperature, IsBetterKnownByNight) {
  EXPECT_EQ(observation_operator("land_surface_temperature", "{overpass_local_time: 1.5}")->traits().error_absolute,
            1.5);
  EXPECT_EQ(observation_operator("land_surface_temperature", "{overpass_local_time: 13.5}")->traits().error_absolute,
            2.0);
}

/// Moist unfrozen grass of known optical depth.
TestColumn radiating() {
  TestColumn column({{grass, 1.0}}, 2);
  column.set("soil_moisture", 0.25);
  column.set("soil_temperature", 288.0), column.set("canopy_temperature", 291.0);
  column.set("leaf_area_index", 2.0), column.set("carbon_wood", 0.0), column.set("water_stress_memory", 1.0);
  return column;
}

TEST(BrightnessTemperature, IsTauOmegaOverRoughSoil) {
  TestColumn column = radiating();
  const double mu = std::cos(40.0 * std::numbers::pi / 180.0);
  const auto r =
      physics::fresnel(physics::soil_permittivity(physics::soil_dielectric(20.0, physics::l_band_hz), 0.25), mu);
  const auto expected = [&](double reflectivity) {
    return physics::brightness_temperature<double>({reflectivity, 0.16, 0.12, 0.05, 288.0, 291.0}, mu);
  };
  EXPECT_NEAR(column.predict(*observation_operator("brightness_temperature"))[1], expected(r.horizontal), 1e-10);
  EXPECT_NEAR(column.predict(*observation_operator("brightness_temperature", "{polarisation: V}"))[1],
              expected(r.vertical), 1e-10);
  column.set_parameter("vod_coefficient", 0.0), column.set_parameter("roughness_h", 0.0);
  EXPECT_NEAR(column.predict(*observation_operator("brightness_temperature"))[1], 288.0 * (1.0 - r.horizontal), 1e-10);
}

TEST(BrightnessTemperature, TakesTheAngleOfTheObservation) {
  TestColumn column = radiating();
  column.look.view_zenith_deg = 52.5;
  const double own = column.predict(*observation_operator("brightness_temperature"))[0];
  column.look.view_zenith_deg = std::nan("");
  EXPECT_EQ(column.predict(*observation_operator("brightness_temperature", "{incidence_deg: 52.5}"))[0], own);
  EXPECT_NE(column.predict(*observation_operator("brightness_temperature"))[0], own);
}

TEST(BrightnessTemperature, RisesWhenTheSoilDriesOrFreezes) {
  TestColumn column = radiating();
  const auto h = observation_operator("brightness_temperature");
  const double wet = column.predict(*h)[0];
  column.set("soil_moisture", 0.08);
  EXPECT_GT(column.predict(*h)[0], wet + 20.0);
  column.set("soil_moisture", 0.25), column.set("soil_temperature", 262.0), column.set("canopy_temperature", 262.0);
  EXPECT_GT(column.predict(*h)[0] / 262.0, wet / 288.0 + 0.05);  // emissivity
}

TEST(BrightnessTemperature, FlagsWetSnowAndSeesThroughDrySnow) {
  TestColumn column = radiating();
  const auto h = observation_operator("brightness_temperature");
  const double without = column.predict(*h)[0];
  std::uint32_t flag = 1;
  column.set("snow_ice", 80.0);
  EXPECT_EQ(column.predict(*h, &flag)[0], without);
  EXPECT_EQ(flag, 0u);
  column.set("snow_liquid", 2.0);
  column.predict(*h, &flag);
  EXPECT_EQ(flag, std::uint32_t(qc_snow));
}

TEST(OpticalDepth, IsWaterTimesCoefficientAndSharedWithBrightness) {
  TestColumn column({{deciduous, 0.5}, {bare, 0.5}}, 2);
  column.set("leaf_area_index", 4.0), column.set("carbon_wood", 10000.0), column.set("water_stress_memory", 1.0);
  const double water = 0.5 * 4.0 + 0.45 * 7.0;
  EXPECT_NEAR(column.predict(*observation_operator("vod"))[0], 0.5 * 0.12 * water, 1e-14);  // none over bare ground
  column.set_parameter("vod_coefficient", 0.2);
  EXPECT_NEAR(column.predict(*observation_operator("vod"))[0], 0.5 * 0.2 * water, 1e-14);
  const double l = 0.2 * water;
  EXPECT_NEAR(column.predict(*observation_operator("vod", "{band: C}"))[0], 0.65 * (1.0 - std::exp(-2.0 * l / 1.3)),
              1e-14);
  EXPECT_NEAR(column.predict(*observation_operator("vod", "{band: X}"))[0], 0.6 * (1.0 - std::exp(-3.0 * l / 1.2)),
              1e-14);
}

TEST(SoilWater, FreezesAlongTheCurveOfRetention) {
  Surface surface;
  const Retention soil(surface);
  EXPECT_NEAR(soil.entry_m, 0.01 * std::pow(10.0, 1.88 - 0.0131 * 40.0), 1e-14);
  EXPECT_EQ(liquid_fraction(soil, 280.0, 0.3), 1.0);
  double previous = 1.0;
  for (const double kelvin : {273.1, 272.15, 268.15, 253.15}) {
    const double expected =
        soil.pores * std::pow(3.337e5 / 9.80665 * (273.15 - kelvin) / kelvin / soil.entry_m, -1.0 / soil.exponent) /
        0.3;
    EXPECT_NEAR(liquid_fraction(soil, kelvin, 0.3), std::min(1.0, expected), 1e-12);
    EXPECT_LE(liquid_fraction(soil, kelvin, 0.3), previous);
    previous = liquid_fraction(soil, kelvin, 0.3);
  }
  EXPECT_LT(previous, 0.4);
}

TEST(RootZone, AveragesTheUpperMetreOrDownToBedrock) {
  TestColumn column({{grass, 1.0}}, 2);
  const int row = column.layout.row("soil_moisture");
  for (int l = 0; l < soil_layers; ++l)
    for (int k = 0; k < padded(2); ++k) column.view().row(0, row + l)[k] = 0.1 + 0.05 * l;
  const double upper = 0.02 * 0.1 + 0.05 * 0.15 + 0.08 * 0.2 + 0.15 * 0.25;  // to 0.30 m
  EXPECT_NEAR(column.predict(*observation_operator("root_zone_soil_moisture"))[0], upper + 0.30 * 0.3 + 0.40 * 0.35,
              1e-14);
  EXPECT_NEAR(column.predict(*observation_operator("root_zone_soil_moisture", "{depth_m: 0.3}"))[0], upper / 0.3,
              1e-14);
  const auto probe = observation_operator("root_zone_soil_moisture", "{top_m: 0.1, depth_m: 0.2}");
  EXPECT_NEAR(column.predict(*probe)[0], 0.5 * 0.2 + 0.5 * 0.25, 1e-14);  // 5 cm of each layer
  EXPECT_NEAR(probe->traits().level, 0.15, 1e-15);
  column.point.surface.soil_depth_m = 0.6;
  EXPECT_NEAR(column.predict(*observation_operator("root_zone_soil_moisture"))[0], (upper + 0.30 * 0.3) / 0.6, 1e-14);
}

TEST(Biomass, IsDryMassPerHectare) {
  TestColumn column({{deciduous, 0.5}, {grass, 0.5}}, 2);
  column.set("carbon_wood", 9400.0, 0), column.set("carbon_leaf", 94.0);
  // 0.75 * 9.4 + 0.094 kg m-2 of carbon, 0.47 of dry mass, 10 Mg ha-1 per kg m-2
  EXPECT_NEAR(column.predict(*observation_operator("above_ground_biomass"))[0], 0.5 * 150.0 + 2.0, 1e-12);
  EXPECT_NEAR(column.predict(*observation_operator("above_ground_biomass", "{leaves: false}"))[0], 75.0, 1e-12);
}

TEST(Storage, AddsUpAllWaterOverItsMean) {
  TestColumn column({{deciduous, 0.5}, {grass, 0.5}}, 2);
  column.set("soil_water", 800.0), column.set("snow_ice", 30.0, 0), column.set("snow_liquid", 2.0, 0);
  column.set("canopy_water", 1.0), column.set("pond", 4.0, 1);
  EXPECT_NEAR(column.predict(*observation_operator("terrestrial_water_storage"))[0], 819.0, 1e-12);
  EXPECT_NEAR(column.predict(*observation_operator("terrestrial_water_storage", "{mean: 700}"))[0], 119.0, 1e-12);
  EXPECT_NEAR(column.predict(*observation_operator("snow_water_equivalent"))[0], 16.0, 1e-13);
}

TEST(TowerFlux, WeighsTilesByItsFootprint) {
  TestColumn column({{deciduous, 0.7}, {grass, 0.3}}, 2);
  column.set("gpp", 8.0, 0), column.set("gpp", 3.0, 1);
  const auto value = [&](const std::string& options, std::uint32_t* flag = nullptr) {
    return column.predict(*observation_operator("gpp", options), flag)[0];
  };
  EXPECT_NEAR(value("{}"), 6.5, 1e-14);
  EXPECT_EQ(value("{footprint: dominant}"), 8.0);
  EXPECT_EQ(value("{footprint: types, types: [GR3], weights: [1]}"), 3.0);
  EXPECT_NEAR(value("{footprint: types, types: [GR3, DBS], weights: [3, 1]}"), (3.0 * 3.0 + 8.0) / 4.0, 1e-14);
  std::uint32_t flag = 0;
  EXPECT_NEAR(value("{footprint: types, types: [EBT], weights: [1]}", &flag), 6.5, 1e-14);
  EXPECT_EQ(flag, std::uint32_t(qc_no_prediction));
  EXPECT_THROW(value("{footprint: types}"), Error);
  EXPECT_THROW(value("{types: [GR3], weights: [1]}"), Error);
  EXPECT_THROW(value("{footprint: types, types: [GR3], weights: [1, 2]}"), Error);
  EXPECT_THROW(value("{footprint: types, types: [GRX], weights: [1]}"), Error);
}

TEST(TowerFlux, SeesTheStepWithinTheDay) {
  TestColumn column({{grass, 1.0}}, 2);
  for (const char* name : {"gpp", "nee", "latent_heat_flux", "sensible_heat_flux"}) {
    column.set(name, 2.0), column.set(std::string("step_") + name, 9.0);
    const auto h = observation_operator(name);
    column.look.whole_day = true;
    EXPECT_EQ(column.predict(*h)[0], 2.0) << name;
    column.look.whole_day = false;
    EXPECT_EQ(column.predict(*h)[0], 9.0) << name;
  }
  column.set("autotrophic_respiration", 1.0), column.set("heterotrophic_respiration", 2.0);
  column.set("step_autotrophic_respiration", 5.0), column.set("step_heterotrophic_respiration", 7.0);
  EXPECT_EQ(column.predict(*observation_operator("reco"))[0], 12.0);
  column.look.whole_day = true;
  EXPECT_EQ(column.predict(*observation_operator("reco"))[0], 3.0);
}

TEST(TowerFlux, TakesTheWantedPartOfTheDayOnly) {
  TestColumn column({{grass, 1.0}}, 2);
  std::uint32_t day = 0, night = 0;
  const auto by_day = observation_operator("nee", "{daylight: day}"),
             by_night = observation_operator("nee", "{daylight: night}");
  column.look = {time_of(2020, 6, 20, 43200), false, std::nan(""), true};  // noon at 0 E 0 N
  column.predict(*by_day, &day), column.predict(*by_night, &night);
  EXPECT_EQ(day, 0u);
  EXPECT_EQ(night, std::uint32_t(qc_daylight));
  column.look.at = time_of(2020, 6, 20, 3600);
  column.predict(*by_day, &day), column.predict(*by_night, &night);
  EXPECT_EQ(day, std::uint32_t(qc_daylight));
  EXPECT_EQ(night, 0u);
  column.look = {};  // a mean of the day
  column.predict(*by_day, &day), column.predict(*by_night, &night);
  EXPECT_EQ(day | night, 0u);
}

TEST(FluorescenceYield, AgreesWithReferenceCases) {
  TILTH_SHARED_OR_SKIP(reference, "model-ref/R17_sif_yield.json");
  ASSERT_EQ(reference["cases"].size(), 8u);
  for (const auto& c : reference["cases"]) {
    const double yield = physics::fluorescence_yield<double>(c["J_over_Jpot"], c["Tc"], 6.2473);
    EXPECT_NEAR(yield, double(c["phiF"]), 1e-9 * double(c["phiF"]));
  }
}

TEST(FluorescenceYield, OfUnstressedLeavesIsTheClosedForm) {  // no quenching: kn is 0
  const double kd = 0.03 * 25.0 + 0.0773;
  EXPECT_NEAR(physics::fluorescence_yield(1.0, 25.0, 6.2473), 0.05 / (0.05 + kd) * (1.0 - 4.0 / (4.05 + kd)), 1e-15);
}

}  // namespace
}  // namespace tilth::test
