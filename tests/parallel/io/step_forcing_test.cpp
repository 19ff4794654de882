#include <gtest/gtest.h>

#include <cmath>

#include "core/base/error.hpp"
#include "core/physics/solar.hpp"
#include "io/forcing_files.hpp"
#include "io/netcdf.hpp"
#include "parallel/io/files.hpp"
#include "support/shared.hpp"

namespace tilth {
namespace {

using netcdf::Type;
using test::scratch;

#define SUBDAILY_OR_SKIP(data)                                                          \
  const auto shared_ = test::shared_folder();                                           \
  if (!shared_ || !std::filesystem::exists(*shared_ / "data/subdaily"))                 \
    GTEST_SKIP() << "no reference data below TILTH_SHARED: data/subdaily is not found"; \
  const std::string data = (*shared_ / "data").string()

GridPoint place(double lon, double lat, double elevation_m, const std::string& name = "") {
  GridPoint p;
  p.lon = lon;
  p.lat = lat;
  p.name = name;
  p.surface.elevation_m = elevation_m;
  return p;
}

double mean(const MetSteps& steps, StepMet m) {
  double sum = 0.0;
  for (int s = 0; s < steps.per_day; ++s) sum += steps.at(m, s);
  return sum / steps.per_day;
}

/// The days are the means of the steps, and every value is plausible.
void expect_consistent(const MetSteps& steps, const MetDay& day, const std::string& where) {
  constexpr Met of[] = {Met::air_temperature,  Met::shortwave,  Met::longwave,      Met::vapour_pressure,
                        Met::surface_pressure, Met::wind_speed, Met::precipitation, Met::co2};
  for (int m = 0; m < step_met_count; ++m) {
    EXPECT_EQ(mean(steps, StepMet(m)), day[of[m]]) << where << ' ' << m;
    for (int s = 0; s < steps.per_day; ++s) {
      EXPECT_GE(steps.value[m][std::size_t(s)], met_variables[std::size_t(of[m])].lower) << where << ' ' << m;
      EXPECT_LE(steps.value[m][std::size_t(s)], met_variables[std::size_t(of[m])].upper) << where << ' ' << m;
    }
  }
  EXPECT_LE(day[Met::air_temperature_min], day[Met::air_temperature]);
  EXPECT_GE(day[Met::air_temperature_max], day[Met::air_temperature]);
}

/// Solar time in hours of the middle of the shortwave of many days.
double middle_of_light(ForcingSource& forcing, std::span<const GridPoint> points, Time first, int days) {
  double x = 0.0, y = 0.0;
  std::vector<MetSteps> steps(points.size());
  for (int d = 0; d < days; ++d) {
    const Time day = first + d * seconds_per_day;
    forcing.read_steps(day, points, steps);
    for (int s = 0; s < steps[0].per_day; ++s) {
      const double minutes = 1440.0 * (s + 0.5) / steps[0].per_day + sun_at(day).equation_of_time_min;
      const double angle = 2.0 * M_PI * (minutes / 1440.0 + points[0].lon / 360.0);
      x += steps[0].at(StepMet::shortwave, s) * std::cos(angle);
      y += steps[0].at(StepMet::shortwave, s) * std::sin(angle);
    }
  }
  const double hours = std::atan2(y, x) * 12.0 / M_PI;
  return hours < 0.0 ? hours + 24.0 : hours;
}

struct TowerFile {
  const char* file;
  double lon, lat, elevation_m;
  std::int64_t shift_s;  ///< local standard time to UTC
  int natural;
  Time inside;  ///< of the record
};
const TowerFile towers[] = {
    {"US-Wi7_2005_PLUMBERformat_Met", -91.07, 46.65, 390.0, 6 * 3600, 48, time_of(2005, 6, 1)},
    {"NL-Loo_met_halfhourly_1997", 5.74, 52.17, 33.0, -3600, 48, time_of(1997, 6, 1)},
    {"US-Bo1_met_halfhourly_1998", -88.29, 40.01, 217.0, -1800, 48, time_of(1998, 6, 1)},
    {"CH-Lae_met_hourly", 8.365, 47.478, 645.0, -3600, 24, time_of(2008, 6, 1)},
    {"AU-ASM_halfhourly", 133.249, -22.283, 606.0, -(9 * 3600 + 1800), 48, time_of(2012, 6, 1)}};

TEST(SiteSteps, ReadsEverySubdailyTowerFileAsItIs) {
  const Comm comm = Comm::world();
  SUBDAILY_OR_SKIP(data);
  for (const TowerFile& tower : towers) {
    SCOPED_TRACE(tower.file);
    SiteForcing::Options options;
    options.files = data + "/subdaily/" + tower.file + ".nc";
    options.time_shift_s = tower.shift_s;
    options.steps_per_day = -1;
    const std::vector<GridPoint> points = {place(tower.lon, tower.lat, tower.elevation_m, "X")};
    SiteForcing forcing(comm, options, points);
    EXPECT_EQ(forcing.steps_per_day(), tower.natural);
    std::vector<MetSteps> steps(1);
    std::vector<MetDay> met(1);
    for (Time day = forcing.period(0).begin; day < forcing.period(0).end; day = day + 7 * seconds_per_day) {
      forcing.read(day, points, met);
      forcing.read_steps(day, points, steps);
      expect_consistent(steps[0], met[0], format_time(day));
    }
    // clouds are not even over the day, and a record of gaps filled from elsewhere need not fit the minute
    EXPECT_NEAR(middle_of_light(forcing, points, tower.inside, 60), 12.0, 0.35);
  }
}

TEST(SiteSteps, AreTheValuesOfTheFile) {
  const Comm comm = Comm::world();
  SUBDAILY_OR_SKIP(data);
  SiteForcing::Options options;
  options.files = data + "/subdaily/NL-Loo_met_halfhourly_1997.nc";
  const std::vector<GridPoint> points = {place(5.74, 52.17, 33.0, "NL-Loo")};
  const Comm self = comm.split(comm.rank());
  const netcdf::File file = netcdf::File::open(self, options.files);
  const std::vector<double> t = file.all(file.variable("Tair")), rain = file.all(file.variable("Rainf"));
  std::vector<MetSteps> steps(1);
  std::vector<MetDay> met(1);
  const std::size_t first = 200 * 48 + 2;  // local time is an hour ahead of UTC
  for (const int per_day : {24, 48}) {
    options.steps_per_day = per_day;
    options.time_shift_s = -3600;
    SiteForcing forcing(comm, options, points);
    const Time day = time_of(1997, 1, 1) + 200 * seconds_per_day;
    forcing.read_steps(day, points, steps);
    for (std::size_t s = 0; s < std::size_t(per_day); ++s) {
      const std::size_t at = first + s * std::size_t(48 / per_day);
      const double air = per_day == 48 ? t[at] : 0.5 * (t[at] + t[at + 1]);
      EXPECT_EQ(steps[0].at(StepMet::air_temperature, int(s)), air);
      EXPECT_EQ(steps[0].at(StepMet::precipitation, int(s)),
                per_day == 48 ? rain[at] : 0.5 * (rain[at] + rain[at + 1]));
    }
    forcing.read(day, points, met);
    EXPECT_EQ(met[0][Met::air_temperature_max],
              *std::max_element(steps[0].value[0].begin(), steps[0].value[0].begin() + per_day));
  }
  options.rules.co2_file = data + "/co2_annual_1700_2024.csv";
  SiteForcing forcing(comm, options, points);
  forcing.read_steps(time_of(2004, 7, 1), points, steps);  // recycled but for CO2
  EXPECT_NEAR(steps[0].at(StepMet::co2, 7), 377.0, 1.5);
  EXPECT_FALSE(forcing.own_weather(0, time_of(2004, 7, 1)));
  options.steps_per_day = 0;
  EXPECT_EQ(SiteForcing(comm, options, points).steps_per_day(), 0);
}

/// An hourly file of four days: temperature is the hour, rain 1e-4, sun 100.
struct HourlyFile {
  std::vector<double> hour, tair, rain, sun;
  HourlyFile() {
    for (int h = 0; h < 96; ++h) {
      hour.push_back(h);
      tair.push_back(280.0 + h % 24);
      rain.push_back(1e-4);
      sun.push_back(100.0);
    }
  }
  void drop(std::size_t from, std::size_t past) {
    for (std::vector<double>* v : {&hour, &tair, &rain, &sun})
      v->erase(v->begin() + std::ptrdiff_t(from), v->begin() + std::ptrdiff_t(past));
  }
  std::string write(const Comm& comm, const std::string& name) const {
    const std::string path = scratch(comm, name);
    const Comm self = comm.split(comm.rank());
    if (comm.root()) {
      netcdf::File file = netcdf::File::create(self, path);
      const int time = file.define_dimension("time", std::int64_t(hour.size()));
      const auto define = [&](const char* variable, const std::string& units) {
        const int id = file.define_variable(variable, Type::double_, std::span(&time, 1));
        file.put_attribute(id, "units", units);
        return id;
      };
      const int t = define("time", "hours since 2001-03-01"), a = define("Tair", "K"),
                p = define("Precip", "kg m-2 s-1");
      const int s = define("SWdown", "W m-2"), e = define("ea", "Pa");
      file.end_definitions();
      const std::vector<std::int64_t> start{0}, count{std::int64_t(hour.size())};
      file.put(t, start, count, hour);
      file.put(a, start, count, tair);
      file.put(p, start, count, rain);
      file.put(s, start, count, sun);
      file.put(e, start, count, std::vector<double>(hour.size(), 500.0));
      file.close();
    }
    comm.barrier();
    return path;
  }
};

SiteForcing::Options hourly_options(const std::string& path) {
  SiteForcing::Options options;
  options.files = path;
  options.steps_per_day = 24;
  return options;
}

bool mentions(const std::vector<std::string>& remarks, const std::string& words) {
  return std::any_of(remarks.begin(), remarks.end(),
                     [&](const std::string& r) { return r.find(words) != std::string::npos; });
}

TEST(SiteSteps, GapsAreFilledInTimeThenByTheTimeOfDay) {
  const Comm comm = Comm::world();
  HourlyFile file;
  for (std::size_t h = 5; h < 7; ++h) file.tair[h] = std::nan("");
  file.drop(26, 40);  // 02:00 to 15:00 of the second day
  const std::vector<GridPoint> points = {place(0.0, 40.0, 100.0, "X")};
  SiteForcing forcing(comm, hourly_options(file.write(comm, "gaps.nc")), points);
  std::vector<MetSteps> steps(1);
  for (int d = 0; d < 2; ++d) {
    forcing.read_steps(time_of(2001, 3, 1) + d * seconds_per_day, points, steps);
    for (int s = 0; s < 24; ++s) {
      EXPECT_NEAR(steps[0].at(StepMet::air_temperature, s), 280.0 + s, 1e-9) << d << ' ' << s;
      EXPECT_EQ(steps[0].at(StepMet::precipitation, s), d == 1 && s >= 2 && s < 16 ? 0.0 : 1e-4) << d << ' ' << s;
    }
  }
  const std::vector<std::string> remarks = forcing.remarks();
  EXPECT_TRUE(mentions(remarks, "Tair: 2 samples in gaps of at most 2 hours"));
  EXPECT_TRUE(mentions(remarks, "Tair: 14 samples in gaps of at most 3 days from the same time"));
  EXPECT_TRUE(mentions(remarks, "Precip: 14 samples"));
}

TEST(SiteSteps, NamesWhatIsWrong) {
  const Comm comm = Comm::world();
  const std::vector<GridPoint> points = {place(0.0, 40.0, 100.0, "X")};
  const auto message = [&](const SiteForcing::Options& options) -> std::string {
    try {
      SiteForcing forcing(comm, options, points);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  HourlyFile file;
  SiteForcing::Options options = hourly_options(file.write(comm, "whole.nc"));
  EXPECT_EQ(message(options), "");
  options.time_shift_s = 1800;
  EXPECT_NE(message(options).find("1800 s after 00:00 UTC"), std::string::npos) << message(options);
  options.time_shift_s = 0;
  options.steps_per_day = 12;
  EXPECT_NE(message(options).find("expected 24, 48"), std::string::npos);
  file.hour[30] += 0.25;
  EXPECT_NE(message(hourly_options(file.write(comm, "uneven.nc"))).find("no multiple of 3600 s"), std::string::npos);
  HourlyFile hole;
  hole.sun[0] = std::nan("");  // nothing before it, no other year
  const std::string text = message(hourly_options(hole.write(comm, "hole.nc")));
  EXPECT_NE(text.find("no shortwave for 2001-03-01"), std::string::npos) << text;
  EXPECT_NE(text.find("gaps in SWdown"), std::string::npos) << text;
}

TEST(SiteSteps, PartOfADayAtTheEndsIsLeftOut) {
  const Comm comm = Comm::world();
  const std::vector<GridPoint> points = {place(0.0, 40.0, 100.0, "X")};
  SiteForcing::Options options = hourly_options(HourlyFile().write(comm, "ends.nc"));
  options.time_shift_s = 5 * 3600;
  for (const int per_day : {0, 24, 48}) {
    options.steps_per_day = per_day;
    const SiteForcing forcing(comm, options, points);
    EXPECT_EQ(format_time(forcing.period(0).begin), "2001-03-02") << per_day;
    EXPECT_EQ(format_time(forcing.period(0).end), "2001-03-05") << per_day;
  }
}

Grid cells_of(const Comm& comm, const std::vector<std::pair<double, double>>& places) {
  Grid grid;
  for (std::size_t k = 0; k < places.size(); ++k) {
    if (int(k) % comm.size() != comm.rank()) continue;
    grid.points.push_back(place(places[k].first, places[k].second, 1300.0));
    grid.points.back().id = std::int64_t(k);
  }
  return grid;
}

GridForcing::Options walnut(const std::string& data) {
  GridForcing::Options options;
  options.files = {data + "/gridded/walnutgulch_forcing_3hourly_2008.nc"};
  options.time_shift_s = 7 * 3600;  // local time
  options.steps_per_day = -1;
  return options;
}

TEST(GridSteps, ThreeHourlyLocalTimeBecomesHoursOfUtc) {
  const Comm comm = Comm::world();
  SUBDAILY_OR_SKIP(data);
  const Grid grid = cells_of(comm, std::vector<std::pair<double, double>>(std::size_t(comm.size()), {-110.03, 31.72}));
  GridForcing forcing(comm, walnut(data), grid.points);
  EXPECT_EQ(forcing.steps_per_day(), 24);
  const Comm self = comm.split(comm.rank());
  const netcdf::File file = netcdf::File::open(self, walnut(data).files[0]);
  const std::vector<double> rain = file.all(file.variable("Precip")), sun = file.all(file.variable("SWdown"));
  const std::size_t cell = 1 * 5 + 2;  // 31.72 N, -110.03 E
  std::vector<MetSteps> steps(grid.points.size());
  std::vector<MetDay> met(grid.points.size());
  for (const int day : {1, 2, 190, 191, 365}) {
    forcing.read(time_of(2008, 1, 1) + day * seconds_per_day, grid.points, met);
    forcing.read_steps(time_of(2008, 1, 1) + day * seconds_per_day, grid.points, steps);
    expect_consistent(steps[0], met[0], "walnut");
    // 01:00 UTC of a day is 18:00 of the day before: sample 6 of it.
    const std::size_t first = std::size_t(day - 1) * 8 + 6;
    for (std::size_t s = 1; s < 22; ++s)
      EXPECT_EQ(steps[0].at(StepMet::precipitation, int(s)), rain[(first + (s - 1) / 3) * 15 + cell])
          << day << ' ' << s;
    for (std::size_t b = 0; b < 7; ++b) {
      double light = 0.0;
      for (std::size_t k = 0; k < 3; ++k) light += steps[0].at(StepMet::shortwave, int(1 + 3 * b + k)) / 3.0;
      EXPECT_NEAR(light, sun[(first + b) * 15 + cell], 1e-10) << day << ' ' << b;
    }
    if (day > 1) {  // the sample that began at 22:00 UTC of the day before
      EXPECT_EQ(steps[0].at(StepMet::precipitation, 0), rain[(first - 1) * 15 + cell]);
    }
  }
  EXPECT_NEAR(middle_of_light(forcing, grid.points, time_of(2008, 3, 1), 90), 12.0, 0.35);
}

TEST(GridSteps, HourlyWeatherIsReadAsItIs) {
  const Comm comm = Comm::world();
  SUBDAILY_OR_SKIP(data);
  const std::vector<std::pair<double, double>> places = {
      {-120.8, 48.3}, {-120.9, 48.4}, {-120.7, 48.4}, {-121.0, 48.5}};
  GridForcing::Options options;
  options.files = {data + "/gridded/stehekin_forcing_hourly_194901.nc"};
  options.steps_per_day = -1;
  const Grid grid = cells_of(comm, places);
  GridForcing forcing(comm, options, grid.points);
  ASSERT_EQ(forcing.steps_per_day(), 24);
  GridForcing::Options days = options;
  days.steps_per_day = 0;
  GridForcing daily(comm, days, grid.points);
  EXPECT_EQ(daily.steps_per_day(), 0);
  std::vector<MetSteps> steps(grid.points.size());
  std::vector<MetDay> met(grid.points.size()), mean_day(grid.points.size());
  for (int d = 0; d < 10; ++d) {
    const Time day = time_of(1949, 1, 1) + d * seconds_per_day;
    forcing.read(day, grid.points, met);
    forcing.read_steps(day, grid.points, steps);
    daily.read(day, grid.points, mean_day);
    for (std::size_t k = 0; k < met.size(); ++k) {
      expect_consistent(steps[k], met[k], "stehekin");
      EXPECT_NEAR(met[k][Met::air_temperature], mean_day[k][Met::air_temperature], 1e-9);
      EXPECT_NEAR(met[k][Met::shortwave], mean_day[k][Met::shortwave], 1e-9);
      EXPECT_EQ(met[k][Met::air_temperature_max], mean_day[k][Met::air_temperature_max]);
    }
  }
}

TEST(GridSteps, DoNotDependOnRanksNorOnTheOrderOfDays) {
  const Comm comm = Comm::world();
  SUBDAILY_OR_SKIP(data);
  const std::vector<std::pair<double, double>> places = {{-110.0, 31.7}, {-110.15, 31.66}, {-109.91, 31.78}};
  const Comm self = comm.split(comm.rank());
  const Grid mine = cells_of(comm, places), all = cells_of(self, places);
  GridForcing together(comm, walnut(data), mine.points), alone(self, walnut(data), all.points);
  std::vector<MetSteps> a(mine.points.size()), b(all.points.size());
  for (int day = 1; day < 366; day += 73) {
    alone.read_steps(time_of(2008, 1, 1) + (day + 1) % 365 * seconds_per_day, all.points, b);
    together.read_steps(time_of(2008, 1, 1) + day * seconds_per_day, mine.points, a);
    alone.read_steps(time_of(2008, 1, 1) + day * seconds_per_day, all.points, b);
    for (std::size_t k = 0; k < a.size(); ++k) EXPECT_EQ(a[k].value, b[std::size_t(mine.points[k].id)].value);
  }
}

TEST(GridSteps, DailyFilesHaveNone) {
  const Comm comm = Comm::world();
  SUBDAILY_OR_SKIP(data);
  GridForcing::Options options;
  options.files = {data + "/gridded/iberia_ncep_daily_*.nc"};
  options.steps_per_day = -1;
  const Grid grid = cells_of(comm, {{-5.0, 40.0}, {-3.0, 41.0}, {-6.0, 42.0}});
  EXPECT_EQ(GridForcing(comm, options, grid.points).steps_per_day(), 0);
  options.steps_per_day = 24;
  try {
    GridForcing forcing(comm, options, grid.points);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("steps_per_day: 0"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace tilth
