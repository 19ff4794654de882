#include "model/canopy_radiation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "support/lanes.hpp"

namespace tilth::physics {
namespace {

const CanopyCover<double> broadleaf{3.0, 0.5, 0.75, 0.1, {0.10, 0.45}, {0.05, 0.25}, 0.0};
const GroundReflectance<double> bare_ground{{0.12, 0.24}, {0.9, 0.65}, 0.0};
const IncomingLight<double> noon{{280.0, 300.0}, {120.0, 80.0}};

double sum(const BandFluxes<double>& f) { return f.reflected + f.canopy + f.soil + f.snow; }

template <class F>
void for_many_canopies(const F& f) {
  for (const double lai : {0.0, 1e-9, 0.2, 3.0, 40.0})
    for (const double sai : {0.0, 0.6})
      for (const double snow : {0.0, 0.4, 1.0})
        for (const double chi_l : {-0.4, 0.01, 0.6})
          for (const double mu : {1e-5, 0.05, 0.5, 1.0}) {
            CanopyCover<double> c = broadleaf;
            c.leaf_area = lai, c.stem_area = sai, c.snow = snow, c.chi_l = chi_l;
            GroundReflectance<double> g = bare_ground;
            g.snow_cover = snow;
            f(c, canopy_radiation(mu, c, g, noon));
          }
}

TEST(CanopyRadiation, AddsUpToTheIncomingLight) {
  for_many_canopies([](const CanopyCover<double>&, const CanopyRadiation<double>& r) {
    EXPECT_NEAR(sum(r.vis) / 400.0, 1.0, 1e-14);
    EXPECT_NEAR(sum(r.nir) / 380.0, 1.0, 1e-14);
    for (const auto& band : {r.vis, r.nir})
      for (const double flux : {band.reflected, band.canopy, band.soil, band.snow}) EXPECT_GT(flux, -1e-10);
    EXPECT_NEAR(r.albedo.vis, r.vis.reflected / 400.0, 1e-15);
  });
}

TEST(CanopyRadiation, SunlitAndShadedLeavesAreAllLeaves) {
  for_many_canopies([](const CanopyCover<double>& c, const CanopyRadiation<double>& r) {
    EXPECT_NEAR(r.leaf_area_sun + r.leaf_area_shade, c.leaf_area, 1e-15 * c.leaf_area);
    EXPECT_GE(r.leaf_area_sun, 0.0);
    EXPECT_GE(r.leaf_area_shade, 0.0);
    EXPECT_GE(r.par_sun, 0.0);
    EXPECT_GE(r.par_shade, 0.0);
    EXPECT_NEAR(r.par_sun + r.par_shade, 4.57 * 400.0 * r.fapar, 1e-10);
    EXPECT_LE(r.par_sun + r.par_shade, 4.57 * r.vis.canopy + 1e-10);
  });
}

TEST(CanopyRadiation, LeavesAloneAbsorbAllTheCanopyDoes) {
  CanopyCover<double> c = broadleaf;
  c.stem_area = 0.0;
  const auto r = canopy_radiation(0.6, c, bare_ground, noon);
  EXPECT_NEAR(r.par_sun + r.par_shade, 4.57 * r.vis.canopy, 1e-10);
  const auto sun = canopy_geometry(0.6, 0.1);
  const auto light = canopy_light(sun, leaf_scattering(sun, 0.10, 0.05), 0.75 * 3.0, {280.0, 120.0, 0.12, 0.12});
  EXPECT_NEAR(r.vis.canopy, light.absorbed_canopy, 1e-11);
  EXPECT_NEAR(r.vis.soil, light.absorbed_ground, 1e-11);
  EXPECT_NEAR(r.par_sun, 4.57 * light.absorbed_sunlit, 1e-10);
}

TEST(CanopyRadiation, StemsOfTheOpticsOfLeavesTakeTheirShareOfArea) {
  CanopyCover<double> c = broadleaf;
  c.leaf_reflectance = stem_reflectance;
  c.leaf_transmittance = {stem_transmittance.vis, stem_transmittance.nir};
  c.leaf_area = 3.0, c.stem_area = 1.0;
  const auto r = canopy_radiation(0.6, c, bare_ground, noon);
  EXPECT_NEAR(r.par_sun + r.par_shade, 0.75 * 4.57 * r.vis.canopy, 1e-10);
}

TEST(CanopyRadiation, SunlitAreaFollowsTheBeam) {
  const double K = canopy_geometry(0.6, 0.1).K * 0.75, stems = 3.5;  // per leaf and stem area
  const auto r = canopy_radiation(0.6, broadleaf, bare_ground, noon);
  EXPECT_NEAR(r.leaf_area_sun, 3.0 / 3.5 * (1.0 - std::exp(-K * stems)) / K, 1e-13);
  EXPECT_NEAR(r.beam, std::exp(-K * stems), 1e-15);
}

TEST(CanopyRadiation, DiffuseLightServesBothClassesByTheirPlace) {
  const IncomingLight<double> overcast{{0.0, 0.0}, {100.0, 100.0}};
  const auto r = canopy_radiation(0.6, broadleaf, bare_ground, overcast);
  EXPECT_GT(r.par_sun / r.leaf_area_sun, r.par_shade / r.leaf_area_shade);  // sunlit leaves are higher up
  EXPECT_GT(r.par_shade, 0.0);
}

TEST(CanopyRadiation, SnowOnLeavesBrightensAndTakesTheirLight) {
  CanopyCover<double> white = broadleaf;
  white.snow = 1.0;
  const auto dark = canopy_radiation(0.5, broadleaf, bare_ground, noon);
  const auto r = canopy_radiation(0.5, white, bare_ground, noon);
  EXPECT_GT(r.albedo.vis, dark.albedo.vis + 0.2);
  EXPECT_EQ(r.par_sun + r.par_shade, 0.0);
}

TEST(CanopyRadiation, GroundWithoutLeavesReflectsAsSoilAndSnowDo) {
  CanopyCover<double> none = broadleaf;
  none.leaf_area = none.stem_area = 0.0;
  GroundReflectance<double> patchy = bare_ground;
  patchy.snow_cover = 0.3;
  const auto r = canopy_radiation(0.5, none, patchy, noon);
  EXPECT_NEAR(r.albedo.vis, 0.7 * 0.12 + 0.3 * 0.9, 1e-14);
  EXPECT_NEAR(r.vis.soil, 400.0 * 0.7 * 0.88, 1e-10);
  EXPECT_NEAR(r.nir.snow, 380.0 * 0.3 * 0.35, 1e-10);
  EXPECT_NEAR(r.vis.canopy, 0.0, 1e-10);
}

TEST(CanopyRadiation, NightLeavesAllInTheShade) {
  for (const double mu : {0.0, -0.3, std::nan("")}) {
    const auto r = canopy_radiation(mu, broadleaf, bare_ground, noon);
    EXPECT_EQ(r.leaf_area_shade, 3.0);
    EXPECT_EQ(r.leaf_area_sun, 0.0);
    EXPECT_EQ(sum(r.vis) + sum(r.nir) + r.par_sun + r.par_shade, 0.0);
  }
}

TEST(SoilReflectance, HalvesWhenWetAndStaysBelowOne) {
  const Bands<double> dry{0.2, 0.4};
  EXPECT_EQ(soil_reflectance(dry, 1.0, 0.0).vis, 0.2);
  EXPECT_NEAR(soil_reflectance(dry, 1.0, 1.0).nir, 0.2 * (1.0 + std::exp(-4.0)), 1e-15);
  EXPECT_EQ(soil_reflectance(dry, 5.0, 0.0).nir, largest_soil_reflectance);
}

TEST(CanopyRadiation, GivesAPackTheBitsOfItsMembers) {
  const auto f = [](const auto* in, auto* out) {
    using T = std::remove_cvref_t<decltype(in[0])>;
    const CanopyCover<T> c{in[0], in[1], in[2], in[3], {in[4], 0.5 * in[2]}, {0.05, 0.2}, in[5]};
    const GroundReflectance<T> g{soil_reflectance({0.1, 0.2}, in[2], in[6]), {in[2], in[6]}, in[5]};
    const auto r = canopy_radiation(0.37, c, g, IncomingLight<T>{{in[7], in[8]}, {in[8], in[7]}});
    out[0] = r.vis.reflected, out[1] = r.vis.canopy, out[2] = r.nir.soil, out[3] = r.nir.snow;
    out[4] = r.par_sun, out[5] = r.par_shade, out[6] = r.leaf_area_sun, out[7] = r.fapar;
  };
  test::expect_lanes_equal_scalars<9, 8>(f, {{3.0, 0.5, 0.75, 0.1, 0.1, 0.0, 0.3, 280.0, 120.0},
                                             {0.0, 0.0, 0.4, 0.0, 0.03, 1.0, 1.0, 0.0, 0.0},
                                             {12.0, 2.0, 1.0, -0.4, 0.2, 0.3, 0.0, 500.0, 20.0}});
}

}  // namespace
}  // namespace tilth::physics
