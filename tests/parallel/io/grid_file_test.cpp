#include "io/grid_file.hpp"

#include <numeric>

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "io/surface_classes.hpp"
#include "parallel/io/files.hpp"
#include "support/shared.hpp"

namespace tilth {
namespace {

double cover_of(const GridPoint& p, std::initializer_list<const char*> types) {
  double sum = 0.0;
  for (const Tile& tile : p.surface.tiles)
    for (const char* type : types) sum += tile.pft == pft_index(type) ? tile.fraction : 0.0;
  return sum;
}

TEST(SurfaceClasses, AddUpWhateverTheClimate) {
  for (const double lat : {-60.0, -22.0, 5.0, 28.0, 53.0, 63.0})
    for (const char* name : {"tree_mixed", "savanna", "crop", "OSH", "ENF", "shrub", "grass", "NET boreal", "GR4"}) {
      Cover cover{};
      ASSERT_TRUE(add_class(cover, name, 0.7, lat, 800.0)) << name;
      EXPECT_NEAR(std::accumulate(cover.begin(), cover.end(), 0.0), 0.7, 1e-12) << name << " at " << lat;
    }
  Cover cover{};
  EXPECT_FALSE(add_class(cover, "rainforest", 1.0, 0.0, 0.0));
}

TEST(SurfaceClasses, TilesAreFewSortedAndComplete) {
  Cover cover{};
  for (int p = 0; p < pft_count; ++p) cover[std::size_t(p)] = 0.01 * (p + 1);
  const std::vector<Tile> tiles = tiles_of(cover, 0.02);
  EXPECT_EQ(tiles.size(), 4u);  // bare ground is below the threshold
  double sum = 0.0;
  for (std::size_t t = 0; t < tiles.size(); ++t) {
    sum += tiles[t].fraction;
    if (t > 0) {
      EXPECT_GT(tiles[t].pft, tiles[t - 1].pft);
    }
  }
  EXPECT_NEAR(sum, 1.0, 1e-15);
  EXPECT_EQ(tiles_of(Cover{}, 0.05).size(), 1u);
}

TEST(GridFile, ReadsTheLandOfARealGridOnAnyNumberOfRanks) {
  const Comm comm = Comm::world();
  const auto shared = test::shared_folder();
  if (!shared || !std::filesystem::exists(*shared / "data/gridded")) GTEST_SKIP() << "no reference data";
  GridFileOptions options;
  options.file = (*shared / "data/gridded/global_surface_5deg.nc").string();
  const Grid grid = read_grid(comm, options);
  EXPECT_EQ(grid.raster.nx, 72);
  EXPECT_EQ(grid.raster.ny, 36);
  EXPECT_EQ(comm.sum(std::int64_t(grid.points.size())), grid.global_count);
  EXPECT_GT(grid.global_count, 500);
  EXPECT_LT(grid.global_count, 845);  // 845 land cells less the ice sheets
  double area = 0.0;
  for (const GridPoint& p : grid.points) {
    area += p.area_m2;
    double sum = 0.0;
    for (const Tile& tile : p.surface.tiles) sum += tile.fraction;
    EXPECT_NEAR(sum, 1.0, 1e-12);
    EXPECT_LE(p.surface.tiles.size(), std::size_t(max_tiles));
    EXPECT_NEAR(grid.raster.lon[std::size_t(p.cell % 72)], p.lon, 0.0);
    EXPECT_LE(p.surface.sand_percent + p.surface.clay_percent, 100.0);
    if (p.lon == -62.5 && p.lat == -2.5) {
      EXPECT_GT(cover_of(p, {"EBT"}), 0.8);  // Amazonia
    }
    if (p.lon == 22.5 && p.lat == 22.5) {
      EXPECT_GT(cover_of(p, {"BAR"}), 0.9);  // Sahara
    }
    if (p.lon == 27.5 && p.lat == 62.5) {
      EXPECT_GT(cover_of(p, {"ENB", "DBS"}), 0.5);  // Finland
    }
  }
  std::vector<double> total = comm.all_gather(std::span<const double>(&area, 1));
  EXPECT_NEAR(std::accumulate(total.begin(), total.end(), 0.0), 1.172650e14,
              1e9);  // computed from the file with another program
  const Comm self = comm.split(comm.rank());
  const Grid alone = read_grid(self, options);
  ASSERT_EQ(alone.global_count, grid.global_count);
  for (const GridPoint& p : grid.points) {
    const GridPoint& q = alone.points[std::size_t(p.id)];
    EXPECT_EQ(p.cell, q.cell);
    EXPECT_EQ(p.area_m2, q.area_m2);
    EXPECT_EQ(p.surface.clay_percent, q.surface.clay_percent);
  }
}

TEST(GridFile, CutsOutARegion) {
  const Comm comm = Comm::world();
  const auto shared = test::shared_folder();
  if (!shared || !std::filesystem::exists(*shared / "data/gridded")) GTEST_SKIP() << "no reference data";
  GridFileOptions options;
  options.file = (*shared / "data/gridded/europe_surface_0p5deg.nc").string();
  options.west = 6.0;
  options.east = 10.0;
  options.south = 46.0;
  options.north = 48.0;
  const Grid grid = read_grid(comm, options);
  EXPECT_EQ(grid.raster.nx, 8);
  EXPECT_EQ(grid.raster.ny, 4);
  EXPECT_EQ(grid.global_count, 32);
  options.west = 9.9;
  options.east = 9.95;
  EXPECT_THROW(read_grid(comm, options), Error);
  options.file += "-absent";
  EXPECT_THROW(read_grid(comm, options), Error);
}

TEST(SiteList, TakesPlacesAndSurfaceFromTables) {
  const Comm comm = Comm::world();
  const auto shared = test::shared_folder();
  if (!shared || !std::filesystem::exists(*shared / "data/sites.csv")) GTEST_SKIP() << "no reference data";
  SiteListOptions options;
  options.file = (*shared / "data/sites.csv").string();
  options.surface_file = (*shared / "data/site_pft_soil.csv").string();
  options.sites = {"IT-Noe", "CH-Dav", "FR-Pue", "CH-Lae"};
  const Grid grid = read_sites(comm, options);
  EXPECT_EQ(grid.global_count, 4);
  EXPECT_TRUE(grid.raster.is_list());
  for (const GridPoint& p : grid.points) {
    EXPECT_EQ(p.name, options.sites[std::size_t(p.id)]);
    if (p.name == "IT-Noe") {
      EXPECT_NEAR(cover_of(p, {"SHR"}), 0.8, 1e-12);
      EXPECT_NEAR(p.surface.clay_percent, 57.5, 1e-12);
    }
    if (p.name == "CH-Dav") {
      EXPECT_NEAR(cover_of(p, {"ENB"}), 1.0, 1e-12);
      EXPECT_EQ(p.surface.elevation_m, 1689.0);
    }
    if (p.name == "CH-Lae") {
      EXPECT_GT(cover_of(p, {"DBS"}), 0.4);  // mixed forest by its IGBP class
    }
  }
  options.sites = {};
  EXPECT_GT(read_sites(comm, options).global_count, 30);
  options.sites = {"CH-Dev"};
  try {
    read_sites(comm, options);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean 'CH-Dav'"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace tilth
