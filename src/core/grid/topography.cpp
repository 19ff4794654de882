#include "core/grid/topography.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "core/base/error.hpp"

namespace tilth {
namespace {

#include "core/grid/topography_data.inc"

constexpr double table_deg = 2.0, table_west = -180.0, table_south = -60.0;
constexpr int table_nx = 180, table_ny = 75;
static_assert(std::size(land_percent) == table_nx * table_ny);

/// Place of each table cell in the arrays of cells with land, -1 for the sea.
std::array<int, table_nx * table_ny> places_of_land() {
  std::array<int, table_nx * table_ny> places{};
  int next = 0;
  for (std::size_t k = 0; k < places.size(); ++k) places[k] = land_percent[k] > 0 ? next++ : -1;
  return places;
}

/// Averages table cells: fractions by area, the rest by land area.
class Mean {
 public:
  /// Adds the table cell in row j (may be outside the table) and column i.
  void add(int i, int j) {
    static const auto places = places_of_land();
    const double degree = std::numbers::pi / 180.0, south = table_south + j * table_deg;
    const double area = std::sin((south + table_deg) * degree) - std::sin(south * degree);
    area_ += area;
    if (j < 0 || j >= table_ny) return;
    const int cell = j * table_nx + ((i % table_nx) + table_nx) % table_nx;
    const int place = places[std::size_t(cell)];
    if (place < 0) return;
    const double land = area * land_percent[cell] / 100.0, z = land_elevation_m[place], sd = land_elevation_sd_m[place];
    land_ += land;
    elevation_ += land * z;
    square_ += land * (z * z + sd * sd);  // law of total variance
    distance_ += land * land_distance_km[place];
  }
  double land_fraction() const { return land_ / area_; }
  CoarseCell cell(double lon, double lat) const {
    CoarseCell c;
    c.lon = lon;
    c.lat = lat;
    c.land_fraction = land_fraction();
    c.elevation_m = elevation_ / land_;
    c.elevation_sd_m = std::sqrt(std::max(0.0, square_ / land_ - c.elevation_m * c.elevation_m));
    c.continentality_km = distance_ / land_;
    c.ice = c.elevation_m > 1000.0 && lat > 60.0 && lat < 84.0 && lon > -73.0 && lon < -11.0;
    return c;
  }

 private:
  double area_ = 0.0, land_ = 0.0, elevation_ = 0.0, square_ = 0.0, distance_ = 0.0;
};

bool whole(double value) { return std::abs(value - std::round(value)) < 1e-6; }

void check_region(double resolution, double lon_w, double lon_e, double lat_s, double lat_n, double least_land) {
  require(resolution > 0.0 && resolution <= 180.0, "topography: resolution ", resolution,
          " degrees, must be positive and at most 180");
  require(lon_w >= -180.0 && lon_w <= 180.0 && lon_w < lon_e && lon_e <= lon_w + 360.0, "topography: longitudes ",
          lon_w, " .. ", lon_e, "; expected west < east, west from -180 to 180, at most 360 degrees");
  require(lat_s >= -90.0 && lat_s < lat_n && lat_n <= 90.0, "topography: latitudes ", lat_s, " .. ", lat_n,
          "; expected south < north within -90 .. 90");
  require(whole((lon_e - lon_w) / resolution) && whole((lat_n - lat_s) / resolution), "topography: a region of ",
          lon_e - lon_w, " by ", lat_n - lat_s, " degrees is not a whole number of cells of ", resolution,
          " degrees; move its edges");
  require(least_land > 0.0 && least_land <= 1.0, "topography: least land fraction ", least_land,
          ", must be above 0 and at most 1");
}

int column_of(double lon) { return int(std::floor((lon - table_west) / table_deg)); }
int row_of(double lat) { return int(std::floor((lat - table_south) / table_deg)); }

}  // namespace

std::vector<CoarseCell> land_cells(double resolution_deg, double lon_w, double lon_e, double lat_s, double lat_n,
                                   double least_land) {
  check_region(resolution_deg, lon_w, lon_e, lat_s, lat_n, least_land);
  const bool aggregate = whole(resolution_deg / table_deg) && whole(lon_w / table_deg) && whole(lat_s / table_deg);
  const int across = aggregate ? int(std::lround(resolution_deg / table_deg)) : 1;
  const auto nx = std::lround((lon_e - lon_w) / resolution_deg), ny = std::lround((lat_n - lat_s) / resolution_deg);
  std::vector<CoarseCell> cells;
  for (long j = 0; j < ny; ++j) {
    const double lat = lat_s + (double(j) + 0.5) * resolution_deg;
    for (long i = 0; i < nx; ++i) {
      const double lon = lon_w + (double(i) + 0.5) * resolution_deg;
      const double half = aggregate ? (resolution_deg - table_deg) / 2.0 : 0.0;  // to the corner cell's centre
      const int first_row = row_of(lat - half), first_column = column_of(lon - half);
      Mean mean;
      for (int b = 0; b < across; ++b)
        for (int a = 0; a < across; ++a) mean.add(first_column + a, first_row + b);
      const double normal_lon = lon >= 180.0 ? lon - 360.0 : lon;
      if (mean.land_fraction() >= least_land) cells.push_back(mean.cell(normal_lon, lat));
    }
  }
  return cells;
}

}  // namespace tilth
