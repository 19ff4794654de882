#include "io/forcing_files.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "io/grid_file.hpp"
#include "io/met_derivation.hpp"
#include "io/met_raw.hpp"
#include "io/netcdf.hpp"
#include "io/time_axis.hpp"
#include "parallel/io/files.hpp"
#include "support/shared.hpp"

namespace tilth {
namespace {

using test::scratch;

/// Folder of the reference data; the test is skipped where there is none.
#define DATA_OR_SKIP(data)                                                                          \
  const auto shared_ = test::shared_folder();                                                       \
  if (!shared_ || !std::filesystem::exists(*shared_ / "data")) GTEST_SKIP() << "no reference data"; \
  const std::string data = (*shared_ / "data").string()

const std::vector<std::string> towers = {"AU-How", "CA-Cbo", "CA-Qfo", "CH-Aws", "CH-Dav", "CH-Fru", "CH-Lae", "DK-Sor",
                                         "ES-LM2", "FI-Hyy", "FI-Let", "FR-Pue", "IT-Lav", "IT-Noe", "IT-Ro2", "NL-Loo",
                                         "RU-Fyo", "US-NR1", "US-SRM", "US-UMB", "US-Whs", "US-Wkg"};

Grid sites(const Comm& comm, const std::string& data, const std::vector<std::string>& names) {
  SiteListOptions options;
  options.file = data + "/sites.csv";
  options.surface_file = data + "/site_pft_soil.csv";
  options.sites = names;
  return read_sites(comm, options);
}

SiteForcing::Options met_options(const std::string& data) {
  SiteForcing::Options options;
  options.files = data + "/sites/{site}_met*_daily.nc";
  options.rules.co2_file = data + "/co2_annual_1700_2024.csv";
  return options;
}

bool mentions(const std::vector<std::string>& remarks, const std::string& a, const std::string& b) {
  return std::any_of(remarks.begin(), remarks.end(), [&](const std::string& r) {
    return r.find(a) != std::string::npos && r.find(b) != std::string::npos;
  });
}

TEST(SiteForcing, AYearWithoutRainIsNoWeatherOfItsOwnWhereTheOptionSaysSo) {
  const Comm comm = Comm::world();
  DATA_OR_SKIP(data);
  const Grid grid = sites(comm, data, {"CH-Aws"});  // no precipitation from 29 December 2019 to the end of 2020
  SiteForcing as_it_is(comm, met_options(data), grid.points);
  SiteForcing::Options options = met_options(data);
  options.longest_dry_spell = 200;
  SiteForcing forcing(comm, options, grid.points);
  std::vector<MetDay> filled(grid.points.size()), before(grid.points.size());
  forcing.read(time_of(2020, 8, 3), grid.points, filled);
  forcing.read(time_of(2019, 8, 3), grid.points, before);
  if (grid.points.empty()) return;  // the site is another rank's
  EXPECT_TRUE(as_it_is.own_weather(0, time_of(2020, 6, 1)));
  EXPECT_TRUE(forcing.own_weather(0, time_of(2019, 12, 28)));
  EXPECT_FALSE(forcing.own_weather(0, time_of(2019, 12, 29)));
  EXPECT_FALSE(forcing.own_weather(0, time_of(2020, 12, 31)));
  EXPECT_EQ(filled[0][Met::precipitation], before[0][Met::precipitation]);
  EXPECT_NE(filled[0][Met::air_temperature], before[0][Met::air_temperature]);
  EXPECT_TRUE(mentions(forcing.remarks(), "CH-Aws", "369 days in dry spells"));
}

TEST(SiteForcing, CompletesEveryTowerFileAsItIs) {
  const Comm comm = Comm::world();
  DATA_OR_SKIP(data);
  const Grid grid = sites(comm, data, towers);
  SiteForcing forcing(comm, met_options(data), grid.points);
  std::vector<MetDay> met(grid.points.size());
  for (int year = 1995; year < 2024; year += 4)
    for (int month = 1; month <= 12; month += 3) {
      forcing.read(time_of(year, month, 29), grid.points, met);
      for (const MetDay& day : met)
        for (int m = 0; m < met_count; ++m) {
          EXPECT_GE(day.value[m], met_variables[m].lower) << met_variables[m].name;
          EXPECT_LE(day.value[m], met_variables[m].upper) << met_variables[m].name;
        }
    }
  const std::vector<std::string> remarks = forcing.remarks();
  for (const GridPoint& p : grid.points) {
    if (p.name == "DK-Sor") {
      EXPECT_TRUE(mentions(remarks, "DK-Sor", "longwave from humidity"));
    }
    if (p.name == "CH-Aws") {
      EXPECT_TRUE(mentions(remarks, "CH-Aws", "sensor drifted"));
    }
    if (p.name == "US-Whs") {
      EXPECT_TRUE(mentions(remarks, "US-Whs", "nearest other year"));
    }
  }
}

TEST(SiteForcing, ReadsTheValuesOfTheFileInOurUnits) {
  const Comm comm = Comm::world();
  DATA_OR_SKIP(data);
  const Grid grid = sites(comm, data, std::vector<std::string>(std::size_t(comm.size()), "CH-Dav"));
  SiteForcing forcing(comm, met_options(data), grid.points);
  const Comm self = comm.split(comm.rank());
  const netcdf::File file = netcdf::File::open(self, data + "/sites/CH-Dav_met_daily.nc");
  std::vector<MetDay> met(grid.points.size());
  const Time day = time_of(2003, 8, 11);
  forcing.read(day, grid.points, met);
  const std::size_t i = std::size_t((day - time_of(1997, 1, 1)) / seconds_per_day);
  EXPECT_EQ(met[0][Met::air_temperature], file.all(file.variable("Tair"))[i]);
  EXPECT_EQ(met[0][Met::longwave], file.all(file.variable("LWdown"))[i]);
  EXPECT_EQ(met[0][Met::precipitation], file.all(file.variable("Precip"))[i]);
  EXPECT_NEAR(met[0][Met::co2], 375.8, 1.5);  // global mean of August 2003
  EXPECT_EQ(format_time(forcing.common_period().begin), "1997-01-01");
  EXPECT_EQ(format_time(forcing.common_period().end), "2015-01-01");
  std::vector<MetDay> recycled(grid.points.size());
  forcing.read(time_of(2016, 3, 1), grid.points, recycled);
  forcing.read(time_of(2014, 3, 1), grid.points, met);
  EXPECT_EQ(recycled[0][Met::precipitation], met[0][Met::precipitation]);
  EXPECT_GT(recycled[0][Met::co2], met[0][Met::co2]);  // CO2 goes on rising
  EXPECT_TRUE(mentions(forcing.remarks(), "CH-Dav", "outside the record"));
}

TEST(SiteForcing, LongwaveByTheRulesIsNearTheMeasured) {
  const Comm comm = Comm::world();
  DATA_OR_SKIP(data);
  const std::vector<std::string> names = {"FI-Hyy", "FR-Pue", "CH-Lae", "US-UMB"};
  const Grid grid = sites(comm, data, names);
  const Comm self = comm.split(comm.rank());
  for (const GridPoint& p : grid.points) {
    const std::string path = data + "/sites/" + p.name + "_met_daily.nc";
    const netcdf::File file = netcdf::File::open(self, path);
    const auto all = [&](const char* name) { return file.all(file.variable(name)); };
    const std::vector<double> t = all("Tair"), sw = all("SWdown"), vpd = all("VPD"), lw = all("LWdown");
    const TimeAxis axis = read_time_axis(file, 0, -1);
    double bias = 0.0, square = 0.0;
    for (std::size_t i = 0; i < t.size(); ++i) {
      RawDay raw;
      raw[Raw::tair] = t[i];
      raw[Raw::swdown] = sw[i];
      raw[Raw::vpd] = vpd[i];
      raw[Raw::precip] = 0.0;
      RuleCounts counts{};
      const double error = derived(raw, p, axis.begin[i], {}, counts)[Met::longwave] - lw[i];
      bias += error / double(t.size());
      square += error * error / double(t.size());
    }
    EXPECT_LT(std::abs(bias), 10.0) << p.name;  // W m-2; the uncertainty of a pyrgeometer's daily mean is about 5
    EXPECT_LT(std::sqrt(square), 20.0) << p.name;
  }
}

TEST(SiteForcing, NamesWhatIsWrong) {
  const Comm comm = Comm::world();
  DATA_OR_SKIP(data);
  const Grid grid = sites(comm, data, std::vector<std::string>(std::size_t(comm.size()), "CH-Dav"));
  const auto message = [&](SiteForcing::Options options) -> std::string {
    try {
      SiteForcing forcing(comm, options, grid.points);
      std::vector<MetDay> met(grid.points.size());
      forcing.read(time_of(2030, 1, 1), grid.points, met);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  SiteForcing::Options options = met_options(data);
  options.files = data + "/sites/{site}_meteo.nc";
  EXPECT_NE(message(options).find("CH-Dav_meteo.nc"), std::string::npos);
  options.files = data + "/sites/{site}_*_daily.nc";
  EXPECT_NE(message(options).find("expected exactly one"), std::string::npos);
  options = met_options(data);
  options.recycle = false;
  EXPECT_NE(message(options).find("outside the record"), std::string::npos);
  options = met_options(data);
  options.rules.co2_file = data + "/sites.csv";
  EXPECT_NE(message(options).find("sites.csv line 2"), std::string::npos);
}

/// The cells of the file as grid points.
Grid cells_of(const Comm& comm, const std::vector<std::pair<double, double>>& places) {
  Grid grid;
  for (std::size_t k = 0; k < places.size(); ++k) {
    if (int(k) % comm.size() != comm.rank()) continue;
    GridPoint p;
    p.id = std::int64_t(k);
    p.lon = places[k].first;
    p.lat = places[k].second;
    p.surface.elevation_m = 1300.0;
    grid.points.push_back(p);
  }
  return grid;
}

TEST(GridForcing, AggregatesThreeHourlyWeatherToDays) {
  const Comm comm = Comm::world();
  DATA_OR_SKIP(data);
  const std::string path = data + "/gridded/walnutgulch_forcing_3hourly_2008.nc";
  const Grid grid = cells_of(comm, {{-110.01, 31.7}, {-110.15, 31.66}, {-109.91, 31.78}, {-110.05, 31.72}});
  GridForcing::Options options;
  options.files = {path};
  options.reach_km = 20.0;
  GridForcing forcing(comm, options, grid.points);
  std::vector<MetDay> met(grid.points.size());
  const Comm self = comm.split(comm.rank());
  const netcdf::File file = netcdf::File::open(self, path);
  const std::vector<double> lat = file.all(file.variable("lat")), lon = file.all(file.variable("lon"));
  const std::vector<double> tair = file.all(file.variable("Tair")), rain = file.all(file.variable("Precip"));
  for (const int day : {0, 1, 200, 64, 365}) {
    forcing.read(time_of(2008, 1, 1) + day * seconds_per_day, grid.points, met);
    for (std::size_t k = 0; k < met.size(); ++k) {
      std::size_t j = 0, i = 0;
      for (std::size_t n = 0; n < lat.size(); ++n)
        if (std::abs(lat[n] - grid.points[k].lat) < std::abs(lat[j] - grid.points[k].lat)) j = n;
      for (std::size_t n = 0; n < lon.size(); ++n)
        if (std::abs(lon[n] - grid.points[k].lon) < std::abs(lon[i] - grid.points[k].lon)) i = n;
      double mean = 0.0, water = 0.0, high = 0.0;
      for (std::size_t s = 0; s < 8; ++s) {
        const std::size_t at = ((std::size_t(day) * 8 + s) * lat.size() + j) * lon.size() + i;
        mean += tair[at] / 8.0;
        water += rain[at] / 8.0;
        high = std::max(high, tair[at]);
      }
      EXPECT_NEAR(met[k][Met::air_temperature], mean, 1e-9);
      EXPECT_NEAR(met[k][Met::precipitation], water, 1e-15);
      EXPECT_EQ(met[k][Met::air_temperature_max], high);
    }
  }
  forcing.read(time_of(1999, 5, 5), grid.points, met);  // recycled from 2008
  EXPECT_TRUE(mentions(forcing.remarks(), "same day", "nearest year"));
}

TEST(GridForcing, TheDayBesideStandsInForOneThatLocalTimeCuts) {
  const Comm comm = Comm::world();
  DATA_OR_SKIP(data);
  const Grid grid = cells_of(comm, {{-110.01, 31.7}, {-110.15, 31.66}, {-109.91, 31.78}, {-110.05, 31.72}});
  GridForcing::Options options;
  options.files = {data + "/gridded/walnutgulch_forcing_3hourly_2008.nc"};
  options.time_shift_s = 7 * 3600;  // the first UTC day of the only year lacks 7 hours
  GridForcing forcing(comm, options, grid.points);
  std::vector<MetDay> whole(grid.points.size()), cut(grid.points.size());
  forcing.read(time_of(2008, 1, 2), grid.points, whole);
  for (const int year : {2008, 2007}) {
    forcing.read(time_of(year, 1, 1), grid.points, cut);
    for (std::size_t k = 0; k < cut.size(); ++k)
      EXPECT_EQ(cut[k][Met::air_temperature], whole[k][Met::air_temperature]) << year;
  }
  options.recycle = false;
  GridForcing strict(comm, options, grid.points);
  EXPECT_THROW(strict.read(time_of(2008, 1, 1), grid.points, cut), Error);
}

TEST(GridForcing, SaysWhatIsMissingAndEstimatesItWhenTold) {
  const Comm comm = Comm::world();
  DATA_OR_SKIP(data);
  const Grid grid = cells_of(comm, {{-5.0, 40.0}, {-3.0, 41.0}, {-6.0, 42.0}, {-7.0, 38.0}});
  GridForcing::Options options;
  options.files = {data + "/gridded/iberia_ncep_daily_*.nc"};
  std::vector<MetDay> met(grid.points.size());
  try {
    GridForcing forcing(comm, options, grid.points);
    forcing.read(time_of(1990, 1, 10), grid.points, met);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("no shortwave"), std::string::npos) << error.what();
  }
  options.rules.estimate_radiation = true;
  GridForcing forcing(comm, options, grid.points);
  forcing.read(time_of(1990, 1, 10), grid.points, met);
  for (const MetDay& day : met) EXPECT_NEAR(day[Met::shortwave], 100.0, 60.0);
  EXPECT_THROW(forcing.read(time_of(1990, 7, 1), grid.points, met), Error);  // winter only
  EXPECT_THROW(
      GridForcing(comm, options, cells_of(comm, std::vector<std::pair<double, double>>(8, {60.0, 0.0})).points), Error);
}

TEST(GridForcing, WeatherDoesNotDependOnRanks) {
  const Comm comm = Comm::world();
  DATA_OR_SKIP(data);
  const std::vector<std::pair<double, double>> places = {{-110.0, 31.7}, {-110.15, 31.66}, {-109.91, 31.78}};
  GridForcing::Options options;
  options.files = {data + "/gridded/walnutgulch_forcing_3hourly_2008.nc"};
  const Comm self = comm.split(comm.rank());
  const Grid mine = cells_of(comm, places), all = cells_of(self, places);
  GridForcing shared(comm, options, mine.points), alone(self, options, all.points);
  std::vector<MetDay> a(mine.points.size()), b(all.points.size());
  for (int day = 0; day < 366; day += 61) {
    shared.read(time_of(2008, 1, 1) + day * seconds_per_day, mine.points, a);
    alone.read(time_of(2008, 1, 1) + day * seconds_per_day, all.points, b);
    for (std::size_t k = 0; k < a.size(); ++k) EXPECT_EQ(a[k].value, b[std::size_t(mine.points[k].id)].value);
  }
}

}  // namespace
}  // namespace tilth
