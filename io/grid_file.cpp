#include "io/grid_file.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "core/base/error.hpp"
#include "core/base/sphere.hpp"
#include "io/grid_cells.hpp"
#include "io/netcdf.hpp"
#include "io/surface_classes.hpp"
#include "io/units.hpp"

namespace tilth {

namespace {

double normalised(double lon) {
  const double wrapped = std::remainder(lon, 360.0);
  return wrapped >= 180.0 ? wrapped - 360.0 : wrapped;
}

/// Which stored rows and columns make the raster, in its order: latitude and longitude ascending.
struct Selection {
  std::vector<std::int64_t> rows, columns;
  Raster raster;
};

Selection select(const CellAxes& axes, const GridFileOptions& options) {
  Selection s;
  std::vector<std::pair<double, std::int64_t>> rows, columns;
  for (std::size_t j = 0; j < axes.lat.size(); ++j)
    if (axes.lat[j] >= options.south && axes.lat[j] <= options.north) rows.emplace_back(axes.lat[j], j);
  for (std::size_t i = 0; i < axes.lon.size(); ++i) {
    const double lon = normalised(axes.lon[i]);
    if (lon >= options.west && lon <= options.east) columns.emplace_back(lon, i);
  }
  std::sort(rows.begin(), rows.end());
  std::sort(columns.begin(), columns.end());
  for (const auto& [lat, j] : rows) {
    s.rows.push_back(j);
    s.raster.lat.push_back(lat);
  }
  for (const auto& [lon, i] : columns) {
    s.columns.push_back(i);
    s.raster.lon.push_back(lon);
  }
  s.raster.nx = int(columns.size());
  s.raster.ny = int(rows.size());
  return s;
}

/// Reads fields of this rank's rows of the raster: [row][column] in raster order.
class Fields {
 public:
  Fields(const Comm& comm, const netcdf::File& file, const Selection& selection, std::size_t stored_columns)
      : file_(file), selection_(selection), stored_columns_(std::int64_t(stored_columns)) {
    const std::int64_t n = std::int64_t(selection.rows.size());
    first_ = n * comm.rank() / comm.size();
    rows_ = n * (comm.rank() + 1) / comm.size() - first_;
  }
  std::int64_t first() const { return first_; }
  std::int64_t rows() const { return rows_; }

  /// A variable (lat, lon), or layer `layer` of (class, lat, lon), in `units`; NaN where missing. Collective.
  std::vector<double> read(const std::string& name, const std::string& units, std::int64_t layer = -1) const {
    const int id = file_.variable(name);
    const UnitConverter convert(file_.text_attribute(id, "units").value_or("1"), units,
                                file_.path() + ": variable '" + name + "'");
    require(file_.dimensions(id).size() == (layer < 0 ? 2u : 3u) && over_cells(file_, id), file_.path(), ": variable '",
            name, "' is not ", layer < 0 ? "(lat, lon)" : "(class, lat, lon)",
            "; reorder it, for instance with `ncpdq -a lat,lon`");
    const std::int64_t ends[2] = {rows_ > 0 ? selection_.rows[std::size_t(first_)] : 0,
                                  rows_ > 0 ? selection_.rows[std::size_t(first_ + rows_ - 1)] : 0};
    const std::int64_t top = std::min(ends[0], ends[1]);
    std::vector<std::int64_t> start{std::max<std::int64_t>(layer, 0), top, 0}, count{rows_ > 0, rows_, stored_columns_};
    const std::size_t skip = layer < 0 ? 1 : 0;
    std::vector<double> stored(std::size_t(rows_ * stored_columns_)), out;
    file_.get(id, std::span(start).subspan(skip), std::span(count).subspan(skip), std::span<double>(stored));
    netcdf::File::unpack(file_.packing(id), stored);
    for (std::int64_t j = 0; j < rows_; ++j)
      for (const std::int64_t i : selection_.columns)
        out.push_back(
            convert(stored[std::size_t((selection_.rows[std::size_t(first_ + j)] - top) * stored_columns_ + i)]));
    return out;
  }

