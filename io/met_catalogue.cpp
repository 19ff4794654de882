#include "io/met_catalogue.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "io/time_axis.hpp"

namespace tilth {

namespace {

std::int64_t day_number(Time t) { return midnight(t).seconds / seconds_per_day; }

/// Runs of times of the same day.
std::map<std::int64_t, Samples> samples_by_day(const std::vector<Time>& times, int file) {
  std::map<std::int64_t, Samples> days;
  for (std::size_t i = 0; i < times.size(); ++i) {
    Samples& samples = days[day_number(times[i])];
    if (samples.count == 0) samples = {file, std::int64_t(i), 0, times[i] - midnight(times[i])};
    ++samples.count;
  }
  return days;
}

int usual_count(const std::map<std::int64_t, Samples>& days) {
  std::map<int, int> seen;
  int usual = 0;
  for (const auto& [day, samples] : days)
    if (++seen[samples.count] > seen[usual]) usual = samples.count;
  return usual;
}

void check_shape(const netcdf::File& file, int id, const CellAxes& axes) {
  const std::vector<netcdf::Dimension> shape = file.dimensions(id);
  const bool ok = shape.size() == 3 && shape[1].length == std::int64_t(axes.lat.size()) &&
                  shape[2].length == std::int64_t(axes.lon.size()) && over_cells(file, id);
  require(ok, file.path(), ": variable '", file.name(id),
          "' is not (time, lat, lon); reorder it, for instance with `ncpdq -a time,lat,lon`");
}

void add_file(MetCatalogue& catalogue, const netcdf::File& file, std::int64_t shift_s) {
  const int number = int(catalogue.paths.size());
  const CellAxes axes = read_cell_axes(file);
  if (number == 0) catalogue.axes = axes;
  require(axes == catalogue.axes, file.path(), ": its grid differs from that of ",
          catalogue.paths.empty() ? "" : catalogue.paths.front(), "; interpolate the files to one grid");
  catalogue.paths.push_back(file.path());
  const auto days = samples_by_day(read_time_axis(file, shift_s, -1).begin, number);
  for (int r = 0; r < raw_count; ++r) {
    MetCatalogue::Variable& v = catalogue.variables[r];
    const int id = find_raw(file, Raw(r));
    v.convert.emplace_back("1", "1", "");
    if (id < 0) continue;
    check_shape(file, id, axes);
    require(v.name.empty() || v.name == file.name(id), file.path(), ": variable '", file.name(id), "' is called '",
            v.name, "' in other files; rename it");
    v.name = file.name(id);
    v.convert.back() =
        UnitConverter(file.units(id), raw_variables[r].units, file.path() + ": variable '" + v.name + "'");
    v.days.insert(days.begin(), days.end());  // a day of two files is taken from the first
  }
}

}  // namespace

MetCatalogue read_met_catalogue(const Comm& comm, const std::vector<std::string>& paths, std::int64_t shift_s) {
  MetCatalogue catalogue;
  for (const std::string& path : paths) add_file(catalogue, netcdf::File::open(comm, path), shift_s);
  for (MetCatalogue::Variable& v : catalogue.variables) {
    v.usual = usual_count(v.days);
    catalogue.incomplete +=
        std::int64_t(std::erase_if(v.days, [&](const auto& d) { return d.second.count != v.usual; }));
  }
  return catalogue;
}

bool MetCatalogue::has(Time day) const {
  return std::all_of(variables.begin(), variables.end(),
                     [&](const Variable& v) { return !v.present() || v.days.contains(day_number(day)); });
}

int MetCatalogue::first_year() const {
  int year = 9999;
  for (const Variable& v : variables)
    if (v.present()) year = std::min(year, date_of({v.days.begin()->first * seconds_per_day}).year);
  return year;
}

int MetCatalogue::last_year() const {
  int year = -9999;
  for (const Variable& v : variables)
    if (v.present()) year = std::max(year, date_of({v.days.rbegin()->first * seconds_per_day}).year);
  return year;
}

}  // namespace tilth
