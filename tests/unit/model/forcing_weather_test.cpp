#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/config/node.hpp"
#include "core/physics/solar.hpp"
#include "model/forcing/humidity.hpp"
#include "model/forcing/weather_generator.hpp"

namespace tilth {
namespace {

GridPoint place(double lon, double lat, double elevation_m = 100.0) {
  GridPoint p;
  p.lon = lon;
  p.lat = lat;
  p.surface.elevation_m = elevation_m;
  return p;
}

/// Hundred places over the land and sea of the Earth, all climates.
std::vector<GridPoint> hundred_places() {
  std::vector<GridPoint> points;
  for (int i = 0; i < 100; ++i) {
    const double lat = std::asin(-1.0 + (2.0 * i + 1.0) / 100.0) * 57.29577951;
    points.push_back(place(std::remainder(i * 137.508, 360.0), lat, (i % 10) * 500.0));
    points.back().id = i;
  }
  return points;
}

std::vector<MetDay> read(WeatherGenerator& generator, Time day, const std::vector<GridPoint>& points) {
  std::vector<MetDay> out(points.size());
  generator.read(day, points, out);
  return out;
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const std::size_t n = std::min(a.size(), b.size());
  double ma = 0, mb = 0, ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < n; ++i) ma += a[i] / n, mb += b[i] / n;
  for (std::size_t i = 0; i < n; ++i) {
    ab += (a[i] - ma) * (b[i] - mb);
    aa += (a[i] - ma) * (a[i] - ma);
    bb += (b[i] - mb) * (b[i] - mb);
  }
  return ab / std::sqrt(aa * bb);
}

TEST(WeatherGenerator, SameBitsForAnyOrderOfDaysAndAnySubsetOfPoints) {
  const std::vector<GridPoint> all = hundred_places();
  WeatherGenerator one({.seed = 7}), other({.seed = 7});
  const Time first = time_of(2018, 12, 20);
  std::vector<std::vector<MetDay>> forward;
  for (int d = 0; d < 30; ++d) forward.push_back(read(one, first + d * seconds_per_day, all));
  std::vector<GridPoint> some = {all[93], all[5], all[50]};  // as another rank would hold them
  for (int d = 29; d >= 0; d -= 3) {
    const auto out = read(other, first + d * seconds_per_day, some);
    EXPECT_EQ(out[0].value, forward[d][93].value);
    EXPECT_EQ(out[1].value, forward[d][5].value);
    EXPECT_EQ(out[2].value, forward[d][50].value);
    if (d == 14) some = {all[93], all[5], all[50]};
  }
  WeatherGenerator fresh({.seed = 7});  // one day alone, mid-day asked
  EXPECT_EQ(read(fresh, first + 17 * seconds_per_day + 5000, {all[42]})[0].value, forward[17][42].value);
  WeatherGenerator another({.seed = 8});
  EXPECT_NE(read(another, first, {all[42]})[0].value, forward[0][42].value);
}

TEST(WeatherGenerator, WorksBefore1970AndWithoutPoints) {
  WeatherGenerator generator({});
  EXPECT_TRUE(read(generator, time_of(1950, 2, 3), {}).empty());
  const auto a = read(generator, time_of(1950, 2, 3), {place(10, 50)});
  const auto b = read(generator, time_of(1950, 2, 4), {place(10, 50)});
  EXPECT_NE(a[0].value, b[0].value);
}

TEST(WeatherGenerator, ValuesStayPossibleForTenYearsAtAHundredPlaces) {
  const std::vector<GridPoint> points = hundred_places();
  WeatherGenerator generator({.seed = 3});
  std::vector<MetDay> out(points.size());
  for (int d = 0; d < 3652; ++d) {
    const Time day = time_of(2000, 1, 1) + d * seconds_per_day;
    generator.read(day, points, out);
    for (std::size_t i = 0; i < points.size(); ++i) {
      const MetDay& m = out[i];
      for (int v = 0; v < met_count; ++v)
        ASSERT_TRUE(m.value[v] >= met_variables[v].lower && m.value[v] <= met_variables[v].upper)
            << met_variables[v].name << " = " << m.value[v] << " at latitude " << points[i].lat << " on "
            << format_time(day);
      ASSERT_LE(m[Met::air_temperature_min], m[Met::air_temperature]);
      ASSERT_LE(m[Met::air_temperature], m[Met::air_temperature_max]);
      ASSERT_NEAR(0.5 * (m[Met::air_temperature_min] + m[Met::air_temperature_max]), m[Met::air_temperature], 1e-9);
      ASSERT_LE(m[Met::vapour_pressure], saturation_pressure(m[Met::air_temperature]));
      const double clear =
          clear_sky_transmissivity(points[i].surface.elevation_m) * solar_day(day, points[i].lat).toa_mean_w_m2;
      ASSERT_LE(m[Met::shortwave], clear);
    }
  }
}

/// Thirty years at one place, and what the climate expects of them.
struct Record {
  std::vector<double> temperature, shortwave, range, humidity, wet;
  double wet_days = 0, expected_wet_days = 0, rain = 0, expected_rain = 0, kelvin = 0, expected_kelvin = 0, n = 0;
  double cloud_loss = 0, expected_cloud_loss = 0, anomaly_square = 0, relative = 0, expected_relative = 0;
};

Record record(double lon, double lat) {
  constexpr int days = 10957;
  const std::vector<GridPoint> points = {place(lon, lat)};
  const Climate climate(lon, lat, 100.0);
  WeatherGenerator generator({.seed = 11});
  Record r;
  std::vector<MetDay> out(1);
  for (int d = 0; d < days; ++d) {
    const Time day = time_of(1981, 1, 1) + d * seconds_per_day;
    generator.read(day, points, out);
    const Normals n = climate.on(Season(day));
    const double t = out[0][Met::air_temperature], toa = solar_day(day, lat).toa_mean_w_m2;
    const double wet = out[0][Met::precipitation] > 0.0;
    const double anomaly = (t - n[Normal::temperature]) / n[Normal::temperature_sd];
    r.temperature.push_back(anomaly);
    r.shortwave.push_back(out[0][Met::shortwave] / std::max(toa, 1.0));
    r.range.push_back((out[0][Met::air_temperature_max] - t) / n[Normal::diurnal_range]);
    r.humidity.push_back(out[0][Met::vapour_pressure] / saturation_pressure(t));
    r.wet.push_back(wet);
    r.wet_days += wet;
    r.expected_wet_days += n[Normal::wet_day_frequency];
    r.rain += out[0][Met::precipitation] * seconds_per_day;
    r.expected_rain += n[Normal::precipitation];
    r.kelvin += t;
    r.expected_kelvin += n[Normal::temperature];
    r.anomaly_square += anomaly * anomaly;
    r.cloud_loss += 1.0 - out[0][Met::shortwave] / std::max(clear_sky_transmissivity(100.0) * toa, 1e-9);
    r.expected_cloud_loss += 2.0 / 3.0 * n[Normal::cloud_fraction];
    r.relative += r.humidity.back();
    r.expected_relative += n[Normal::relative_humidity];
    r.n += 1.0;
  }
  return r;
}

TEST(WeatherGenerator, MeansAndFrequenciesAreTheClimates) {
  // Days forget in 2 to 3 days, so 10957 days count as about 2000: four standard errors are 0.045 of a frequency near
  // 1/2, 0.09 standard deviations of temperature, and 12 % of rain whose wet days vary by 1.4 times their mean.
  for (const auto& [lon, lat] :
       {std::pair{10.0, 50.0}, std::pair{-60.0, -3.0}, std::pair{2.0, 13.0}, std::pair{100.0, 60.0}}) {
    SCOPED_TRACE(lat);
    const Record r = record(lon, lat);
    EXPECT_NEAR(r.wet_days / r.n, r.expected_wet_days / r.n, 0.045);
    EXPECT_NEAR(r.rain / r.expected_rain, 1.0, 0.12);
    EXPECT_NEAR((r.kelvin - r.expected_kelvin) / r.n, 0.0, 0.09 * 7.0);
    EXPECT_NEAR(r.anomaly_square / r.n, 1.0, 0.13);
    EXPECT_NEAR(r.cloud_loss / r.n, r.expected_cloud_loss / r.n, 0.03);
    EXPECT_NEAR(r.relative / r.n, r.expected_relative / r.n, 0.02);
  }
}

TEST(WeatherGenerator, RemembersForAFewDays) {
  const Record r = record(10.0, 50.0);
  for (const int lag : {1, 3, 6, 20}) {
    const std::vector<double> later(r.temperature.begin() + lag, r.temperature.end());
    // temperature is nine tenths or more of its own field (3 days) and the rest of wetness (2 days)
    EXPECT_NEAR(correlation(r.temperature, later), std::exp(-lag / 3.0), 0.06) << lag;
  }
  const std::vector<double> next(r.wet.begin() + 1, r.wet.end());
  EXPECT_GT(correlation(r.wet, next), 0.25);  // wet spells
}

TEST(WeatherGenerator, WetDaysAreCloudyHumidAndOfSmallRange) {
  const Record r = record(10.0, 50.0);
  EXPECT_LT(correlation(r.wet, r.shortwave), -0.4);
  EXPECT_LT(correlation(r.wet, r.range), -0.4);
  EXPECT_GT(correlation(r.wet, r.humidity), 0.25);
}

TEST(WeatherGenerator, NeighboursShareTheirWeather) {
  const std::vector<GridPoint> points = {place(10.0, 50.0), place(11.4, 50.0), place(14.2, 50.0), place(60.0, 50.0)};
  WeatherGenerator generator({.seed = 5});
  std::vector<std::vector<double>> t(4), wet(4);
  std::vector<MetDay> out(4);
  for (int d = 0; d < 5000; ++d) {
    const Time day = time_of(2001, 1, 1) + d * seconds_per_day;
    generator.read(day, points, out);
    for (int i = 0; i < 4; ++i) {
      const Normals n = Climate(points[i].lon, points[i].lat, 100.0).on(Season(day));
      t[i].push_back(out[i][Met::air_temperature] - n[Normal::temperature]);
      wet[i].push_back(out[i][Met::precipitation] > 0.0);
    }
  }
  EXPECT_GT(correlation(t[0], t[1]), 0.8);  // 100 km
  EXPECT_GT(correlation(wet[0], wet[1]), 0.6);
  EXPECT_GT(correlation(t[0], t[2]), 0.4);  // 300 km
  EXPECT_NEAR(correlation(t[0], t[3]), 0.0, 0.15);
}

TEST(WeatherGenerator, ReadsAndChecksItsOptions) {
  WeatherGenerator::Options options;
  read_options(Node::parse("{seed: 12, correlation_km: 300, co2: 560}", "test.yaml"), options);
  EXPECT_EQ(options.seed, 12);
  EXPECT_DOUBLE_EQ(options.correlation_km, 300.0);
  WeatherGenerator generator(options);
  EXPECT_DOUBLE_EQ(read(generator, time_of(2018, 1, 1), {place(0, 0)})[0][Met::co2], 560.0);
  EXPECT_TRUE(generator.files().empty());
  EXPECT_EQ(generator.remarks().size(), 1u);
  EXPECT_ANY_THROW(read_options(Node::parse("{persistence_days: -1}", "test.yaml"), options));
  EXPECT_ANY_THROW(read_options(Node::parse("{sede: 1}", "test.yaml"), options));
}

}  // namespace
}  // namespace tilth
