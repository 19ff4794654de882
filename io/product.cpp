#include "io/product.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>

#include "core/base/error.hpp"
#include "core/parallel/block_exchange.hpp"
#include "io/netcdf.hpp"

namespace tilth {

namespace {

constexpr int name_length = 32;  // bytes of a station name in the file
constexpr int name_words = name_length / 8;
constexpr const char* time_units = "seconds since 1970-01-01 00:00:00";

std::vector<std::int64_t> cells_of(const Grid& grid) {
  std::vector<std::int64_t> cells;
  for (const GridPoint& p : grid.points) cells.push_back(p.cell);
  return cells;
}

/// Half-way between neighbours; the outermost edges mirror the first and last cell. Latitudes stay within the poles.
std::vector<double> edges_of(const std::vector<double>& centres, double limit) {
  const std::size_t n = centres.size();
  std::vector<double> bounds;
  for (std::size_t i = 0; i < n; ++i) {
    const double below = n == 1 ? 1.0 : centres[i == 0 ? 1 : i] - centres[i == 0 ? 0 : i - 1];
    const double above = n == 1 ? 1.0 : centres[i + 1 == n ? i : i + 1] - centres[i + 1 == n ? i - 1 : i];
    bounds.push_back(std::max(centres[i] - 0.5 * below, -limit));
    bounds.push_back(std::min(centres[i] + 0.5 * above, limit));
  }
  return bounds;
}

}  // namespace

struct ProductFile::State {
  const Comm* comm;
  std::string path;
  std::vector<ProductVariable> variables;
  BlockExchange exchange;
  std::vector<std::int64_t> point_ids;
  bool list, means;
  netcdf::File file;
  std::int64_t records = 0;
  bool positioned = true;  // false: the first write decides where to go on
  Time last_end{std::numeric_limits<std::int64_t>::min()};

