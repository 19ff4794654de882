// Observation files as the simulator of observing systems writes them.
#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "io/observation_file.hpp"
#include "io/rows_file.hpp"

namespace tilth {

namespace {

constexpr const char* time_units = "seconds since 1970-01-01 00:00:00";

std::vector<double> seconds_of(const std::vector<Time>& times) {
  std::vector<double> out;
  for (const Time t : times) out.push_back(double(t.seconds));
  return out;
}

}  // namespace

void write_observations(const Comm& comm, const std::string& path, const ObservationSeries& series,
                        const ObservedQuantity& quantity, const Attributes& attributes) {
  using netcdf::Type;
  RowsFile rows(comm, path, "obs", series.row);
  netcdf::File& file = rows.file();
  file.put_attribute(netcdf::global, "Conventions", std::string("CF-1.10"));
  file.put_attribute(netcdf::global, "featureType", std::string("point"));
  file.put_attributes(attributes);
  const int id = rows.define("id", Type::int64, "", "global id of the observation");
  const int time = rows.define("time", Type::double_, time_units, "end of the averaging interval", "time");
  file.put_attribute(time, "calendar", std::string("proleptic_gregorian"));
  file.put_attribute(time, "bounds", std::string("time_bnds"));
  const int dims[] = {rows.dimension(), file.define_dimension("bnds", 2)};
  const int bounds = file.define_variable("time_bnds", Type::double_, dims);
  const int lat = rows.define("lat", Type::double_, "degrees_north", "", "latitude");
  const int lon = rows.define("lon", Type::double_, "degrees_east", "", "longitude");
  const int value =
      rows.define(quantity.variable, Type::double_, quantity.units, quantity.long_name, quantity.standard_name);
  rows.may_be_missing(value);
  file.put_attribute(value, "ancillary_variables", std::string("error_sd"));
  const int error = rows.define("error_sd", Type::double_, quantity.units, "standard deviation of the error");
  file.put_attribute(error, "coordinates", std::string("time lat lon"));
  const bool has_levels = comm.any(std::ranges::any_of(series.level, [](double l) { return !std::isnan(l); }));
  const int level = has_levels ? rows.define("level", Type::double_, "1", "place within the column") : -1;
  if (has_levels) rows.may_be_missing(level);
  const bool has_views = comm.any(std::ranges::any_of(series.view_zenith_deg, [](double v) { return !std::isnan(v); }));
  const int view = has_views ? rows.define("sensor_zenith_angle", Type::double_, "degree",
                                           "angle of the instrument's view from the vertical", "sensor_zenith_angle")
                             : -1;
  if (has_views) rows.may_be_missing(view);
  file.put_attribute(
      value, "coordinates",
      std::string("time lat lon") + (has_levels ? " level" : "") + (has_views ? " sensor_zenith_angle" : ""));
  rows.end_definitions();
  const std::vector<double> begin = seconds_of(series.begin), end = seconds_of(series.end);
  std::vector<double> both;
  for (std::size_t i = 0; i < begin.size(); ++i) {
    both.push_back(begin[i]);
    both.push_back(end[i]);
  }
  rows.put(id, series.row);
  rows.put(time, end);
  rows.put(bounds, 2, both);
  rows.put(lat, series.lat);
  rows.put(lon, series.lon);
  rows.put(value, series.value);
  rows.put(error, series.error_sd);
  if (has_levels) rows.put(level, series.level);
  if (has_views) rows.put(view, series.view_zenith_deg);
  rows.finish();
}

}  // namespace tilth
