#include "io/product.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <numeric>

#include "core/base/error.hpp"
#include "io/disk.hpp"
#include "io/product_state.hpp"

namespace tilth {

namespace {

constexpr int name_length = station_name_length;
constexpr int name_words = name_length / 8;

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

void ProductFile::State::put_area(netcdf::File& f, const Grid& grid) const {
  std::vector<double> owned, block(std::size_t(exchange.block_size()), product_fill);
  for (const GridPoint& p : grid.points) owned.push_back(p.area_m2);
  exchange.to_block(owned, block, 1);
  f.put_flat(f.variable("cell_area"), {}, exchange.block_begin(), block);
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
    put_area(fresh, grid);
  }
  if (realizations() > 0) {
    std::vector<double> numbers(comm->root() ? std::size_t(realizations()) : 0);
    std::iota(numbers.begin(), numbers.end(), 0.0);
    const std::int64_t start = 0, count = std::int64_t(numbers.size());
    fresh.put(fresh.variable("realization"), std::span(&start, 1), std::span(&count, 1),
              std::span<const double>(numbers));
  }
  fresh.close();
  replace_file(*comm, aside, path);
  file = netcdf::File::open_to_write(*comm, path);
}

void ProductFile::State::require_same(const ProductVariable& v, std::span<const std::int64_t> shape) const {
  const char* hint = "; it belongs to another run: write to another folder or remove it";
  require(file.has_variable(v.name), path, ": cannot be continued, it has no variable '", v.name, "'", hint);
  const int id = file.variable(v.name);
  std::vector<std::int64_t> stored;
  for (const netcdf::Dimension& d : file.dimensions(id)) stored.push_back(d.length);
  require(!stored.empty() && std::equal(stored.begin() + 1, stored.end(), shape.begin(), shape.end()), path,
          ": cannot be continued, variable '", v.name, "' has another shape", hint);
  require(file.text_attribute(id, "units") == v.units, path, ": cannot be continued, variable '", v.name,
          "' has units '", file.text_attribute(id, "units").value_or(""), "', not '", v.units, "'", hint);
  const netcdf::Packing packing = file.packing(id);
  const double scale = v.is_packed() ? ShortPacking(v).scale : 1.0;
  require(packing.scale == scale, path, ": cannot be continued, variable '", v.name, "' is packed with scale_factor ",
          packing.scale, ", not ", scale, "; restore output.products.packing, or write to another folder");
}

void ProductFile::State::reopen(const Raster& raster, const Attributes& attributes) {
  file = netcdf::File::open_to_write(*comm, path);
  const std::vector<std::int64_t> shape =
      list ? std::vector<std::int64_t>{raster.cells()} : std::vector<std::int64_t>{raster.ny, raster.nx};
  for (const ProductVariable& v : variables) {
    std::vector<std::int64_t> own = shape;
    if (v.members > 0) own.insert(own.begin(), v.members);
    require_same(v, own);
  }
  for (const auto& [name, value] : attributes) {
    const std::string stored = file.text_attribute(netcdf::global, "frequency").value_or("");
    require(name != "frequency" || stored == std::get<std::string>(value), path,
            ": cannot be continued, its records are of ", stored,
            "; restore output.products.every, or write to another folder");
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

// Values become the numbers that are stored; returns how many were outside the range.
std::int64_t ProductFile::State::pack(const ProductVariable& variable, std::vector<double>& values) const {
  if (!variable.is_packed()) return 0;
  const ShortPacking packing(variable);
  std::int64_t outside = 0;
  for (double& x : values) {
    if (x < variable.packed_lower || x > variable.packed_upper) ++outside;
    x = std::clamp(std::nearbyint((x - packing.offset) / packing.scale), -ShortPacking::largest, ShortPacking::largest);
  }
  return outside;
}

// `values` as they are stored; of a variable with members one piece of the record each.
void ProductFile::State::put_record(const ProductVariable& variable, std::span<const double> values) {
  const double missing = variable.is_packed() ? ShortPacking::fill : product_fill;
  const std::size_t width = std::size_t(std::max(variable.members, 1)), cells = std::size_t(exchange.block_size());
  std::vector<double> block(cells * width, missing), piece(cells);
  exchange.to_block(values, block, int(width));
  const int id = file.variable(variable.name);
  if (variable.members == 0) return file.put_flat(id, std::span(&records, 1), exchange.block_begin(), block);
  for (std::size_t k = 0; k < width; ++k) {
    for (std::size_t i = 0; i < cells; ++i) piece[i] = block[i * width + k];
    file.put_flat(id, std::vector<std::int64_t>{records, std::int64_t(k)}, exchange.block_begin(), piece);
  }
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
                         std::move(ids), grid.raster.is_list(), means, grid.raster.cells() % 2 != 0, netcdf::File()});
  if (append && exists) {
    state_->reopen(grid.raster, attributes);
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
  const auto width = [&s](std::size_t v) { return std::size_t(std::max(s.variables[v].members, 1)); };
  for (std::size_t v = 0; v < values.size(); ++v)
    if (values[v].size() != s.exchange.owned() * width(v))
      problem = text(s.path, ": ", values[v].size(), " values for ", s.exchange.owned(), " points");
  for (std::size_t v = 0; v < values.size(); ++v)
    for (std::size_t i = 0; i < values[v].size() && problem.empty(); ++i)
      if (!std::isfinite(values[v][i]))
        problem = text(s.path, ": variable '", s.variables[v].name, "' is not finite at point ",
                       s.point_ids[i / width(v)], " over [", format_time(begin), ", ", format_time(end), "]");
  together(*s.comm, [&] { ensure(problem.empty(), problem); });
  std::vector<double> packed;
  std::int64_t outside = 0;
  for (std::size_t v = 0; v < values.size(); ++v) {
    const ProductVariable& variable = s.variables[v];
    packed = values[v];
    outside += s.pack(variable, packed);
    s.put_record(variable, packed);
  }
  const std::int64_t count = s.comm->root() ? 1 : 0;
  const double bounds[2] = {double(begin.seconds), double(end.seconds)};
  const double time = s.means ? 0.5 * (bounds[0] + bounds[1]) : bounds[1];
  s.file.put(s.file.variable("time"), std::vector<std::int64_t>{s.records}, std::vector<std::int64_t>{count},
             std::span(&time, std::size_t(count)));
  s.file.put(s.file.variable("time_bnds"), std::vector<std::int64_t>{s.records, 0},
             std::vector<std::int64_t>{count, 2 * count}, std::span(bounds, std::size_t(2 * count)));
  if (s.packed()) {
    const double all = double(s.comm->sum(outside));
    s.file.put(s.file.variable(State::outside_name), std::vector<std::int64_t>{s.records},
               std::vector<std::int64_t>{count}, std::span(&all, std::size_t(count)));
  }
  s.file.sync_records();
  ++s.records;
  s.last_end = end;
}

void ProductFile::sync() { state_->file.sync(); }

}  // namespace tilth
