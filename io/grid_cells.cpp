#include "io/grid_cells.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.hpp"
#include "core/base/sphere.hpp"

namespace tilth {

namespace {

int axis_variable(const netcdf::File& file, std::initializer_list<const char*> names,
                  const std::string& standard_name) {
  int id = -1;
  for (const char* name : names)
    if (id < 0 && file.has_variable(name)) id = file.variable(name);
  for (const std::string& name : file.variables())
    if (id < 0 && file.text_attribute(file.variable(name), "standard_name") == standard_name) id = file.variable(name);
  require(id >= 0, file.path(), ": no variable '", *names.begin(), "' nor one with standard_name ", standard_name);
  return id;
}

int lon_variable(const netcdf::File& file) { return axis_variable(file, {"lon", "longitude", "x"}, "longitude"); }
int lat_variable(const netcdf::File& file) { return axis_variable(file, {"lat", "latitude", "y"}, "latitude"); }

std::vector<double> axis(const netcdf::File& file, int id, double limit) {
  const std::string where = file.path() + ": variable '" + file.name(id) + "'";
  require(file.dimensions(id).size() == 1, where, " has ", file.dimensions(id).size(),
          " dimensions, expected one: only regular longitude-latitude grids are read");
  const std::vector<double> values = file.all(id);
  for (std::size_t i = 0; i < values.size(); ++i) {
    require(std::isfinite(values[i]) && std::abs(values[i]) <= limit, where, " is ", values[i], ", expected degrees");
    const bool monotone = i < 2 || (values[i] - values[i - 1]) * (values[1] - values[0]) > 0.0;
    require(monotone, where, " is not monotone at ", values[i]);
  }
  return values;
}

double longitude_difference(double a, double b) { return std::abs(std::remainder(a - b, 360.0)); }

constexpr double km_per_degree = earth_radius_km * std::numbers::pi / 180.0;

/// Half width in longitude, degrees, of a cap around a latitude.
double half_width(double lat, double reach_km) {
  const double poleward = std::min(std::abs(lat) + reach_km / km_per_degree, 90.0) * std::numbers::pi / 180.0;
  const double shrink = std::cos(poleward);
  return shrink < 1e-3 ? 180.0 : std::min(180.0, reach_km / (km_per_degree * shrink));
}

}  // namespace

CellAxes read_cell_axes(const netcdf::File& file) {
  return {axis(file, lon_variable(file), 540.0), axis(file, lat_variable(file), 90.0)};
}

bool over_cells(const netcdf::File& file, int variable) {
  const std::vector<netcdf::Dimension> shape = file.dimensions(variable);
  return shape.size() >= 2 && shape[shape.size() - 2].name == file.dimensions(lat_variable(file)).at(0).name &&
         shape.back().name == file.dimensions(lon_variable(file)).at(0).name;
}

Box box_around(const CellAxes& axes, std::span<const GridPoint> points, double reach_km) {
  std::vector<char> rows(axes.lat.size(), 0), columns(axes.lon.size(), 0);
  const double height = reach_km / km_per_degree;
  for (const GridPoint& p : points) {
    const double width = half_width(p.lat, reach_km);
    for (std::size_t j = 0; j < rows.size(); ++j) rows[j] |= std::abs(axes.lat[j] - p.lat) <= height;
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i] |= longitude_difference(axes.lon[i], p.lon) <= width;
  }
  const auto span = [](const std::vector<char>& used) {
    const auto first = std::find(used.begin(), used.end(), char(1));
    const auto last = std::find(used.rbegin(), used.rend(), char(1)).base();
    return first == used.end() ? std::pair<std::int64_t, std::int64_t>{0, 0}
                               : std::pair<std::int64_t, std::int64_t>{first - used.begin(), last - first};
  };
  const auto [row, height_rows] = span(rows);
  const auto [column, width_columns] = span(columns);
  return height_rows * width_columns == 0 ? Box{} : Box{row, height_rows, column, width_columns};
}

std::vector<std::int64_t> nearest_cells(const CellAxes& axes, const Box& box, const std::vector<char>& valid,
                                        std::span<const GridPoint> points, double reach_km) {
  std::vector<std::int64_t> cells;
  for (const GridPoint& p : points) {
    std::int64_t best = -1;
    double least = reach_km;
    const double width = half_width(p.lat, reach_km);
    for (std::int64_t j = 0; j < box.rows; ++j) {
      const double lat = axes.lat[std::size_t(box.row + j)];
      if (std::abs(lat - p.lat) > reach_km / km_per_degree) continue;
      for (std::int64_t i = 0; i < box.columns; ++i) {
        const double lon = axes.lon[std::size_t(box.column + i)];
        if (!valid[std::size_t(j * box.columns + i)] || longitude_difference(lon, p.lon) > width) continue;
        const double distance = great_circle_km(p.lon, p.lat, lon, lat);
        if (distance < least || (best < 0 && distance == least)) {
          least = distance;
          best = j * box.columns + i;
        }
      }
    }
    cells.push_back(best);
  }
  return cells;
}

}  // namespace tilth
