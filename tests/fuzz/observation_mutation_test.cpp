// Observation files that are sound NetCDF and wrong otherwise: each is refused with a word about what is wrong, or read
// as it says.
#include <cmath>
#include <limits>
#include <optional>

#include "fuzz/outcome.hpp"
#include "fuzz/samples.hpp"
#include "io/checkpoint.hpp"
#include "io/classic_header.hpp"
#include "io/grid_file.hpp"
#include "io/netcdf.hpp"
#include "parallel/io/files.hpp"

namespace tilth {
namespace {

using netcdf::Type;
using test::Outcome;
using test::scratch;

constexpr double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();

/// A variable to write; its values in the order of its dimensions.
struct Stored {
  std::string name;
  std::vector<std::string> dimensions = {"obs"};
  std::vector<double> values;
  Attributes attributes;
  Type type = Type::double_;
};

/// A point file of four observations, to be spoilt.
struct PointFile {
  std::vector<std::pair<std::string, std::int64_t>> dimensions = {{"obs", 4}, {"bnds", 2}, {"one", 1}};
  std::vector<Stored> variables = {
      {"time", {"obs"}, {3600, 7200, 10800, 14400}, {{"units", "seconds since 2018-03-01"}, {"bounds", "time_bnds"}}},
      {"time_bnds", {"obs", "bnds"}, {0, 3600, 3600, 7200, 7200, 10800, 10800, 14400}, {}},
      {"lat", {"obs"}, {10, 20, 30, 40}, {{"units", "degrees_north"}}},
      {"lon", {"obs"}, {1, 2, 3, 4}, {{"units", "degrees_east"}}},
      {"value", {"obs"}, {0.1, 0.2, 0.3, 0.4}, {{"units", "1"}, {"ancillary_variables", "error_sd"}}},
      {"error_sd", {"obs"}, {0.01, 0.02, 0.03, 0.04}, {{"units", "1"}}},
      {"qc", {"obs"}, {1, 1, 1, 1}, {}},
      {"level", {"obs"}, {0, 1, 2, 3}, {}},
      {"sensor_zenith_angle", {"obs"}, {10, 20, 30, 40}, {{"units", "degree"}}}};

  Stored& operator[](const std::string& name) {
    for (Stored& v : variables)
      if (v.name == name) return v;
    throw std::logic_error(name);
  }
  void remove(const std::string& name) {
    std::erase_if(variables, [&](const Stored& v) { return v.name == name; });
  }
  void remove_attribute(const std::string& of, const std::string& name) {
    std::erase_if((*this)[of].attributes, [&](const auto& a) { return a.first == name; });
  }
  void set(const std::string& of, const std::string& name, Attributes::value_type::second_type value) {
    remove_attribute(of, name);
    (*this)[of].attributes.emplace_back(name, std::move(value));
  }

  void write(const Comm& comm, const std::string& path) const {
    netcdf::File file = netcdf::File::create(comm, path);
    std::vector<int> ids, variable_ids;
    for (const auto& [name, length] : dimensions) ids.push_back(file.define_dimension(name, length));
    const auto number = [&](const std::string& name) {
      std::size_t i = 0;
      while (dimensions.at(i).first != name) ++i;
      return i;
    };
    for (const Stored& v : variables) {
      std::vector<int> shape;
      for (const std::string& name : v.dimensions) shape.push_back(ids[number(name)]);
      const int id = file.define_variable(v.name, v.type, shape);
      for (const auto& [name, value] : v.attributes)
        std::visit([&, &name = name](const auto& x) { file.put_attribute(id, name, x); }, value);
      variable_ids.push_back(id);
    }
    file.end_definitions();
    for (std::size_t i = 0; i < variables.size(); ++i) {
      std::vector<std::int64_t> start, count;
      for (const std::string& name : variables[i].dimensions) {
        start.push_back(0);
        count.push_back(dimensions[number(name)].second);
      }
      file.put(variable_ids[i], start, count, std::span<const double>(variables[i].values));
    }
    file.close();
  }
};

class ObservationFileMutation : public testing::Test {
 protected:
  const Comm comm_ = Comm::world();
  const std::string path_ = scratch(comm_, "spoilt.nc");
  test::Trials trials_{path_};
  ObservationSeries series_;  ///< last read