 private:
  const netcdf::File& file_;
  const Selection& selection_;
  std::int64_t stored_columns_, first_ = 0, rows_ = 0;
};

/// Area of a cell between the mid-points to its neighbours, m2.
double cell_area(const Raster& raster, int i, int j) {
  const auto width = [](const std::vector<double>& centres, int k) {
    const int n = int(centres.size()), a = std::max(k - 1, 0), b = std::min(k + 1, n - 1);
    return n == 1 ? 1.0 : (centres[std::size_t(b)] - centres[std::size_t(a)]) / (b - a);
  };
  constexpr double degree = std::numbers::pi / 180.0, radius = earth_radius_km * 1000.0;
  const double half = 0.5 * width(raster.lat, j), lat = raster.lat[std::size_t(j)];
  const double bottom = std::max(lat - half, -90.0), top = std::min(lat + half, 90.0);
  return radius * radius * degree * width(raster.lon, i) * (std::sin(top * degree) - std::sin(bottom * degree));
}

/// Static fields of this rank's cells.
struct SurfaceFields {
  std::vector<double> land, elevation;
  std::vector<std::string> cover_names;
  std::vector<std::vector<double>> cover, soil;  // [class][cell]
  std::vector<double> sand, clay, organic, depth, relief, red, nir;
};

SurfaceFields read_fields(const netcdf::File& file, const Fields& fields) {
  SurfaceFields f;
  f.land = fields.read("land_fraction", "1");
  f.elevation = fields.read("elevation", "m");
  f.cover_names = file.all_strings(file.variable("pft_name"));
  for (std::size_t k = 0; k < f.cover_names.size(); ++k)
    f.cover.push_back(fields.read("pft_fraction", "1", std::int64_t(k)));
  const auto optional = [&](const char* name, const char* units, std::vector<double>& into) {
    if (file.has_variable(name)) into = fields.read(name, units);
  };
  optional("sand", "percent", f.sand);
  optional("clay", "percent", f.clay);
  optional("organic_fraction", "1", f.organic);
  optional("soil_depth", "m", f.depth);
  optional("elevation_sd", "m", f.relief);
  optional("soil_red_dry", "1", f.red);
  optional("soil_nir_dry", "1", f.nir);
  if (f.sand.empty() && file.has_variable("soil_fraction"))
    for (std::size_t k = 0; k < soil_textures.size(); ++k)
      f.soil.push_back(fields.read("soil_fraction", "1", std::int64_t(k)));
  return f;
}

void set_soil(Surface& surface, const SurfaceFields& f, std::size_t cell) {
  double sum = 0.0, sand = 0.0, clay = 0.0, organic = 0.0;
  for (std::size_t k = 0; k < f.soil.size(); ++k) {
    const double share = std::isfinite(f.soil[k][cell]) ? f.soil[k][cell] : 0.0;
    sum += share;
    sand += share * soil_textures[k].sand_percent;
    clay += share * soil_textures[k].clay_percent;
    organic += share * soil_textures[k].organic_fraction;
  }
  if (sum > 0.0) {
    surface.sand_percent = sand / sum;
    surface.clay_percent = clay / sum;
    surface.organic_fraction = organic / sum;
  }
  const auto given = [&](const std::vector<double>& field, double& value, double lower, double upper) {
    if (!field.empty() && std::isfinite(field[cell])) value = std::clamp(field[cell], lower, upper);
  };
  given(f.sand, surface.sand_percent, 0.0, 100.0);
  given(f.clay, surface.clay_percent, 0.0, 100.0 - surface.sand_percent);
  given(f.organic, surface.organic_fraction, 0.0, 1.0);
  given(f.depth, surface.soil_depth_m, 0.1, 4.0);
  given(f.relief, surface.topographic_sd_m, 0.0, 3000.0);
  given(f.red, surface.soil_red_dry, 0.0, 1.0);
  given(f.nir, surface.soil_nir_dry, 0.0, 1.0);
}

/// True when the cell is modelled; fills its surface.
bool modelled(const SurfaceFields& f, std::size_t cell, const GridFileOptions& options, const std::string& path,
              GridPoint& point) {
  if (!(f.land[cell] >= options.land_threshold)) return false;
  point.surface.elevation_m = std::isfinite(f.elevation[cell]) ? f.elevation[cell] : 0.0;
  Cover cover{};
  double ice = 0.0;
  for (std::size_t k = 0; k < f.cover.size(); ++k) {
    const double fraction = f.cover[k][cell];
    if (!(fraction > 0.0)) continue;
    require(add_class(cover, f.cover_names[k], fraction, point.lat, point.surface.elevation_m), path, ": pft_name '",
            f.cover_names[k], "' is not known; see the grid files in docs/file-formats.md for the names");
    if (f.cover_names[k] == "ice") ice += fraction;
  }
  if (ice > options.ice_threshold) return false;
  point.surface.tiles = tiles_of(cover, options.tile_threshold);
  set_soil(point.surface, f, cell);
  return true;
}

}  // namespace

void GridFileOptions::describe(Schema& s) {
  s.real("land_threshold", land_threshold).in(0.001, 1.0).about("Smallest land fraction of a cell that is modelled.");
  s.real("ice_threshold", ice_threshold).in(0.0, 1.0).about("Cells with a larger ice fraction are left out.");
  s.real("tile_threshold", tile_threshold)
      .in(0.0, 0.5)
      .about("Vegetation types below this fraction of the land are merged into the others.");
  s.real("west", west).in(-180.0, 180.0).units("degrees_east").about("Western limit of cell centres.");
  s.real("east", east).in(-180.0, 180.0).units("degrees_east").about("Eastern limit of cell centres.");
  s.real("south", south).in(-90.0, 90.0).units("degrees_north").about("Southern limit of cell centres.");
  s.real("north", north).in(-90.0, 90.0).units("degrees_north").about("Northern limit of cell centres.");
}

Grid read_grid(const Comm& comm, const GridFileOptions& options) {
  const netcdf::File file = netcdf::File::open(comm, options.file);
  const CellAxes axes = read_cell_axes(file);
  const Selection selection = select(axes, options);
  require(selection.raster.nx > 0 && selection.raster.ny > 0, options.file,
          ": no cell centre in the region; correct west, east, south, north");
  const Fields fields(comm, file, selection, axes.lon.size());
  const SurfaceFields f = read_fields(file, fields);
  Grid grid;
  grid.raster = selection.raster;
  together(comm, [&] {
    const std::int64_t nx = grid.raster.nx;
    for (std::int64_t k = 0; k < fields.rows() * nx; ++k) {
      const std::int64_t j = fields.first() + k / nx, i = k % nx;
      GridPoint point;
      point.cell = j * nx + i;
      point.lon = grid.raster.lon[std::size_t(i)];
      point.lat = grid.raster.lat[std::size_t(j)];
      if (!modelled(f, std::size_t(k), options, options.file, point)) continue;
      point.area_m2 = cell_area(grid.raster, int(i), int(j)) * std::min(f.land[std::size_t(k)], 1.0);
      grid.points.push_back(std::move(point));
    }
  });
  std::int64_t id = comm.exclusive_scan(std::int64_t(grid.points.size()));
  for (GridPoint& point : grid.points) point.id = id++;
  grid.global_count = comm.sum(std::int64_t(grid.points.size()));
  require(grid.global_count > 0, options.file, ": no cell is land; lower land_threshold (now ", options.land_threshold,
          ") or check the variables land_fraction and pft_fraction");
  return grid;
}

}  // namespace tilth
