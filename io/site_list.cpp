// Site lists from CSV files.
#include <algorithm>
#include <map>
#include <sstream>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "io/grid_file.hpp"
#include "io/met_derivation.hpp"
#include "io/surface_classes.hpp"

namespace tilth {

namespace {

/// Fields of a line; a field in double quotes may hold the separator.
std::vector<std::string> fields_of(const std::string& line, char separator) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == separator && !quoted) {
      fields.emplace_back();
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  return fields;
}

/// Rows of a CSV file by their column names.
std::vector<std::map<std::string, std::string>> table_of(const Comm& comm, const std::string& path) {
  std::istringstream lines(shared_text(comm, path));
  std::string line;
  std::getline(lines, line);
  const std::vector<std::string> header = fields_of(line, ',');
  std::vector<std::map<std::string, std::string>> rows;
  while (std::getline(lines, line)) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const std::vector<std::string> fields = fields_of(line, ',');
    require(fields.size() == header.size(), path, ": line '", line, "' has ", fields.size(), " fields, the header has ",
            header.size());
    auto& row = rows.emplace_back();
    for (std::size_t i = 0; i < header.size(); ++i) row[header[i]] = fields[i];
  }
  return rows;
}

double number(const std::string& word, const std::string& where) {
  std::size_t used = 0;
  double value = 0.0;
  try {
    value = std::stod(word, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  require(used > 0 && used == word.size(), where, ": '", word, "' is not a number");
  return value;
}

double number_of(const std::map<std::string, std::string>& row, const std::string& column, double fallback,
                 const std::string& where) {
  const auto found = row.find(column);
  return found == row.end() || found->second.empty() ? fallback : number(found->second, where + " column " + column);
}

/// `87 NET temperate;10 NDT temperate`: percent and class.
Cover cover_of(const std::string& text, double lat, double elevation_m, const std::string& where) {
  Cover cover{};
  for (std::string part : fields_of(text, ';')) {
    part = part.substr(0, part.find(" ("));  // remarks in parentheses
    const std::size_t blank = part.find(' ');
    require(blank != std::string::npos, where, ": '", part, "', expected `percent class`");
    const std::string name = part.substr(blank + 1);
    require(add_class(cover, name, number(part.substr(0, blank), where), lat, elevation_m), where, ": class '", name,
            "' is not known; see the site lists in docs/file-formats.md");
  }
  return cover;
}

/// `0-4.5:60/27/13;4.5-9.1:63/26/12`: sand, silt, clay per layer; means weighted by thickness.
void set_texture(Surface& surface, const std::string& text, const std::string& where) {
  double depth = 0.0, sand = 0.0, clay = 0.0;
  for (const std::string& layer : fields_of(text, ';')) {
    const std::vector<std::string> parts = fields_of(layer, ':');
    const std::vector<std::string> limits = parts.size() == 2 ? fields_of(parts[0], '-') : std::vector<std::string>{};
    const std::vector<std::string> shares = parts.size() == 2 ? fields_of(parts[1], '/') : std::vector<std::string>{};
    require(limits.size() == 2 && shares.size() == 3, where, ": soil layer '", layer,
            "', expected `top-bottom:sand/silt/clay` in cm and percent");
    const double thickness = number(limits[1], where) - number(limits[0], where);
    depth += thickness;
    sand += thickness * number(shares[0], where);
    clay += thickness * number(shares[2], where);
  }
  require(depth > 0.0, where, ": soil layers have no thickness");
  surface.sand_percent = sand / depth;
  surface.clay_percent = clay / depth;
}

using Row = std::map<std::string, std::string>;

GridPoint point_of(const Row& row, const Row* surface, const std::string& path) {
  const std::string where = path + ": site '" + row.at("site") + "'";
  GridPoint p;
  p.name = row.at("site");
  p.lat = number(row.at("lat"), where + " column lat");
  p.lon = number(row.at("lon"), where + " column lon");
  if (p.lon >= 180.0) p.lon -= 360.0;
  require(p.lat >= -90.0 && p.lat <= 90.0 && p.lon >= -180.0, where, ": place ", p.lon, ", ", p.lat,
          " is not on the Earth");
  p.area_m2 = 1e6;
  Surface& s = p.surface;
  s.elevation_m = number_of(row, "elev_m", 0.0, where);
  s.canopy_height_m = number_of(row, "canopy_height_m", -1.0, where);
  s.wind_height_m = number_of(row, "reference_height_m", s.wind_height_m, where);
  if (surface != nullptr) {
    s.tiles = tiles_of(cover_of(surface->at("pft_percent"), p.lat, s.elevation_m, where), 0.0);
    set_texture(s, surface->at("soil_layers_cm_sand/silt/clay_percent"), where);
    return p;
  }
  const auto igbp = row.find("igbp");
  require(igbp != row.end(), where, ": neither a line in surface_file nor a column igbp says what grows there");
  Cover cover{};
  require(add_class(cover, igbp->second, 1.0, p.lat, s.elevation_m), where, ": igbp '", igbp->second, "' is not known");
  s.tiles = tiles_of(cover, 0.05);
  return p;
}

}  // namespace

void SiteListOptions::describe(Schema& s) {
  s.text("surface_file", surface_file)
      .about(
          "CSV with columns site, pft_percent and soil_layers_cm_sand/silt/clay_percent; else the IGBP class decides.");
  s.words("sites", sites).about("Sites to take, in this order; empty: all of the list.");
}

Grid read_sites(const Comm& comm, const SiteListOptions& options) {
  const std::vector<Row> rows = table_of(comm, options.file);
  std::map<std::string, Row> surfaces;
  if (!options.surface_file.empty())
    for (const Row& row : table_of(comm, options.surface_file)) {
      for (const char* column : {"site", "pft_percent", "soil_layers_cm_sand/silt/clay_percent"})
        require(row.contains(column), options.surface_file, ": no column '", column, "'");
      surfaces[row.at("site")] = row;
    }
  std::vector<std::string> names = options.sites, known;
  for (const Row& row : rows) {
    for (const char* column : {"site", "lat", "lon"})
      require(row.contains(column), options.file, ": no column '", column, "'");
    known.push_back(row.at("site"));
  }
  if (names.empty()) names = known;
  Grid grid;
  grid.global_count = std::int64_t(names.size());
  require(grid.global_count > 0, options.file, ": no sites");
  grid.raster.nx = int(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto found = std::find(known.begin(), known.end(), names[i]);
    require(found != known.end(), options.file, ": no site '", names[i], "'", did_you_mean(names[i], known));
    const auto surface = surfaces.find(names[i]);
    GridPoint p = point_of(rows[std::size_t(found - known.begin())],
                           surface == surfaces.end() ? nullptr : &surface->second, options.file);
    p.id = p.cell = std::int64_t(i);
    grid.raster.lon.push_back(p.lon);
    grid.raster.lat.push_back(p.lat);
    const std::int64_t first = grid.global_count * comm.rank() / comm.size();
    const std::int64_t past = grid.global_count * (comm.rank() + 1) / comm.size();
    if (p.id >= first && p.id < past) grid.points.push_back(std::move(p));
  }
  return grid;
}

}  // namespace tilth
