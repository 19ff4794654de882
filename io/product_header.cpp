#include "core/base/sphere.hpp"
#include "io/product_state.hpp"

namespace tilth {

namespace {

constexpr const char* time_units = "seconds since 1970-01-01 00:00:00";

}  // namespace

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

int ProductFile::State::define_realizations(netcdf::File& f) const {
  const int dimension = f.define_dimension("realization", realizations());
  const int id = f.define_variable("realization", netcdf::Type::int_, std::span(&dimension, 1));
  f.put_attribute(id, "standard_name", std::string("realization"));
  f.put_attribute(id, "long_name", std::string("number of the member"));
  f.put_attribute(id, "units", std::string("1"));
  f.put_attribute(id, "axis", std::string("E"));
  return dimension;
}

void ProductFile::State::define_variables(netcdf::File& f, std::span<const int> dimensions) const {
  const double fill[] = {product_fill}, packed_fill[] = {ShortPacking::fill};
  // A record of an odd number of 16 bit integers ends in two bytes that nobody defines: 32 bits keep files equal.
  const netcdf::Type packed_type = odd_cells ? netcdf::Type::int_ : netcdf::Type::short_;
  std::vector<int> with_members(dimensions.begin(), dimensions.end());
  if (realizations() > 0) with_members.insert(with_members.begin() + 1, define_realizations(f));
  for (const ProductVariable& v : variables) {
    const int id = f.define_variable(v.name, v.is_packed() ? packed_type : netcdf::Type::float_,
                                     v.members > 0 ? std::span<const int>(with_members) : dimensions);
    if (!v.standard_name.empty()) f.put_attribute(id, "standard_name", v.standard_name);
    f.put_attribute(id, "long_name", v.long_name.empty() ? v.name : v.long_name);
    f.put_attribute(id, "units", v.units);
    if (!v.cell_methods.empty()) f.put_attribute(id, "cell_methods", v.cell_methods);
    if (list) f.put_attribute(id, "coordinates", std::string("lat lon station_name"));
    f.put_attribute(id, "grid_mapping", std::string("crs"));
    if (!list) f.put_attribute(id, "cell_measures", std::string("area: cell_area"));
    if (v.is_packed()) {
      const ShortPacking packing(v);
      f.put_attribute(id, "_FillValue", packed_type, packed_fill);
      f.put_attribute(id, "scale_factor", packing.scale);
      f.put_attribute(id, "add_offset", packing.offset);
      f.put_attribute(id, "rounding_error", 0.5 * packing.scale);
    } else {
      f.put_attribute(id, "_FillValue", netcdf::Type::float_, fill);
    }
  }
  if (!packed()) return;
  const int id = f.define_variable(outside_name, netcdf::Type::int_, dimensions.first(1));
  f.put_attribute(
      id, "long_name",
      std::string("values of this record outside the range they are packed in, set to the nearer end of it"));
  f.put_attribute(id, "units", std::string("1"));
}

void ProductFile::State::define_area(netcdf::File& f, std::span<const int> dimensions) const {
  const double fill[] = {product_fill};
  const int id = f.define_variable("cell_area", netcdf::Type::double_, dimensions);
  f.put_attribute(id, "long_name", std::string("land area of the cell"));
  f.put_attribute(id, "units", std::string("m2"));
  f.put_attribute(id, "grid_mapping", std::string("crs"));
  f.put_attribute(id, "_FillValue", netcdf::Type::double_, fill);
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
  const int crs = f.define_variable("crs", netcdf::Type::int_, {});
  f.put_attribute(crs, "grid_mapping_name", std::string("latitude_longitude"));
  f.put_attribute(crs, "longitude_of_prime_meridian", 0.0);
  f.put_attribute(crs, "earth_radius", 1000.0 * earth_radius_km);
  if (!list) {
    const int lat = define_axis(f, "lat", raster.ny, "degrees_north", "Y", bounds);
    const int lon = define_axis(f, "lon", raster.nx, "degrees_east", "X", bounds);
    define_area(f, std::vector<int>{lat, lon});
    define_variables(f, std::vector<int>{time, lat, lon});
    return;
  }
  const int station = f.define_dimension("station", raster.cells()),
            letters = f.define_dimension("name_length", station_name_length);
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

}  // namespace tilth
