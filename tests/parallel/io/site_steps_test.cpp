#include <gtest/gtest.h>

#include <cmath>

#include "core/base/error.hpp"
#include "io/forcing_files.hpp"
#include "io/netcdf.hpp"
#include "parallel/io/files.hpp"
#include "parallel/io/steps_check.hpp"

namespace tilth {
namespace {

using netcdf::Type;
using test::expect_consistent;
using test::middle_of_light;
using test::place;
using test::scratch;

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

}  // namespace
}  // namespace tilth