  int define_axis(netcdf::File& f, const char* name, std::int64_t length, const char* units, const char* axis,
                  int bounds) const;
  void define(netcdf::File& f, const Raster& raster, const std::string& title, const Attributes& attributes) const;
  void define_variables(netcdf::File& f, std::span<const int> dimensions) const;
  void put_axes(netcdf::File& f, const Grid& grid) const;
  void put_stations(netcdf::File& f, const Grid& grid) const;
  void create(const Grid& grid, const std::string& title, const Attributes& attributes);
  void reopen(const Raster& raster);
  void position(Time begin);
};

int ProductFile::State::define_axis(netcdf::File& f, const char* name, std::int64_t length, const char* units,
                                    const char* axis, int bounds) const {
  const int dimension = f.define_dimension(name, length);
  const int variable = f.define_variable(name, netcdf::Type::double_, std::span(&dimension, 1));
  const bool latitude = axis[0] == 'Y';
  f.put_attribute(variable, "standard_name", std::string(latitude ? "latitude" : "longitude"));
  f.put_attribute(variable, "units", std::string(units));
  f.put_attribute(variable, "axis", std::string(axis));
  f.put_attribute(variable, "bounds", std::string(name) + "_bnds");
  f.define_variable(std::string(name) + "_bnds", netcdf::Type::double_, std::vector<int>{dimension, bounds});
  return dimension;
}

void ProductFile::State::define_variables(netcdf::File& f, std::span<const int> dimensions) const {
  const double fill[] = {product_fill};
  for (const ProductVariable& v : variables) {
    const int id = f.define_variable(v.name, netcdf::Type::float_, dimensions);
    if (!v.standard_name.empty()) f.put_attribute(id, "standard_name", v.standard_name);
    f.put_attribute(id, "long_name", v.long_name.empty() ? v.name : v.long_name);
    f.put_attribute(id, "units", v.units);
    if (!v.cell_methods.empty()) f.put_attribute(id, "cell_methods", v.cell_methods);
    if (list) f.put_attribute(id, "coordinates", std::string("lat lon station_name"));
    f.put_attribute(id, "_FillValue", netcdf::Type::float_, fill);
  }
}

void ProductFile::State::define(netcdf::File& f, const Raster& raster, const std::string& title,
                                const Attributes& attributes) const {
  f.put_attribute(netcdf::global, "Conventions", std::string("CF-1.10"));
  f.put_attribute(netcdf::global, "title", title);
  if (list) f.put_attribute(netcdf::global, "featureType", std::string("timeSeries"));
  f.put_attributes(attributes);
  const int time = f.define_dimension("time", netcdf::unlimited), bounds = f.define_dimension("bnds", 2);
  const int time_variable = f.define_variable("time", netcdf::Type::double_, std::span(&time, 1));
  f.put_attribute(time_variable, "standard_name", std::string("time"));
  f.put_attribute(time_variable, "units", std::string(time_units));
  f.put_attribute(time_variable, "calendar", std::string("proleptic_gregorian"));
  f.put_attribute(time_variable, "axis", std::string("T"));
  f.put_attribute(time_variable, "bounds", std::string("time_bnds"));
  f.define_variable("time_bnds", netcdf::Type::double_, std::vector<int>{time, bounds});
  if (!list) {
    const int lat = define_axis(f, "lat", raster.ny, "degrees_north", "Y", bounds);
    const int lon = define_axis(f, "lon", raster.nx, "degrees_east", "X", bounds);
    define_variables(f, std::vector<int>{time, lat, lon});
    return;
  }
  const int station = f.define_dimension("station", raster.cells()),
            letters = f.define_dimension("name_length", name_length);
  const int lat = f.define_variable("lat", netcdf::Type::double_, std::span(&station, 1));
  const int lon = f.define_variable("lon", netcdf::Type::double_, std::span(&station, 1));
  f.put_attribute(lat, "standard_name", std::string("latitude"));
  f.put_attribute(lat, "units", std::string("degrees_north"));
  f.put_attribute(lon, "standard_name", std::string("longitude"));
  f.put_attribute(lon, "units", std::string("degrees_east"));
  const int name = f.define_variable("station_name", netcdf::Type::character, std::vector<int>{station, letters});
  f.put_attribute(name, "long_name", std::string("station name"));
  f.put_attribute(name, "cf_role", std::string("timeseries_id"));
  define_variables(f, std::vector<int>{time, station});
}

void ProductFile::State::put_axes(netcdf::File& f, const Grid& grid) const {
  const auto whole = [&](const char* name, const std::vector<double>& values, std::int64_t columns) {
    const std::int64_t rows = comm->root() ? std::int64_t(values.size()) / columns : 0;
    const std::vector<std::int64_t> start(columns == 1 ? 1 : 2, 0);
    const std::vector<std::int64_t> count =
        columns == 1 ? std::vector<std::int64_t>{rows} : std::vector<std::int64_t>{rows, columns};
    f.put(f.variable(name), start, count, std::span(values).first(std::size_t(rows * columns)));
  };
  whole("lat", grid.raster.lat, 1);
  whole("lat_bnds", edges_of(grid.raster.lat, 90.0), 2);
  whole("lon", grid.raster.lon, 1);
  whole("lon_bnds", edges_of(grid.raster.lon, 1e9), 2);
}

void ProductFile::State::put_stations(netcdf::File& f, const Grid& grid) const {
  constexpr int width = 2 + name_words;  // lon, lat and the letters of the name as raw bits
  std::vector<double> owned(grid.points.size() * width, 0.0), block(std::size_t(exchange.block_size()) * width, 0.0);
  for (std::size_t i = 0; i < grid.points.size(); ++i) {
    const GridPoint& p = grid.points[i];
    const std::string name = p.name.empty() ? "point" + std::to_string(p.id) : p.name;
    owned[i * width] = p.lon;
    owned[i * width + 1] = p.lat;
    std::memcpy(&owned[i * width + 2], name.data(), std::min<std::size_t>(name.size(), name_length));
  }
  exchange.to_block(owned, block, width);
  const std::size_t n = std::size_t(exchange.block_size());
  std::vector<double> lon(n), lat(n);
  std::vector<char> names(n * name_length);
  for (std::size_t i = 0; i < n; ++i) {
    lon[i] = block[i * width];
    lat[i] = block[i * width + 1];
    std::memcpy(&names[i * name_length], &block[i * width + 2], name_length);
  }
  const std::vector<std::int64_t> start{exchange.block_begin(), 0}, count{exchange.block_size(), name_length};
  f.put(f.variable("lat"), std::span(start).first(1), std::span(count).first(1), std::span<const double>(lat));
  f.put(f.variable("lon"), std::span(start).first(1), std::span(count).first(1), std::span<const double>(lon));
  f.put_text(f.variable("station_name"), start, count, names);
}

void ProductFile::State::create(const Grid& grid, const std::string& title, const Attributes& attributes) {
  const std::string aside = path + ".tmp";  // a file under the final name always has a whole header
  netcdf::File fresh = netcdf::File::create(*comm, aside);
  define(fresh, grid.raster, title, attributes);
  fresh.end_definitions();
  if (list) {
    put_stations(fresh, grid);
  } else {
    put_axes(fresh, grid);
  }
  fresh.close();
  netcdf::replace_file(*comm, aside, path);
  file = netcdf::File::open_to_write(*comm, path);
}

void ProductFile::State::reopen(const Raster& raster) {
  file = netcdf::File::open_to_write(*comm, path);
  const char* hint = "; it belongs to another run: write to another folder or remove it";
  const std::vector<std::int64_t> shape =
      list ? std::vector<std::int64_t>{raster.cells()} : std::vector<std::int64_t>{raster.ny, raster.nx};
  for (const ProductVariable& v : variables) {
    require(file.has_variable(v.name), path, ": cannot be continued, it has no variable '", v.name, "'", hint);
    const int id = file.variable(v.name);
    std::vector<std::int64_t> stored;
    for (const netcdf::Dimension& d : file.dimensions(id)) stored.push_back(d.length);
    require(!stored.empty() && std::equal(stored.begin() + 1, stored.end(), shape.begin(), shape.end()), path,
            ": cannot be continued, variable '", v.name, "' has another shape", hint);
    require(file.text_attribute(id, "units") == v.units, path, ": cannot be continued, variable '", v.name,
            "' has units '", file.text_attribute(id, "units").value_or(""), "', not '", v.units, "'", hint);
  }
  positioned = false;
}

void ProductFile::State::position(Time begin) {
  const std::vector<double> bounds = file.all(file.variable("time_bnds"));
  double previous = -std::numeric_limits<double>::infinity();
  records = 0;  // whole records, in order, that end before; a record cut off by a crash fails one of the tests
  for (std::size_t r = 0; 2 * r + 1 < bounds.size(); ++r) {
    const bool kept = bounds[2 * r] >= previous && bounds[2 * r + 1] > previous &&
                      bounds[2 * r + 1] <= double(begin.seconds) && bounds[2 * r] < double(begin.seconds);
    if (!kept) break;
    previous = bounds[2 * r + 1];
    ++records;
  }
  positioned = true;
}

ProductFile::ProductFile(const Comm& comm, std::string path, const Grid& grid, std::vector<ProductVariable> variables,
                         const std::string& title, bool append, const Attributes& attributes) {
  require(!variables.empty(), path, ": no variables to write; name some under output.products");
  const bool means = std::all_of(variables.begin(), variables.end(), [](const ProductVariable& v) {
    return v.cell_methods.find("time: mean") != std::string::npos ||
           v.cell_methods.find("time: sum") != std::string::npos;
  });
  std::vector<std::int64_t> ids;
  for (const GridPoint& p : grid.points) ids.push_back(p.id);
  const bool exists = comm.any(comm.root() && std::filesystem::exists(path));
  state_.reset(new State{&comm, path, std::move(variables), BlockExchange(comm, cells_of(grid), grid.raster.cells()),
                         std::move(ids), grid.raster.is_list(), means, netcdf::File()});
  if (append && exists) {
    state_->reopen(grid.raster);
  } else {
    state_->create(grid, title, attributes);
  }
}
ProductFile::~ProductFile() = default;
ProductFile::ProductFile(ProductFile&&) noexcept = default;

void ProductFile::write(Time begin, Time end, std::span<const std::vector<double>> values) {
  State& s = *state_;
  ensure(values.size() == s.variables.size() && end >= begin && begin >= s.last_end, s.path, ": record over [",
         format_time(begin), ", ", format_time(end), "] does not follow the last one or has ", values.size(),
         " variables, expected ", s.variables.size());
  if (!s.positioned) s.position(begin);
  std::string problem;
  for (const auto& v : values)
    if (v.size() != s.exchange.owned())
      problem = text(s.path, ": ", v.size(), " values for ", s.exchange.owned(), " points");
  for (std::size_t v = 0; v < values.size(); ++v)
    for (std::size_t i = 0; i < values[v].size() && problem.empty(); ++i)
      if (!std::isfinite(values[v][i]))
        problem = text(s.path, ": variable '", s.variables[v].name, "' is not finite at point ", s.point_ids[i],
                       " over [", format_time(begin), ", ", format_time(end), "]");
  together(*s.comm, [&] { ensure(problem.empty(), problem); });
  std::vector<double> block(std::size_t(s.exchange.block_size()));
  for (std::size_t v = 0; v < values.size(); ++v) {
    std::fill(block.begin(), block.end(), product_fill);
    s.exchange.to_block(values[v], block, 1);
    s.file.put_flat(s.file.variable(s.variables[v].name), std::span(&s.records, 1), s.exchange.block_begin(), block);
  }
  const std::int64_t count = s.comm->root() ? 1 : 0;
  const double bounds[2] = {double(begin.seconds), double(end.seconds)};
  const double time = s.means ? 0.5 * (bounds[0] + bounds[1]) : bounds[1];
  s.file.put(s.file.variable("time"), std::vector<std::int64_t>{s.records}, std::vector<std::int64_t>{count},
             std::span(&time, std::size_t(count)));
  s.file.put(s.file.variable("time_bnds"), std::vector<std::int64_t>{s.records, 0},
             std::vector<std::int64_t>{count, 2 * count}, std::span(bounds, std::size_t(2 * count)));
  s.file.sync_records();
  ++s.records;
  s.last_end = end;
}

void ProductFile::sync() { state_->file.sync(); }

}  // namespace tilth
