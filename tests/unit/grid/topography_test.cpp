#include "core/grid/topography.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <optional>

#include "core/base/error.hpp"

namespace tilth {
namespace {

std::vector<CoarseCell> globe(double resolution) { return land_cells(resolution, -180.0, 180.0, -60.0, 84.0); }

/// The cell of a list that contains a place.
std::optional<CoarseCell> cell_at(const std::vector<CoarseCell>& cells, double lon, double lat, double resolution) {
  for (const CoarseCell& c : cells)
    if (std::abs(c.lon - lon) <= resolution / 2 && std::abs(c.lat - lat) <= resolution / 2) return c;
  return {};
}

/// Area of the cells in millions of km2: of their land, or all of it.
double area_of(const std::vector<CoarseCell>& cells, double resolution, bool land_only) {
  double area = 0.0;
  const double degree = std::numbers::pi / 180.0;
  for (const CoarseCell& c : cells)
    area += (land_only ? c.land_fraction : 1.0) * 6.371 * 6.371 * resolution * degree *
            (std::sin((c.lat + resolution / 2) * degree) - std::sin((c.lat - resolution / 2) * degree));
  return area;
}

TEST(Topography, HasTheLandOfTheEarthWithoutAntarctica) {
  // 149 million km2 of land less 14 of Antarctica and 1 to 2 of lakes
  EXPECT_NEAR(area_of(land_cells(2.0, -180.0, 180.0, -90.0, 90.0, 0.005), 2.0, true), 133.5, 1.5);
  // cells that are half land: what they miss on some coasts they have too much on others
  EXPECT_NEAR(area_of(globe(4.0), 4.0, false), 133.5, 5.0);
  for (const CoarseCell& c : globe(4.0)) EXPECT_GT(c.lat, -60.0);
}

TEST(Topography, KnowsMountainsSeasLakesAndDepressions) {
  const auto cells = globe(2.0);
  EXPECT_NEAR(cell_at(cells, 89.0, 33.0, 2.0)->elevation_m, 4900.0, 300.0);  // Tibet
  EXPECT_GT(cell_at(cells, 85.0, 29.0, 2.0)->elevation_sd_m, 700.0);         // Himalaya
  EXPECT_LT(cell_at(cells, -63.0, -5.0, 2.0)->elevation_sd_m, 40.0);         // Amazon
  EXPECT_LT(cell_at(cells, 49.0, 47.0, 2.0)->elevation_m, 0.0);              // north of the Caspian Sea
  EXPECT_FALSE(cell_at(cells, -30.0, 40.0, 2.0));                            // Atlantic
  EXPECT_FALSE(cell_at(cells, 51.0, 41.0, 2.0));                             // Caspian Sea
}

TEST(Topography, MeasuresTheDistanceFromTheSeaNotFromLakes) {
  const auto cells = globe(2.0);
  EXPECT_NEAR(cell_at(cells, 87.0, 45.0, 2.0)->continentality_km, 2400.0, 250.0);  // Dzungaria, pole of inaccessibility
  EXPECT_LT(cell_at(cells, -5.0, 41.0, 2.0)->continentality_km, 350.0);            // Iberia
  EXPECT_GT(cell_at(cells, 55.0, 45.0, 2.0)->continentality_km, 700.0);            // east of the Caspian Sea
}

TEST(Topography, MarksTheIceOfGreenlandOnly) {
  const auto cells = globe(4.0);
  EXPECT_TRUE(cell_at(cells, -40.0, 72.0, 4.0)->ice);
  EXPECT_FALSE(cell_at(cells, 90.0, 33.0, 4.0)->ice);
  int ice = 0;
  for (const CoarseCell& c : cells) ice += c.ice;
  EXPECT_GT(ice, 15);
  EXPECT_LT(ice, 45);
}

TEST(Topography, AggregatesByAreaAndLand) {
  const auto fine = land_cells(2.0, 80.0, 84.0, 28.0, 32.0, 0.01), coarse = land_cells(4.0, 80.0, 84.0, 28.0, 32.0);
  ASSERT_EQ(fine.size(), 4u);
  ASSERT_EQ(coarse.size(), 1u);
  double weight = 0.0, z = 0.0, square = 0.0;
  for (const CoarseCell& c : fine) {
    const double w = c.land_fraction * std::cos(c.lat * std::numbers::pi / 180.0);
    weight += w;
    z += w * c.elevation_m;
    square += w * (c.elevation_m * c.elevation_m + c.elevation_sd_m * c.elevation_sd_m);
  }
  EXPECT_NEAR(coarse[0].elevation_m, z / weight, 1e-9 * z / weight);
  EXPECT_NEAR(coarse[0].elevation_sd_m, std::sqrt(square / weight - z * z / weight / weight), 1e-6);
  EXPECT_EQ(coarse[0].lon, 82.0);
  EXPECT_EQ(coarse[0].lat, 30.0);
}

TEST(Topography, SamplesTheNearestCellAtOtherResolutions) {
  const auto table = globe(2.0);
  for (const CoarseCell& c : land_cells(1.0, 60.0, 100.0, 20.0, 50.0)) {
    const double lon = std::floor(c.lon / 2.0) * 2.0 + 1.0, lat = std::floor(c.lat / 2.0) * 2.0 + 1.0;
    EXPECT_EQ(c.elevation_m, cell_at(table, lon, lat, 0.5)->elevation_m);
  }
}

TEST(Topography, RunsOverTheDateLineInRowsFromTheWest) {
  const auto cells = land_cells(2.0, 170.0, 200.0, 60.0, 72.0);
  ASSERT_GT(cells.size(), 20u);
  bool both = false;
  for (std::size_t k = 1; k < cells.size(); ++k) {
    const auto east = [](const CoarseCell& c) { return c.lon < 0 ? c.lon + 360.0 : c.lon; };
    EXPECT_TRUE(cells[k].lat > cells[k - 1].lat || east(cells[k]) > east(cells[k - 1]));
    EXPECT_GE(cells[k].lon, -180.0);
    EXPECT_LT(cells[k].lon, 180.0);
    both = both || (cells[k].lon < 0 && cells[k - 1].lon > 0);
  }
  EXPECT_TRUE(both);
  EXPECT_TRUE(land_cells(2.0, -150.0, -130.0, 0.0, 20.0).empty());  // open ocean
}

TEST(Topography, RefusesBadRegions) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(land_cells(0.0, -180.0, 180.0, -60.0, 84.0), Error);
  EXPECT_THROW(land_cells(nan, -180.0, 180.0, -60.0, 84.0), Error);
  EXPECT_THROW(land_cells(7.0, -180.0, 180.0, -60.0, 84.0), Error);
  EXPECT_THROW(land_cells(4.0, 20.0, 20.0, -60.0, 84.0), Error);
  EXPECT_THROW(land_cells(4.0, -200.0, 160.0, -60.0, 84.0), Error);
  EXPECT_THROW(land_cells(4.0, -180.0, 184.0, -60.0, 84.0), Error);
  EXPECT_THROW(land_cells(4.0, -180.0, 180.0, 40.0, 20.0), Error);
  EXPECT_THROW(land_cells(4.0, -180.0, 180.0, -60.0, 92.0), Error);
  EXPECT_THROW(land_cells(4.0, -180.0, 180.0, -60.0, 84.0, 0.0), Error);
}

}  // namespace
}  // namespace tilth
