#include <gtest/gtest.h>

#include <numeric>

#include "model/forcing/climate_envelope.hpp"
#include "model/forcing/exposure.hpp"

namespace tilth {
namespace {

double share(const Surface& surface, std::initializer_list<const char*> types) {
  double sum = 0.0;
  for (const Tile& tile : surface.tiles)
    for (const char* type : types)
      if (pft_names[tile.pft] == type) sum += tile.fraction;
  return sum;
}

Surface at(double lon, double lat, double elevation_m) { return surface_of(Climate(lon, lat, elevation_m)); }

TEST(ClimateEnvelope, KnownPlacesBearTheirVegetation) {
  EXPECT_GT(share(at(-63.0, -4.0, 60.0), {"EBT"}), 0.7);                        // Amazon
  EXPECT_GT(share(at(114.0, 1.0, 200.0), {"EBT"}), 0.7);                        // Borneo
  EXPECT_GT(share(at(129.0, 62.0, 150.0), {"DNB"}), 0.6);                       // Yakutia: larch
  EXPECT_GT(share(at(75.0, 60.0, 80.0), {"ENB", "DNB"}), 0.6);                  // western Siberia
  EXPECT_GT(share(at(-74.0, 51.0, 400.0), {"ENB"}), 0.5);                       // Quebec
  EXPECT_GT(share(at(10.0, 23.0, 500.0), {"BAR"}), 0.9);                        // Sahara
  EXPECT_GT(share(at(-99.0, 38.5, 600.0), {"GR3", "GR4", "CR3", "CR4"}), 0.8);  // Great Plains
  EXPECT_GT(share(at(68.0, 49.0, 300.0), {"GR3", "GR4", "CR3", "CR4"}), 0.8);   // Kazakh steppe
  EXPECT_GT(share(at(100.0, 73.0, 50.0), {"TUN"}), 0.5);                        // Taymyr
  EXPECT_GT(share(at(0.0, 14.0, 250.0), {"GR4", "SHR"}), 0.7);                  // Sahel
  EXPECT_GT(share(at(28.0, -13.0, 1200.0), {"DBT"}), 0.4);                      // Miombo
  EXPECT_GT(share(at(-80.0, 39.0, 400.0), {"DBS", "ENT"}), 0.5);                // Appalachia
  EXPECT_GT(share(at(-117.0, 34.0, 300.0), {"SHR"}), 0.3);                      // southern California
  EXPECT_GT(share(at(-40.0, 72.0, 2800.0), {"BAR"}), 0.99);                     // Greenland
}

TEST(ClimateEnvelope, AllTypesOccurAndSurfacesArePossibleEverywhereOnLand) {
  std::array<double, pft_count> found{};
  for (double lat = -55.0; lat <= 82.0; lat += 2.5)
    for (double lon = -180.0; lon < 180.0; lon += 2.5) {
      if (land_share(lon, lat) < 0.5) continue;
      const Surface s = at(lon, lat, 200.0);
      ASSERT_FALSE(s.tiles.empty());
      ASSERT_LE(int(s.tiles.size()), max_tiles);
      double sum = 0.0;
      int before = -1, vegetated = 0;
      for (const Tile& tile : s.tiles) {
        ASSERT_GT(tile.pft, before);
        ASSERT_GE(tile.fraction, 0.05 - 1.0 / 1024);
        before = tile.pft;
        vegetated += tile.pft > 0;
        sum += tile.fraction;
        found[tile.pft] += tile.fraction;
      }
      ASSERT_EQ(sum, 1.0);
      ASSERT_LE(vegetated, 4);
      ASSERT_GE(s.sand_percent, 10.0);
      ASSERT_GE(s.clay_percent, 5.0);
      ASSERT_LE(s.sand_percent + s.clay_percent, 95.0 + 1e-9);
      ASSERT_GE(s.organic_fraction, 0.0);
      ASSERT_LE(s.organic_fraction, 0.4);
      ASSERT_GT(s.soil_red_dry, 0.05);
      ASSERT_LT(s.soil_red_dry, 0.4);
      ASSERT_GT(s.soil_nir_dry, s.soil_red_dry);
    }
  for (int pft = 0; pft < pft_count; ++pft) EXPECT_GT(found[pft], 3.0) << pft_names[pft];
}

TEST(ClimateEnvelope, CoverOfAnyClimateAddsUpToOne) {
  for (double coldest = -50.0; coldest <= 28.0; coldest += 3.0)
    for (double moisture = 0.0; moisture < 3.0; moisture += 0.17)
      for (double degree_days = 0.0; degree_days < 9000.0; degree_days += 700.0) {
        const auto cover = potential_cover({coldest, coldest + 20.0, degree_days, moisture, 4.0, 0.5, 0.4});
        double sum = 0.0;
        for (const double c : cover) {
          ASSERT_GE(c, -1e-12);
          sum += c;
        }
        ASSERT_NEAR(sum, 1.0, 1e-12);
      }
}

TEST(ClimateEnvelope, SmallSharesAreGivenToTheOthers) {
  std::array<double, pft_count> cover{};
  cover[0] = 0.03;
  cover[1] = 0.30;
  cover[7] = 0.30;
  cover[10] = 0.20;
  cover[11] = 0.07;
  cover[12] = 0.06;
  cover[13] = 0.04;
  const auto tiles = tiles_of(cover);
  ASSERT_EQ(tiles.size(), 4u);
  EXPECT_NEAR(tiles[0].fraction, 0.30 / 0.87, 2e-3);
  EXPECT_NEAR(tiles[3].fraction, 0.07 / 0.87, 2e-3);
  cover = {};
  cover[0] = 1.0;
  ASSERT_EQ(tiles_of(cover).size(), 1u);
  EXPECT_EQ(tiles_of(cover)[0].fraction, 1.0);
  for (double& c : cover) c = 0.02;  // nothing reaches the limit: bare
  ASSERT_EQ(tiles_of(cover).size(), 1u);
  EXPECT_EQ(tiles_of(cover)[0].pft, 0);
  EXPECT_EQ(tiles_of(cover)[0].fraction, 1.0);
}

}  // namespace
}  // namespace tilth
