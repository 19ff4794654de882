#include <gtest/gtest.h>

#include <cmath>

#include "core/base/error.hpp"
#include "io/forcing_files.hpp"
#include "io/netcdf.hpp"
#include "parallel/io/steps_check.hpp"

namespace tilth {
namespace {

using test::expect_consistent;
using test::middle_of_light;
using test::place;

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
