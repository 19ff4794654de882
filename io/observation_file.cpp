#include "io/observation_file.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/obs/obs_table.hpp"
#include "io/classic_header.hpp"
#include "io/netcdf.hpp"
#include "io/time_axis.hpp"
#include "io/units.hpp"

namespace tilth {

namespace {

using netcdf::File;

constexpr std::initializer_list<const char*> level_names = {"level", "depth"};
constexpr std::initializer_list<const char*> view_names = {"sensor_zenith_angle", "view_zenith_angle", "vza"};

/// This rank's part of the rows of a file.
struct Slab {
  std::int64_t start = 0, length = 0, total = 0;
};

/// Values of this rank's rows of a variable that has one value per row (other dimensions of length 1), unpacked.
std::vector<double> slab_of(const File& file, int variable, const Slab& slab) {
  std::vector<std::int64_t> start, count;
  bool rows_seen = false;
  for (const netcdf::Dimension& d : file.dimensions(variable)) {
    const bool rows = !rows_seen && d.length == slab.total;
    require(rows || d.length == 1, file.path(), ": variable '", file.name(variable), "' has ", file.size(variable),
            " values for ", slab.total, " times; expected one per time: choose one pixel or average them");
    rows_seen = rows_seen || rows;
    start.push_back(rows ? slab.start : 0);
    count.push_back(rows ? slab.length : (slab.length == 0 ? 0 : 1));
  }
  require(rows_seen || slab.total == 1, file.path(), ": variable '", file.name(variable), "' has no time dimension");
  std::vector<double> values(std::size_t(slab.length));
  file.get(variable, start, count, std::span<double>(values));
  File::unpack(file.packing(variable), values);
  return values;
}

/// The first of `names` the file has, or -1.
int first_of(const File& file, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (file.has_variable(name)) return file.variable(name);
  return -1;
}

/// Longitudes or latitudes of this rank's rows: one per row, or one for all.
std::vector<double> places(const File& file, std::initializer_list<const char*> names, const Slab& slab, double limit) {
  const int id = first_of(file, names);
  require(id >= 0, file.path(), ": no variable '", *names.begin(), "'; observations need a place");
  std::vector<double> values = file.size(id) == 1 && slab.total != 1
                                   ? std::vector<double>(std::size_t(slab.length), file.all(id)[0])
                                   : slab_of(file, id, slab);
  const std::string units = file.text_attribute(id, "units").value_or("degree");
  require(units.starts_with("deg") || units.starts_with("rad"), file.path(), ": variable '", file.name(id),
          "' has units '", units.c_str(), "', expected degrees or radians; correct the units attribute");
  const UnitConverter convert(units, "degree", file.path() + ": variable '" + file.name(id) + "'");
  for (double& v : values) {
    v = convert(v);
    require(std::isfinite(v) && std::abs(v) <= limit, file.path(), ": variable '", file.name(id), "' is ", v,
            ", expected degrees within ", limit, " of 0");
    if (limit > 90.0) v = v >= 180.0 ? v - 360.0 : (v < -180.0 ? v + 360.0 : v);
  }
  return values;
}

/// Start and end of each of this rank's rows, as stored.
std::vector<double> edges_of(const File& file, int bounds, const Slab& slab) {
  const std::vector<netcdf::Dimension> shape = file.dimensions(bounds);
  require(shape.size() == 2 && shape[0].length == slab.total && shape[1].length == 2, file.path(), ": variable '",
          file.name(bounds), "' has not two values for each of ", slab.total, " times");
  std::vector<double> edges(std::size_t(2 * slab.length));
  file.get(bounds, std::vector<std::int64_t>{slab.start, 0},
           std::vector<std::int64_t>{slab.length, slab.length == 0 ? 0 : 2}, std::span<double>(edges));
  return edges;
}

/// Start and end of this rank's rows.
TimeAxis times(const File& file, const ObservationFileOptions& options, const Slab& slab, bool series) {
  if (series) {
    const TimeAxis all = read_time_axis(file, options.time_shift_s, options.interval_s);
    const auto part = [&](const std::vector<Time>& v) {
      return std::vector<Time>(v.begin() + slab.start, v.begin() + slab.start + slab.length);
    };
    return {part(all.begin), part(all.end)};
  }
  const int id = time_variable(file);
  const TimeDecoder decode(file, id, options.time_shift_s);
  const std::string bounds = bounds_name(file, id);
  const bool bounded = !bounds.empty();
  const std::vector<double> stamps = slab_of(file, id, slab);
  const std::vector<double> edges = bounded ? edges_of(file, file.variable(bounds), slab) : std::vector<double>{};
  TimeAxis axis;  // nothing is collective from here on
  for (std::size_t i = 0; i < stamps.size(); ++i) {
    axis.begin.push_back(decode(bounded ? edges[2 * i] : stamps[i]));
    axis.end.push_back(bounded ? decode(edges[2 * i + 1])
                               : axis.begin.back() + std::max<std::int64_t>(options.interval_s, 0));
    require(axis.end[i] >= axis.begin[i], file.path(), ": variable '", bounds, "' ends before it begins at ",
            format_time(axis.begin[i]));
  }
  return axis;
}

/// A variable that the file itself promises must be there: without it the values would mean something else.
void require_promised(const File& file, int variable) {
  for (const char* attribute : {"ancillary_variables", "coordinates"}) {
    const bool all = attribute == std::string("ancillary_variables");
    std::istringstream names(file.text_attribute(variable, attribute).value_or(""));
    for (std::string name; names >> name;) {
      const bool read = all || std::ranges::count(level_names, name) + std::ranges::count(view_names, name) > 0;
      require(!read || file.has_variable(name), file.path(), ": variable '", file.name(variable), "' names '", name,
              "' in its attribute ", attribute, ", but it is not in the file", did_you_mean(name, file.variables()),
              "; restore it, or correct the attribute");
    }
  }
}

/// The variable an option names, or the usual one when the option is empty; -1: none.
int companion(const File& file, const std::string& named, std::initializer_list<std::string> usual) {
  if (!named.empty()) return file.variable(named);
  for (const std::string& name : usual)
    if (file.has_variable(name)) return file.variable(name);
  return -1;
}

/// Errors of this rank's rows in target units, 0 where not given.
std::vector<double> errors(const File& file, int id, const Slab& slab, const std::string& target_units,
                           double molar_mass, const TimeAxis& axis) {
  if (id < 0) return std::vector<double>(std::size_t(slab.length), 0.0);
  const std::string where = file.path() + ": variable '" + file.name(id) + "'";
  const UnitConverter convert(file.units(id), target_units, molar_mass, where);
  std::vector<double> values = slab_of(file, id, slab);
  for (std::size_t i = 0; i < values.size(); ++i) {
    require(!(values[i] < 0.0), where, " is ", values[i], " at ", format_time(axis.begin[i]),
            ", an error must not be negative; correct the file or leave out error_variable");
    values[i] = std::isfinite(values[i]) ? convert.difference(values[i]) : 0.0;
  }
  return values;
}

/// Values of this rank's rows of the first of `names` that the file has, one for all or one per row; NaN where not
/// given.
std::vector<double> optional_values(const File& file, std::initializer_list<const char*> names, const Slab& slab) {
  const int id = first_of(file, names);
  const auto none = std::nan("");
  if (id < 0) return std::vector<double>(std::size_t(slab.length), none);
  if (file.size(id) == 1 && slab.total != 1) return std::vector<double>(std::size_t(slab.length), file.all(id)[0]);
  return slab_of(file, id, slab);
}

/// Angles of view of this rank's rows in degrees, NaN where not given.
std::vector<double> view_angles(const File& file, const Slab& slab) {
  const int id = first_of(file, view_names);
  std::vector<double> angles = optional_values(file, view_names, slab);
  if (id < 0) return angles;
  const std::string where = file.path() + ": variable '" + file.name(id) + "'";
  const UnitConverter convert(file.units(id), "degree", where);
  for (double& a : angles) {
    if (!std::isfinite(a)) continue;
    a = std::abs(convert(a));  // some products give the side of the swath by the sign
    require(a < 90.0, where, " is ", a, ", expected degrees below 90 from the vertical");
  }
  return angles;
}

/// One rank's rows before missing and unwanted ones are dropped.
struct Rows {
  TimeAxis axis;
  std::vector<double> lon, lat, value, error, quality, level, view;
};

bool within(double quality, const ObservationFileOptions& options) {
  return quality >= options.qc_minimum && quality <= options.qc_maximum;
}

ObservationSeries kept(const Rows& rows, const ObservationFileOptions& options, const Slab& slab) {
  ObservationSeries out;
  for (std::size_t i = 0; i < rows.value.size(); ++i) {
    const double value = rows.value[i];
    if (!std::isfinite(value)) {
      ++out.missing;
      continue;
    }
    if (rows.axis.begin[i] < options.not_before || rows.axis.end[i] > options.not_after) {
      ++out.left_out;
      continue;
    }
    std::uint32_t flag = qc_used;
    if (value < options.valid_min || value > options.valid_max) flag |= qc_bad_value;
    if (!rows.quality.empty() && !within(rows.quality[i], options)) flag |= qc_bad_quality;
    out.row.push_back(slab.start + std::int64_t(i));
    out.begin.push_back(rows.axis.begin[i]);
    out.end.push_back(rows.axis.end[i]);
    out.lon.push_back(rows.lon[i]);
    out.lat.push_back(rows.lat[i]);
    out.value.push_back(value);
    out.error_sd.push_back(rows.error[i]);
    out.level.push_back(rows.level[i]);
    out.view_zenith_deg.push_back(rows.view[i]);
    out.flag.push_back(flag);
  }
  return out;
}

}  // namespace

void ObservationFileOptions::describe(Schema& s) {
  s.text("error_variable", error_variable)
      .about("Variable of the standard deviation of the error; empty: `error_sd` if the file has it.");
  s.text("qc_variable", qc_variable)
      .about("Variable of the quality; empty: `qc` or the variable's name with `_qc` if the file has it.");
  s.real("qc_minimum", qc_minimum).about("Values of lower quality are flagged bad_quality.");
  s.real("qc_maximum", qc_maximum)
      .about("Values with a higher number are flagged bad_quality, for files in which 0 is best (PLUMBER2, FLUXNET).");
  s.real("molar_mass", molar_mass)
      .in(0.0, 1000.0)
      .units("g mol-1")
      .about(
          "Mass of a mole where the file counts moles and the operator mass: 12.0107 for carbon; 0: refuse the file.");
  s.real("valid_min", valid_min).about("Values below, in units of the operator, are flagged bad_value.");
  s.real("valid_max", valid_max).about("Values above, in units of the operator, are flagged bad_value.");
  s.time("not_before", not_before).about("Observations that begin earlier are left out.");
  s.time("not_after", not_after).about("Observations that end later are left out.");
  s.time_offset("time_shift", time_shift_s)
      .about("Added to the times of the file, for instance -1 hour from Paris to UTC.");
  s.integer("interval_s", interval_s)
      .in(-1, 400.0 * seconds_per_day)
      .units("s")
      .about("Length of the averaging interval; -1: from the file.");
}

ObservationSeries read_observations(const Comm& comm, const ObservationFileOptions& options,
                                    const std::string& target_units) {
  const File file = File::open(comm, options.path);
  const int value = file.variable(options.variable);
  const std::string where = options.path + ": variable '" + options.variable + "'";
  const UnitConverter convert(file.units(value), target_units, options.molar_mass, where);
  require_promised(file, value);
  netcdf::require_all_counted(comm, options.path);
  Slab slab;
  const bool series = !file.has_dimension("obs");
  slab.total = file.size(time_variable(file));
  slab.start = slab.total * comm.rank() / comm.size();
  slab.length = slab.total * (comm.rank() + 1) / comm.size() - slab.start;
  const int error = companion(file, options.error_variable, {"error_sd"});
  const int quality = companion(file, options.qc_variable, {"qc", options.variable + "_qc"});
  Rows rows;
  together(comm, [&] { rows.value = slab_of(file, value, slab); });
  if (quality >= 0) rows.quality = slab_of(file, quality, slab);
  // Reading is collective, so every step is taken by all ranks before one of them may complain.
  std::string problem;
  const auto attempt = [&](auto&& step) {
    try {
      step();
    } catch (const Error& e) {
      if (problem.empty()) problem = e.what();
    }
    require_all(comm, problem.empty(), problem);
  };
  attempt([&] { rows.axis = times(file, options, slab, series); });
  attempt([&] { rows.lon = places(file, {"lon", "longitude"}, slab, 360.0); });
  attempt([&] { rows.lat = places(file, {"lat", "latitude"}, slab, 90.0); });
  attempt([&] { rows.level = optional_values(file, level_names, slab); });
  attempt([&] { rows.view = view_angles(file, slab); });
  attempt([&] { rows.error = errors(file, error, slab, target_units, options.molar_mass, rows.axis); });
  for (double& v : rows.value) v = convert(v);
  ObservationSeries out = kept(rows, options, slab);
  out.missing = comm.sum(out.missing);
  out.left_out = comm.sum(out.left_out);
  out.station = file.text_attribute(netcdf::global, "site_code").value_or("");
  return out;
}

}  // namespace tilth
