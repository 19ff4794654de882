#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.hpp"
#include "core/base/sphere.hpp"
#include "core/grid/topography.hpp"
#include "driver/column_cost.hpp"
#include "driver/domain.hpp"
#include "io/grid_file.hpp"
#include "model/forcing/climate.hpp"
#include "model/forcing/climate_envelope.hpp"

namespace tilth {

namespace {

double cell_area_m2(double lat, double resolution_deg) {
  const double degree = std::numbers::pi / 180.0, r = earth_radius_km * 1000.0;
  return r * r * resolution_deg * degree *
         (std::sin((lat + resolution_deg / 2) * degree) - std::sin((lat - resolution_deg / 2) * degree));
}

Raster raster_of(const GenerateGridOptions& g) {
  Raster raster;
  raster.nx = int(std::lround((g.east - g.west) / g.resolution_deg));
  raster.ny = int(std::lround((g.north - g.south) / g.resolution_deg));
  for (int i = 0; i < raster.nx; ++i) raster.lon.push_back(g.west + (i + 0.5) * g.resolution_deg);
  for (int j = 0; j < raster.ny; ++j) raster.lat.push_back(g.south + (j + 0.5) * g.resolution_deg);
  return raster;
}

// Cells of the embedded table; rank r keeps every size-th, so that surface properties are worked out in parallel.
Grid generate(const Comm& comm, const GenerateGridOptions& g) {
  Grid grid;
  grid.raster = raster_of(g);
  for (const CoarseCell& cell : land_cells(g.resolution_deg, g.west, g.east, g.south, g.north, g.land_fraction)) {
    if (cell.ice && !g.ice) continue;
    const std::int64_t id = grid.global_count++;
    if (id % comm.size() != comm.rank()) continue;
    GridPoint point;
    point.id = id;
    point.lon = cell.lon;
    point.lat = cell.lat;
    const auto i = std::int64_t(std::floor((cell.lon - g.west) / g.resolution_deg));
    const auto j = std::int64_t(std::floor((cell.lat - g.south) / g.resolution_deg));
    point.cell = j * grid.raster.nx + i;
    point.area_m2 = cell_area_m2(cell.lat, g.resolution_deg) * cell.land_fraction;
    point.surface = surface_of(Climate(cell.lon, cell.lat, cell.elevation_m));
    point.surface.elevation_m = cell.elevation_m;
    point.surface.topographic_sd_m = cell.elevation_sd_m;
    grid.points.push_back(std::move(point));
  }
  require(grid.global_count > 0, "grid.generate: no land in the region; widen it or lower land_fraction");
  return grid;
}

Grid sites(const Comm& comm, const std::vector<SiteOptions>& list) {
  Grid grid;
  grid.global_count = std::int64_t(list.size());
  grid.raster.nx = int(list.size());
  for (int i = 0; i < int(list.size()); ++i) {
    const SiteOptions& site = list[i];
    grid.raster.lon.push_back(site.lon);
    grid.raster.lat.push_back(site.lat);
    if (i % comm.size() != comm.rank()) continue;
    GridPoint point{i, i, site.lon >= 180.0 ? site.lon - 360.0 : site.lon, site.lat, 1e6, site.name, site.surface};
    double bare = 1.0;
    for (const auto& [pft, fraction] : site.cover) {
      point.surface.tiles.push_back({pft_index(pft), fraction});
      bare -= fraction;
    }
    if (bare > 1e-6) point.surface.tiles.push_back({0, bare});
    require(point.surface.tiles.size() <= max_tiles, "grid.sites (", site.name, "): more than ", max_tiles, " tiles");
    std::sort(point.surface.tiles.begin(), point.surface.tiles.end(),
              [](const Tile& a, const Tile& b) { return a.pft < b.pft; });
    grid.points.push_back(std::move(point));
  }
  return grid;
}

// Columns on the equator, so far apart that no observation of one reaches another.
Grid replicas(const Comm& comm, int count) {
  Grid grid;
  grid.global_count = count;
  grid.raster.nx = count;
  for (int i = 0; i < count; ++i) {
    const double lon = -180.0 + 360.0 * i / count;
    grid.raster.lon.push_back(lon);
    grid.raster.lat.push_back(0.0);
    if (i % comm.size() != comm.rank()) continue;
    GridPoint point{i, i, lon, 0.0, 1e6, text("replica", i + 1), {}};
    point.surface.tiles = {{0, 1.0}};
    grid.points.push_back(std::move(point));
  }
  return grid;
}

}  // namespace

Grid make_grid(const Comm& comm, const Experiment& e) {
  Grid grid;
  together(comm, [&] {
    if (e.grid.kind == GridOptions::Kind::generate) grid = generate(comm, e.grid.generate);
    if (e.grid.kind == GridOptions::Kind::sites) grid = sites(comm, e.grid.sites);
    if (e.grid.kind == GridOptions::Kind::replicas) grid = replicas(comm, e.grid.replicas);
  });
  if (e.grid.kind == GridOptions::Kind::file) grid = read_grid(comm, e.grid.file);
  std::vector<double> weight;
  if (e.grid.partition.cost == "measured") weight = measured_cost(comm, column_cost_file(e.run.output), grid);
  if (!comm.any(!weight.empty())) {  // a column costs about as much as its tiles
    weight.clear();
    for (const GridPoint& point : grid.points) weight.push_back(double(point.surface.tiles.size()));
  }
  decompose(comm, grid, weight, e.grid.partition);
  return grid;
}

}  // namespace tilth
