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

#define SUBDAILY_OR_SKIP(data)                                                             \
  const auto shared_ = test::shared_folder();                                              \
  if (!shared_ || !std::filesystem::exists(*shared_ / "data/subdaily"))                    \
    GTEST_SKIP() << "no reference data below TILTH_SHARED: data/subdaily is not found";    \
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
    {"US-Bo1_met_halfhourly_1998", -88.29, 40.01, 217.0, 0, 48, time_of(1998, 6, 1)},
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
    if (comm.root()) for (const std::string& r : forcing.remarks()) std::printf("%s\n", r.c_str());
    EXPECT_EQ(forcing.steps_per_day(), tower.natural);
    std::vector<MetSteps> steps(1);
    std::vector<MetDay> met(1);
    for (Time day = forcing.period(0).begin; day < forcing.period(0).end; day = day + 7 * seconds_per_day) {
      forcing.read(day, points, met);
      forcing.read_steps(day, points, steps);
      expect_consistent(steps[0], met[0], format_time(day));
    }
    std::printf("%s %s middle %g\n", format_time(forcing.period(0).begin).c_str(), format_time(forcing.period(0).end).c_str(), middle_of_light(forcing, points, tower.inside, 60));
    EXPECT_NEAR(middle_of_light(forcing, points, tower.inside, 60), 12.0, 0.35);
  }
}

}  // namespace
}  // namespace tilth
