#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "assim/operators/reflectance.hpp"
#include "assim/operators/soil.hpp"
#include "core/obs/obs_table.hpp"
#include "core/physics/two_stream.hpp"
#include "unit/assim/test_column.hpp"

namespace tilth::test {
namespace {

constexpr int deciduous = 7, grass = 10, bare = 0;

TEST(Fluxes, AreWeightedByTileFraction) {
  TestColumn column({{bare, 0.25}, {grass, 0.75}}, 3);
  for (const char* name : {"gpp", "nee", "latent_heat_flux"}) {
    column.set(name, -2.0, 0);
    column.set(name, 6.0, 1);
    EXPECT_EQ(column.predict(*observation_operator(name))[2], 4.0) << name;
  }
  EXPECT_NEAR(column.predict(*observation_operator("latent_heat_flux", "{closure_factor: 1.25}"))[0], 3.2, 1e-15);
}

TEST(Fluxes, HalfHoursMayReachWhatIsASpikeInADay) {
  const auto gpp = observation_operator("gpp");
  const Time noon = time_of(2018, 7, 1) + 12 * 3600;
  EXPECT_TRUE(gpp->traits().plausible(60.0, noon, noon + 1800));
  EXPECT_FALSE(gpp->traits().plausible(60.0, midnight(noon), midnight(noon) + seconds_per_day));
  EXPECT_FALSE(gpp->traits().plausible(60.0, midnight(noon), midnight(noon) + 7 * seconds_per_day));
  EXPECT_FALSE(gpp->traits().plausible(std::nan(""), noon, noon + 1800));
}

TEST(LeafArea, IsTrueOrEffective) {
  TestColumn column({{deciduous, 0.5}, {grass, 0.5}}, 2);
  column.set("leaf_area_index", 4.0, 0);
  column.set("leaf_area_index", 2.0, 1);
  EXPECT_EQ(column.predict(*observation_operator("lai"))[0], 3.0);
  const auto effective = observation_operator("lai", "{product: effective}");
  EXPECT_NEAR(column.predict(*effective)[0], 0.5 * 0.75 * 4.0 + 0.5 * 0.85 * 2.0, 1e-15);  // clumping of the types
  column.set_parameter("clumping", 0.6);
  EXPECT_NEAR(column.predict(*effective)[0], 1.8, 1e-15);
}

TEST(SurfaceSoilMoisture, WeighsLayersByTheSensingDepth) {
  TestColumn column({{grass, 1.0}}, 2);
  const int row = column.layout.row("soil_moisture");
  double expected = 0.0, top = 0.0;
  for (int l = 0; l < soil_layers; ++l) {
    const double theta = 0.1 + 0.03 * l, bottom = top + soil_layer_m[l];
    for (int k = 0; k < padded(2); ++k) column.view().row(0, row + l)[k] = theta;
    expected += theta * (std::exp(-top / 0.05) - std::exp(-bottom / 0.05));
    top = bottom;
  }
  EXPECT_NEAR(top, 4.0, 1e-12);
  EXPECT_NEAR(column.predict(*observation_operator("surface_soil_moisture"))[1], expected, 1e-14);
  const auto rescaled = observation_operator("surface_soil_moisture", "{gain: 1.2, offset: -0.02}");
  EXPECT_NEAR(column.predict(*rescaled)[1], 1.2 * expected - 0.02, 1e-14);
}

TEST(SurfaceSoilMoisture, FlagsSnowFrostAndDenseCanopyByMajority) {
  const auto h = observation_operator("surface_soil_moisture");
  TestColumn column({{grass, 1.0}}, 4);
  column.set("soil_temperature", 280.0);
  std::uint32_t flag = 0;
  column.predict(*h, &flag);
  EXPECT_EQ(flag, 0u);
  for (const int k : {0, 1}) {
    column.set_member("snow_ice", k, 0.8);
    column.set_member("snow_liquid", k, 0.4);
    column.set_member("soil_temperature", k, 270.0);
    column.set_member("leaf_area_index", k, 6.5);
  }
  column.predict(*h, &flag);
  EXPECT_EQ(flag, 0u);  // two of four are no majority
  column.set_member("snow_ice", 2, 5.0);
  column.predict(*h, &flag);
  EXPECT_EQ(flag, qc_snow);
  column.set_member("soil_temperature", 2, 270.0);
  column.set_member("leaf_area_index", 2, 6.5);
  column.predict(*h, &flag);
  EXPECT_EQ(flag, std::uint32_t(qc_snow | qc_frozen | qc_dense_vegetation));
}

TEST(SurfaceSoilMoisture, WeighsFlagsByTileFraction) {
  TestColumn column({{deciduous, 0.4}, {grass, 0.6}}, 4);
  column.set("soil_temperature", 280.0);
  column.set("leaf_area_index", 7.0, 0);
  std::uint32_t flag = 0;
  const auto h = observation_operator("surface_soil_moisture");
  column.predict(*h, &flag);
  EXPECT_EQ(flag, 0u);
  column.point.surface.tiles = {{deciduous, 0.6}, {grass, 0.4}};
  column.predict(*h, &flag);
  EXPECT_EQ(flag, std::uint32_t(qc_dense_vegetation));
}

TEST(CanopyProducts, FlagSnow) {
  TestColumn column({{grass, 1.0}}, 3);
  column.set("snow_cover_fraction", 0.5);
  for (const char* name : {"ndvi", "nirv", "sif", "lai", "fapar"}) {
    std::uint32_t flag = 0;
    column.predict(*observation_operator(name), &flag);
    EXPECT_EQ(flag, std::uint32_t(qc_snow)) << name;
    column.predict(*observation_operator(name, "{snow_cover_limit: 0.6}"), &flag);
    EXPECT_EQ(flag, 0u) << name;
  }
}

/// Reflectance of a grass canopy by the equations themselves.
double grass_reflectance(double leaf, double through, double ground, double area, double diffuse) {
  const double mu = std::cos(40.0 * std::numbers::pi / 180.0);
  const auto sun = physics::canopy_geometry(mu, -0.3);
  const auto leaves = physics::leaf_scattering(sun, leaf, through);
  return physics::canopy_light(sun, leaves, 0.85 * area, {1.0 - diffuse, diffuse, ground, ground}).albedo;
}

TEST(Ndvi, MixesReflectancesBeforeFormingTheIndex) {
  TestColumn column({{bare, 0.4}, {grass, 0.6}}, 2);
  column.set("leaf_area_index", 3.0, 1);  // soil is dry: reflectances 0.20 and 0.32
  const double red = 0.4 * 0.20 + 0.6 * grass_reflectance(0.85 * 0.11, 0.85 * 0.07, 0.20, 3.0, 0.2);
  const double nir = 0.4 * 0.32 + 0.6 * grass_reflectance(1.04 * 0.50, 1.04 * 0.28, 0.32, 3.0, 0.1);
  EXPECT_NEAR(column.predict(*observation_operator("ndvi"))[1], (nir - red) / (nir + red), 1e-14);
  column.set_parameter("ndvi_gain", 1.1);
  column.set_parameter("ndvi_offset", -0.02);
  EXPECT_NEAR(column.predict(*observation_operator("ndvi"))[1], 1.1 * (nir - red) / (nir + red) - 0.02, 1e-14);
}

TEST(Ndvi, OfBareSoilIsTheSoils) {
  TestColumn column({{bare, 1.0}}, 2);
  EXPECT_NEAR(column.predict(*observation_operator("ndvi"))[0], 0.12 / 0.52, 1e-14);
  column.set("snow_cover_fraction", 1.0);
  EXPECT_NEAR(column.predict(*observation_operator("ndvi"))[0], -0.20 / 1.50, 1e-14);
}

TEST(Ndvi, RisesWithLeafAreaOverSoil) {
  TestColumn column({{deciduous, 1.0}}, 2);
  const auto h = observation_operator("ndvi");
  double previous = -1.0;
  for (const double area : {0.0, 0.2, 0.5, 1.0, 2.0, 4.0, 7.0}) {
    column.set("leaf_area_index", area);
    const double index = column.predict(*h)[0];
    EXPECT_GT(index, previous) << area;
    previous = index;
  }
  EXPECT_GT(previous, 0.8);
  EXPECT_LT(previous, 0.97);
}

TEST(TileReflectance, DarkensWetSoilToHalf) {
  TestColumn column({{bare, 1.0}}, 2);
  const auto h = observation_operator("nirv");  // its traits; the reflectance itself is asked for
  const auto red = [&] {
    std::vector<const double*> none;
    const ObservedColumn seen = column.seen(*h, none);
    const RowsRead rows(seen.layout, h->traits());
    return TileReflectance({}, seen).of(MemberView<double>(seen, h->traits(), rows, nullptr, 0), 0).red;
  };
  EXPECT_NEAR(red(), 0.20, 1e-15);
  column.set("soil_moisture", porosity(column.point.surface));
  EXPECT_NEAR(red(), 0.10, 0.003);
}

TEST(Sif, IsTheProductOfItsFactors) {
  TestColumn column({{bare, 0.5}, {grass, 0.5}}, 2);
  column.set("leaf_area_index", 3.0);
  column.set("apar", 43.2, 1);  // 500 umol m-2 s-1
  column.set("apar", 99.0, 0);  // bare ground does not fluoresce
  column.set("fapar", 0.8, 1);
  column.set("sif_yield", 0.012);
  const double red = grass_reflectance(0.85 * 0.11, 0.85 * 0.07, 0.20, 3.0, 0.2);
  const double nir = grass_reflectance(1.04 * 0.50, 1.04 * 0.28, 0.32, 3.0, 0.1);
  const double escape = (nir - red) / (nir + red) * nir / 0.8;
  const double expected = 0.5 * 500.0 * 0.012 * 0.010 * 0.1617 * escape / std::numbers::pi * 1e3;
  EXPECT_NEAR(column.predict(*observation_operator("sif"))[0], expected, 1e-13);
  EXPECT_NEAR(column.predict(*observation_operator("sif", "{overpass_factor: 2.5}"))[0], 2.5 * expected, 1e-13);
  column.set_parameter("sif_scale", 0.02);
  EXPECT_NEAR(column.predict(*observation_operator("sif"))[0], 2.0 * expected, 1e-13);
  EXPECT_NEAR(1000.0 * 0.012 * 0.010 * 0.1617 * 0.5 / std::numbers::pi * 1e3, 3.1,
              0.02);  // anchor: APAR 1000, f_esc 0.5
}

TEST(Sif, IsZeroInTheDark) {
  TestColumn column({{grass, 1.0}}, 2);
  EXPECT_EQ(column.predict(*observation_operator("sif"))[0], 0.0);
}

TEST(Operators, RefuseUnknownAndImpossibleOptions) {
  EXPECT_THROW(observation_operator("surface_soil_moisture", "{sensing_depth_m: -1}"), Error);
  EXPECT_THROW(observation_operator("lai", "{product: green}"), Error);
}

TEST(Operators, NameAVariableTheModelLacks) {
  TestColumn column({{grass, 1.0}}, 2);
  column.layout = StateLayout({column.layout.variable("gpp")});
  EXPECT_THROW(column.predict(*observation_operator("nee")), Error);
}

}  // namespace
}  // namespace tilth::test
