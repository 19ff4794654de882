#include "io/observation_file.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/obs/obs_table.hpp"
#include "io/netcdf.hpp"
#include "parallel/io/files.hpp"
#include "support/shared.hpp"

namespace tilth {
namespace {

using netcdf::Type;
using test::bytes_of;
using test::scratch;

/// A station file of six days: day 3 missing, day 4 of low quality, a week's gap before the last.
struct StationFile {
  std::string value_units = "g m-2 day-1", time_units = "days since 2000-02-27", calendar = "standard";
  std::vector<double> times = {0, 1, 2, 3, 4, 11}, values = {1, 2, 3, -9999, 5, 6};
  std::vector<double> errors = {0.1, 0.1, -9999, 0.1, 0.1, 0.1}, quality = {1, 1, 1, 1, 0.2, 1};

  std::string write(const Comm& comm, const std::string& name) const {
    const std::string path = scratch(comm, name);
    const Comm self = comm.split(comm.rank());
    if (comm.root()) {
      netcdf::File file = netcdf::File::create(self, path);
      const int time = file.define_dimension("time", std::int64_t(times.size()));
      const auto define = [&](const char* variable, const std::string& units) {
        const int id = file.define_variable(variable, Type::double_, std::span(&time, 1));
        if (!units.empty()) file.put_attribute(id, "units", units);
        const double fill[] = {-9999.0};
        file.put_attribute(id, "_FillValue", Type::double_, fill);
        return id;
      };
      const int t = define("time", time_units);
      file.put_attribute(t, "calendar", calendar);
      const int gpp = define("GPP", value_units), uc = define("GPP_uc", "kg m-2 s-1"), qc = define("GPP_qc", "1");
      const int lat = file.define_variable("latitude", Type::double_, {});
      const int lon = file.define_variable("longitude", Type::double_, {});
      file.put_attribute(netcdf::global, "site_code", std::string("XX-Tst"));
      file.end_definitions();
      const std::vector<std::int64_t> start{0}, count{std::int64_t(times.size())};
      file.put(t, start, count, times);
      file.put(gpp, start, count, values);
      file.put(uc, start, count, errors);
      file.put(qc, start, count, quality);
      const double place[] = {47.5, 188.25};
      file.put(lat, {}, {}, std::span(place, 1));
      file.put(lon, {}, {}, std::span(place + 1, 1));
      file.close();
    }
    comm.barrier();
    return path;
  }
};

ObservationFileOptions gpp_options(const std::string& path) {
  ObservationFileOptions options;
  options.path = path;
  options.variable = "GPP";
  options.error_variable = "GPP_uc";
  options.qc_minimum = 0.5;
  return options;
}

template <class T>
std::vector<double> gathered(const Comm& comm, const std::vector<T>& values) {
  return comm.all_gather(std::span<const double>(std::vector<double>(values.begin(), values.end())));
}

TEST(ObservationFile, ReadsAStationSeriesInTargetUnits) {
  const Comm comm = Comm::world();
  const std::string path = StationFile().write(comm, "station.nc");
  const ObservationSeries s = read_observations(comm, gpp_options(path), "kg m-2 s-1");
  EXPECT_EQ(gathered(comm, s.row), (std::vector<double>{0, 1, 2, 4, 5}));
  const std::vector<double> value = gathered(comm, s.value), error = gathered(comm, s.error_sd);
  ASSERT_EQ(value.size(), 5u);
  EXPECT_NEAR(value[4], 6e-3 / 86400.0, 1e-20);
  EXPECT_EQ(error[0], 0.1);
  EXPECT_EQ(error[2], 0.0);  // missing error: not given
  EXPECT_EQ(gathered(comm, s.flag), (std::vector<double>{0, 0, 0, qc_bad_quality, 0}));
  EXPECT_EQ(s.missing, 1);
  EXPECT_EQ(s.station, "XX-Tst");
  for (std::size_t i = 0; i < s.size(); ++i) {
    EXPECT_EQ(s.begin[i], time_of(2000, 2, 27) + (s.row[i] == 5 ? 11 : s.row[i]) * seconds_per_day);
    EXPECT_EQ(s.end[i] - s.begin[i], seconds_per_day);
    EXPECT_EQ(s.lon[i], 188.25 - 360.0);
    EXPECT_EQ(s.lat[i], 47.5);
  }
}

TEST(ObservationFile, LeavesOutWhatIsNotInsideThePeriodAndShiftsTimes) {
  const Comm comm = Comm::world();
  ObservationFileOptions options = gpp_options(StationFile().write(comm, "period.nc"));
  options.not_before = time_of(2000, 2, 28);
  options.not_after = time_of(2000, 3, 5);
  options.valid_max = 4.0;
  const ObservationSeries s = read_observations(comm, options, "g m-2 day-1");
  EXPECT_EQ(gathered(comm, s.row), (std::vector<double>{1, 2, 4}));
  EXPECT_EQ(gathered(comm, s.flag), (std::vector<double>{0, 0, qc_bad_quality | qc_bad_value}));
  EXPECT_EQ(s.left_out, 2);
  options.time_shift_s = -3600;
  EXPECT_EQ(gathered(comm, read_observations(comm, options, "g m-2 day-1").row), (std::vector<double>{2, 4}));
}

void expect_error(const Comm& comm, const ObservationFileOptions& options, const std::string& units,
                  std::vector<std::string> parts) {
  parts.push_back(options.path);
  try {
    read_observations(comm, options, units);
    ADD_FAILURE() << "no error with " << parts.front();
  } catch (const Error& error) {
    for (const std::string& part : parts)
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << part << " not in: " << error.what();
  }
}

TEST(ObservationFile, NamesWhatIsWrongWithAFile) {
  const Comm comm = Comm::world();
  ObservationFileOptions options = gpp_options(StationFile().write(comm, "good.nc"));
  expect_error(comm, options, "K", {"GPP", "'g m-2 day-1'", "'K'"});
  options.variable = "GPPP";
  expect_error(comm, options, "g m-2 day-1", {"'GPPP'", "did you mean 'GPP'"});
  options.path += "-absent";
  expect_error(comm, options, "g m-2 day-1", {"no such file"});
  StationFile bad;
  bad.value_units = "";
  expect_error(comm, gpp_options(bad.write(comm, "units.nc")), "g m-2 day-1", {"GPP", "no units"});
  bad = {};
  bad.value_units = "gC m-2 day-1";
  expect_error(comm, gpp_options(bad.write(comm, "carbon.nc")), "g m-2 day-1", {"without the C"});
  bad = {};
  bad.errors[5] = -0.5;
  expect_error(comm, gpp_options(bad.write(comm, "error.nc")), "g m-2 day-1", {"GPP_uc", "-0.5", "2000-03-09"});
}

TEST(ObservationFile, RefusesBadTimeAxes) {
  const Comm comm = Comm::world();
  StationFile bad;
  bad.times[2] = 0.5;
  expect_error(comm, gpp_options(bad.write(comm, "order.nc")), "g m-2 day-1", {"does not increase"});
  bad = {};
  bad.calendar = "noleap";
  expect_error(comm, gpp_options(bad.write(comm, "calendar.nc")), "g m-2 day-1", {"'noleap'"});
  bad = {};
  bad.time_units = "months since 2000-01-01";
  expect_error(comm, gpp_options(bad.write(comm, "months.nc")), "g m-2 day-1", {"months"});
  bad = {};
  bad.time_units = "K";
  expect_error(comm, gpp_options(bad.write(comm, "kelvin.nc")), "g m-2 day-1", {"'K'", "days since"});
}

ObservationSeries point_sample(const Comm& comm) {
  ObservationSeries s;
  for (int k = 20; k >= 0; --k) {
    if (k % comm.size() != comm.rank()) continue;
    s.row.push_back(k);
    s.begin.push_back({1000000007LL + k});
    s.end.push_back(s.begin.back() + (k % 2 == 0 ? 0 : 86400));
    s.lon.push_back(k - 180.0);
    s.lat.push_back(80.0 - k);
    s.value.push_back(0.01 * k);
    s.error_sd.push_back(0.04);
  }
  return s;
}

TEST(ObservationFile, PointFilesAreReadAsWrittenOnAnyNumberOfRanks) {
  const Comm comm = Comm::world();
  const Comm alone = comm.split(comm.rank());
  const std::string path = scratch(comm, "points.nc"), one = scratch(comm, "points_one.nc");
  const ObservedQuantity quantity{"soil_moisture", "m3 m-3", "", "surface soil moisture"};
  write_observations(comm, path, point_sample(comm), quantity, {{"instrument", std::string("test")}});
  if (comm.root()) {
    write_observations(alone, one, point_sample(alone), quantity, {{"instrument", std::string("test")}});
    EXPECT_EQ(bytes_of(path), bytes_of(one));
  }
  comm.barrier();
  ObservationFileOptions options;
  options.path = path;
  options.variable = "soil_moisture";
  const ObservationSeries s = read_observations(comm, options, "1");
  EXPECT_EQ(comm.sum(std::int64_t(s.size())), 21);
  for (std::size_t i = 0; i < s.size(); ++i) {
    const std::int64_t k = s.row[i];
    EXPECT_EQ(s.begin[i].seconds, 1000000007LL + k);
    EXPECT_EQ(s.end[i] - s.begin[i], k % 2 == 0 ? 0 : 86400);
    EXPECT_EQ(s.value[i], 0.01 * double(k));
    EXPECT_EQ(s.error_sd[i], 0.04);
    EXPECT_EQ(s.lon[i], double(k) - 180.0);
  }
  write_observations(comm, path, ObservationSeries{}, quantity);  // a window without observations
  EXPECT_EQ(comm.sum(std::int64_t(read_observations(comm, options, "1").size())), 0);
}

TEST(ObservationFile, KeepsTheAngleOfViewOfEveryObservation) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "views.nc");
  const auto written = [&](double third) {
    ObservationSeries s;
    for (std::int64_t i = comm.rank(); i < 4; i += comm.size()) {
      s.row.push_back(i);
      s.begin.push_back(time_of(2020, 6, 20, 36000 + i)), s.end.push_back(s.begin.back());
      s.lon.push_back(double(i)), s.lat.push_back(45.0), s.value.push_back(290.0), s.error_sd.push_back(1.0);
      s.view_zenith_deg.push_back(i == 0 ? 12.5 : i == 1 ? std::nan("") : i == 2 ? third : 0.0);
    }
    write_observations(comm, path, s, {"value", "K", "", "temperature"});
    ObservationFileOptions options;
    options.path = path;
    return read_observations(comm, options, "K");
  };
  const std::vector<double> view = gathered(comm, written(-55.0).view_zenith_deg);
  ASSERT_EQ(view.size(), 4u);
  EXPECT_EQ(view[0], 12.5);
  EXPECT_TRUE(std::isnan(view[1]));
  EXPECT_EQ(view[2], 55.0);  // a sign tells the side of the swath
  EXPECT_EQ(view[3], 0.0);
  EXPECT_THROW(written(95.0), Error);
}

