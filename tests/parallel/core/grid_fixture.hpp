#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/grid/grid.hpp"
#include "core/parallel/comm.hpp"

namespace tilth::test {

/// Whether a place is on the two made-up continents, one over the date line and one over the north pole.
inline bool made_up_land(double lon, double lat) {
  const double from_date_line = 180.0 - std::abs(lon);
  return lat > 66.0 || (std::abs(lat) < 40.0 && from_date_line < 50.0);
}

/// All land points of a global raster, by id.
inline Grid whole_grid(double step) {
  Grid grid;
  const int nx = int(std::lround(360.0 / step)), ny = int(std::lround(180.0 / step));
  grid.raster.nx = nx;
  grid.raster.ny = ny;
  for (int i = 0; i < nx; ++i) grid.raster.lon.push_back(-180.0 + (i + 0.5) * step);
  for (int j = 0; j < ny; ++j) grid.raster.lat.push_back(-90.0 + (j + 0.5) * step);
  for (int j = 0; j < ny; ++j) {
    for (int i = 0; i < nx; ++i) {
      if (!made_up_land(grid.raster.lon[std::size_t(i)], grid.raster.lat[std::size_t(j)])) continue;
      GridPoint p;
      p.id = grid.global_count++;
      p.cell = std::int64_t{j} * nx + i;
      p.lon = grid.raster.lon[std::size_t(i)];
      p.lat = grid.raster.lat[std::size_t(j)];
      p.area_m2 = 1.0e10 + double(p.id);
      p.name = "p" + std::to_string(p.id);
      p.surface.elevation_m = 0.1 * double(p.id);
      p.surface.tiles = {{0, 0.25}, {int(1 + p.id % 13), 0.75}};
      grid.points.push_back(p);
    }
  }
  return grid;
}

/// The points dealt to a rank before the decomposition: one by one, as no sensible reader would.
inline Grid dealt_grid(const Grid& whole, const Comm& comm) {
  Grid grid = whole;
  std::erase_if(grid.points, [&](const GridPoint& p) { return p.id % comm.size() != comm.rank(); });
  return grid;
}

/// A uniform weight for each point of a grid.
inline std::vector<double> equal_weights(const Grid& grid) { return std::vector<double>(grid.points.size(), 1.0); }

}  // namespace tilth::test