  Outcome tried(const std::string& what, const std::function<void(PointFile&)>& spoil) {
    PointFile file;
    spoil(file);
    file.write(comm_, path_);
    return trials_(what, [&] {
      ObservationFileOptions options;
      options.path = path_;
      series_ = read_observations(comm_, options, "1");
      return test::as_text(series_);
    });
  }
  void refused(const std::string& word, const std::function<void(PointFile&)>& spoil) {
    const Outcome out = tried(word, spoil);
    EXPECT_TRUE(out.refused) << word << " was read as\n" << out.text;
    EXPECT_NE(out.text.find(word), std::string::npos) << word << " not in: " << out.text;
  }
};

TEST_F(ObservationFileMutation, TheUnspoiltFileIsRead) {
  EXPECT_FALSE(tried("nothing", [](PointFile&) {}).refused);
  EXPECT_EQ(series_.size(), 4u);
  EXPECT_EQ(series_.begin[1], time_of(2018, 3, 1, 3600));
}

TEST_F(ObservationFileMutation, ValuesThatCannotBe) {
  for (const double bad : {nan, inf, -inf, 1e300, -1e300, 9.9692099683868690e+36}) {
    refused("time", [&](PointFile& f) { f["time_bnds"].values[3] = bad; });
    refused("'lat'", [&](PointFile& f) { f["lat"].values[2] = bad; });
    refused("'lon'", [&](PointFile& f) { f["lon"].values[2] = bad; });
  }
  for (const double bad : {-90.001, 91.0, 361.0}) refused("'lat'", [&](PointFile& f) { f["lat"].values[0] = bad; });
  for (const double bad : {-361.0, 361.0}) refused("'lon'", [&](PointFile& f) { f["lon"].values[0] = bad; });
  for (const double bad : {-1e-9, -1.0, -1e300})
    refused("'error_sd'", [&](PointFile& f) { f["error_sd"].values[0] = bad; });
  for (const double bad : {90.0, 180.0, 1e300})
    refused("'sensor_zenith_angle'", [&](PointFile& f) { f["sensor_zenith_angle"].values[0] = bad; });
  for (const double missing : {nan, inf, -inf, 9.9692099683868690e+36}) {
    EXPECT_FALSE(tried("missing", [&](PointFile& f) { f["value"].values[1] = missing; }).refused);
    EXPECT_EQ(series_.missing, 1) << missing;  // counted, and the run says so
    EXPECT_EQ(series_.size(), 3u) << missing;
  }
}

TEST_F(ObservationFileMutation, TimesThatCannotBe) {
  for (const double bad : {1e9 * 1e9, -1e9 * 1e9, 1e300, 3.3e10, -1.5e10})
    refused("'time'", [&](PointFile& f) {
      f.remove("time_bnds");
      f.remove_attribute("time", "bounds");
      f["time"].values[1] = bad;
    });
  refused("ends before it begins", [](PointFile& f) { f["time_bnds"].values[0] = 1e6; });
  for (const char* units :
       {"seconds", "K", "months since 2018-01-01", "seconds since", "seconds since yesterday", "-3"})
    refused("'time'", [&](PointFile& f) { f.set("time", "units", std::string(units)); });
  refused("units", [](PointFile& f) { f.remove_attribute("time", "units"); });
  for (const char* calendar : {"noleap", "360_day", "none", ""})
    refused("calendar", [&](PointFile& f) { f.set("time", "calendar", std::string(calendar)); });
}

TEST_F(ObservationFileMutation, VariablesAndAttributesMissing) {
  for (const char* name : {"time", "lat", "lon", "value", "time_bnds", "error_sd"})
    refused(text("'", name, "'"), [&](PointFile& f) { f.remove(name); });
  for (const char* name : {"time", "value", "error_sd", "sensor_zenith_angle"})
    refused("units", [&](PointFile& f) { f.remove_attribute(name, "units"); });
  for (const char* units : {"K", "nonsense", "kg m-2", "", "-3"})
    for (const char* name : {"value", "error_sd", "lat", "lon", "sensor_zenith_angle"})
      refused("units", [&](PointFile& f) { f.set(name, "units", std::string(units)); });
  refused("'level'", [](PointFile& f) {
    f.remove("level");
    f.set("value", "coordinates", std::string("time lat lon level"));
  });
  // Without the attribute the bounds are known by their name.
  const Outcome whole = tried("whole", [](PointFile&) {});
  EXPECT_EQ(tried("no bounds", [](PointFile& f) { f.remove_attribute("time", "bounds"); }).text, whole.text);
}

TEST_F(ObservationFileMutation, PlacesInRadiansAreConverted) {
  EXPECT_FALSE(tried("radians", [](PointFile& f) {
                 f.set("lat", "units", std::string("radian"));
                 f["lat"].values = {0.1, 0.2, 0.3, 0.4};
               }).refused);
  EXPECT_NEAR(series_.lat[1], 0.2 * 180.0 / 3.14159265358979323846, 1e-12);
}

TEST_F(ObservationFileMutation, ShapesThatDoNotFit) {
  for (const char* name : {"lat", "lon", "value", "error_sd", "qc", "level", "sensor_zenith_angle"})
    refused(text("'", name, "'"), [&](PointFile& f) {
      f[name].dimensions = {"bnds"};
      f[name].values.resize(2);
    });
  refused("'time_bnds'", [](PointFile& f) { f["time_bnds"].dimensions = {"bnds", "obs"}; });
  refused("'time_bnds'", [](PointFile& f) { f["time_bnds"].dimensions = {"one", "obs", "bnds"}; });
  refused("'time_bnds'", [](PointFile& f) { f["time_bnds"].dimensions = {"obs", "bnds", "one"}; });
  refused("'time_bnds'", [](PointFile& f) {
    f["time_bnds"].dimensions = {"obs"};
    f["time_bnds"].values.resize(4);
  });
  refused("'value'", [](PointFile& f) {
    f["value"].dimensions = {"obs", "bnds"};
    f["value"].values.resize(8);
  });
}

TEST_F(ObservationFileMutation, PackingThatCannotBe) {
  for (const double bad : {nan, inf, 0.0})
    for (const char* name : {"value", "lat", "error_sd"})
      refused("scale_factor", [&](PointFile& f) { f.set(name, "scale_factor", bad); });
  for (const double bad : {nan, -inf}) refused("add_offset", [&](PointFile& f) { f.set("value", "add_offset", bad); });
}

TEST_F(ObservationFileMutation, WhatIsNoObservationFile) {
  refused("'value'", [](PointFile& f) { f.variables.clear(); });
  for (const auto& write :
       {+[](const Comm&c, const std::string&p) { test::write_restart_sample(c, p); },
        +[](const Comm&, const std::string&p) { test::write_bytes(p, {}); },
        +[](const Comm&, const std::string&p) { test::write_bytes(p, std::vector<char>(5000, 'x')); },
        +[](const Comm&, const std::string&p) { std::filesystem::remove(p); },
        +[](const Comm&, const std::string&p) { std::filesystem::create_directory(p); }}) {
    write(comm_, path_);
    EXPECT_TRUE(trials_("other file", [&] {
                  return test::as_text(read_observations(comm_, test::point_options(path_), test::point_units));
                }).refused);
  }
  std::filesystem::remove(path_);
}

TEST_F(ObservationFileMutation, RecordsThatTheHeaderDoesNotCountAreRefused) {
  test::write_station_sample(comm_, path_);
  std::vector<char> bytes = test::bytes_of(path_);
  ASSERT_EQ(bytes[11], 12);
  for (char count = 0; count < 12; ++count) {
    bytes[11] = count;
    test::write_bytes(path_, bytes);
    EXPECT_TRUE(
        trials_(
            text(int(count), " records"),
            [&] { return test::as_text(read_observations(comm_, test::station_options(path_), test::station_units)); })
            .refused)
        << int(count);
  }
}

/// A grid file of 3 x 3 cells with the axes of one field exchanged.
TEST(GridFileMutation, FieldsWithLatitudeAndLongitudeExchangedAreRefused) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "exchanged.nc");
  for (const bool exchanged : {false, true}) {
    netcdf::File file = netcdf::File::create(comm, path);
    const int lat = file.define_dimension("lat", 3), lon = file.define_dimension("lon", 3);
    const int dims[] = {lat, lon}, wrong[] = {lon, lat};
    const int y = file.define_variable("lat", Type::double_, std::span(&lat, 1));
    const int x = file.define_variable("lon", Type::double_, std::span(&lon, 1));
    const int land = file.define_variable("land_fraction", Type::double_, exchanged ? wrong : dims);
    file.end_definitions();
    const std::vector<std::int64_t> start{0, 0}, count{3, 3};
    const std::vector<double> axis{1, 2, 3}, ones(9, 1.0);
    file.put(y, std::span(start).first(1), std::span(count).first(1), std::span<const double>(axis));
    file.put(x, std::span(start).first(1), std::span(count).first(1), std::span<const double>(axis));
    file.put(land, start, count, std::span<const double>(ones));
    file.close();
    GridFileOptions options;
    options.file = path;
    std::string problem;
    try {
      read_grid(comm, options);
    } catch (const Error& error) {
      problem = error.what();
    }
    EXPECT_EQ(problem.find("(lat, lon)") != std::string::npos, exchanged) << problem;
  }
}

}  // namespace
}  // namespace tilth