TEST(ObservationFile, ReadsRealSiteAndSatelliteFiles) {
  const Comm comm = Comm::world();
  const auto shared = test::shared_folder();
  if (!shared || !std::filesystem::exists(*shared / "data/sites")) GTEST_SKIP() << "no reference data";
  ObservationFileOptions options;
  options.path = (*shared / "data/sites/CH-Dav_flux_daily.nc").string();
  options.variable = "Qle";
  options.error_variable = "Qle_uc";
  ObservationSeries s = read_observations(comm, options, "W m-2");
  EXPECT_EQ(comm.sum(std::int64_t(s.size())), 2846);  // as its catalogue says
  EXPECT_EQ(comm.sum(std::int64_t(s.size())) + s.missing, 6574);
  options = {};
  options.path = (*shared / "data/satellite/CH-Dav_fpar_gpp_weekly.nc").string();
  options.variable = "FPAR";
  options.not_before = time_of(2002, 7, 4);
  s = read_observations(comm, options, "1");
  std::int64_t shortest = 1 << 30, longest = 0;
  for (std::size_t i = 0; i < s.size(); ++i) {
    shortest = std::min(shortest, s.end[i] - s.begin[i]);
    longest = std::max(longest, s.end[i] - s.begin[i]);
    EXPECT_GE(s.begin[i], options.not_before);
  }
  EXPECT_EQ(comm.max(longest), 7 * seconds_per_day);
  EXPECT_EQ(-comm.max(-shortest), seconds_per_day);  // week 53 has a day or two
}

TEST(ObservationFile, ReadsHalfHourlyFluxesOfATower) {
  const Comm comm = Comm::world();
  const auto shared = test::shared_folder();
  if (!shared || !std::filesystem::exists(*shared / "data/subdaily")) GTEST_SKIP() << "no reference data";
  ObservationFileOptions options;
  options.path = (*shared / "data/subdaily/US-Wi7_2005_PLUMBERformat_Flux.nc").string();
  options.variable = "NEE";
  options.error_variable = "NEE_uc";
  options.qc_maximum = 0.0;  // measured
  options.time_shift_s = 6 * 3600;
  expect_error(comm, options, "g m-2 day-1", {"NEE", "umol/m2/s", "molar_mass"});
  options.molar_mass = 12.0107;
  const ObservationSeries s = read_observations(comm, options, "g m-2 day-1");
  EXPECT_EQ(comm.sum(std::int64_t(s.size())) + s.missing, 17520);
  EXPECT_EQ(s.station, "US-Wi7");
  const Comm self = comm.split(comm.rank());
  const netcdf::File file = netcdf::File::open(self, options.path);
  const std::vector<double> nee = file.all(file.variable("NEE")), uc = file.all(file.variable("NEE_uc"));
  const std::vector<double> qc = file.all(file.variable("NEE_qc"));
  std::int64_t good = 0;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const std::size_t row = std::size_t(s.row[i]);
    EXPECT_EQ(s.begin[i], time_of(2005, 1, 1, 6 * 3600) + std::int64_t(row) * 1800);
    EXPECT_EQ(s.end[i] - s.begin[i], 1800);
    EXPECT_NEAR(s.value[i], nee[row] * 12.0107e-6 * 86400.0, 1e-12 * std::abs(s.value[i]));
    EXPECT_NEAR(s.error_sd[i], std::isfinite(uc[row]) ? uc[row] * 12.0107e-6 * 86400.0 : 0.0, 1e-12);
    EXPECT_EQ(s.flag[i] == 0, qc[row] == 0.0);
    good += s.flag[i] == 0;
  }
  EXPECT_EQ(comm.sum(good), 4732);  // 27 % measured, as the file says (Gap-filled_% 73)
  options = {};
  options.path = (*shared / "data/subdaily/US-Wi7_2005_PLUMBERformat_Flux.nc").string();
  options.variable = "Qle";
  EXPECT_GT(comm.sum(std::int64_t(read_observations(comm, options, "W m-2").size())), 17000);
}

}  // namespace
}  // namespace tilth
