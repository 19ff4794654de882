#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/base/error.hpp"
#include "core/config/node.hpp"
#include "model/forcing/humidity.hpp"
#include "model/forcing/perturbation.hpp"

namespace tilth {
namespace {

using Options = ForcingPerturbation::Options;

GridPoint place(std::int64_t id, double lon, double lat) {
  GridPoint p;
  p.id = id;
  p.lon = lon;
  p.lat = lat;
  p.surface.elevation_m = 200.0;
  return p;
}

/// A cloudy, rainy summer day: far below the clear sky.
MetDay rainy_day() {
  MetDay m;
  m[Met::air_temperature] = 288.0;
  m[Met::air_temperature_min] = 284.0;
  m[Met::air_temperature_max] = 292.0;
  m[Met::shortwave] = 60.0;
  m[Met::longwave] = 340.0;
  m[Met::vapour_pressure] = 1300.0;
  m[Met::surface_pressure] = 99000.0;
  m[Met::wind_speed] = 4.0;
  m[Met::precipitation] = 1e-4;
  m[Met::co2] = 410.0;
  return m;
}

const Time june = time_of(2018, 6, 10);

/// Perturbed weather of `days` days of one column: [day](met variable, member).
std::vector<MetMembers> run(const Options& options, const GridPoint& point, const MetDay& base, int members, int days,
                            std::int64_t first = 0, std::uint64_t seed = 4) {
  const ForcingPerturbation perturbation(options);
  const Random random(seed, Purpose::forcing_perturbation);
  MetMembers out(members);
  AlignedVector<double> memory(std::size_t(perturbation.memory_rows()) * out.stride);
  perturbation.start(random, point, first, members, memory.data());
  std::vector<MetMembers> all;
  for (int d = 0; d < days; ++d) {
    perturbation.apply(random, june + d * seconds_per_day, point, first, base, memory.data(), out);
    all.push_back(out);
  }
  return all;
}

struct Moments {
  double mean = 0.0, variance = 0.0;
};

Moments moments(const double* x, int n) {
  Moments m;
  for (int k = 0; k < n; ++k) m.mean += x[k] / n;
  for (int k = 0; k < n; ++k) m.variance += (x[k] - m.mean) * (x[k] - m.mean) / (n - 1);
  return m;
}

double correlation(const double* x, const double* y, int n, bool log_x = false, bool log_y = false) {
  std::vector<double> a(x, x + n), b(y, y + n);
  for (double& v : a) v = log_x ? std::log(v) : v;
  for (double& v : b) v = log_y ? std::log(v) : v;
  const Moments ma = moments(a.data(), n), mb = moments(b.data(), n);
  double sum = 0.0;
  for (int k = 0; k < n; ++k) sum += (a[k] - ma.mean) * (b[k] - mb.mean) / (n - 1);
  return sum / std::sqrt(ma.variance * mb.variance);
}

TEST(ForcingPerturbation, OffReproducesTheWeatherExactly) {
  const MetDay base = rainy_day();
  Options off;
  off.precipitation_sd = off.shortwave_sd = off.longwave_sd = off.temperature_sd = 0.0;
  EXPECT_EQ(ForcingPerturbation(off).memory_rows(), 0);
  for (const MetMembers& met : run(off, place(0, 10, 50), base, 5, 3))
    for (int m = 0; m < met_count; ++m)
      for (int k = 0; k < met.stride; ++k) EXPECT_EQ(met.row(Met(m))[k], base.value[m]);

  Options only_rain = off;
  only_rain.precipitation_sd = 0.5;
  EXPECT_EQ(ForcingPerturbation(only_rain).memory_rows(), 4);
  MetDay odd = base;
  odd[Met::vapour_pressure] = 1.1 * saturation_pressure(base[Met::air_temperature]);  // as some station files have it
  odd[Met::shortwave] = 600.0;                                                        // above the clear sky
  for (const MetMembers& met : run(only_rain, place(0, 10, 50), odd, 5, 3))
    for (int m = 0; m < met_count; ++m)
      for (int k = 0; k < met.stride; ++k) EXPECT_EQ(met.row(Met(m))[k] == odd.value[m], Met(m) != Met::precipitation);
}

TEST(ForcingPerturbation, KeepsMeansAndHasTheDeclaredMomentsFromTheFirstDayOn) {
  constexpr int n = 20000;  // standard errors: of a mean sd / 141, of a variance 1 %
  Options options;
  options.shortwave_sd = 0.2;
  const MetDay base = rainy_day();
  const auto days = run(options, place(0, 10, 50), base, n, 15);
  for (const int d : {0, 14}) {
    SCOPED_TRACE(d);
    const MetMembers& met = days[d];
    const Moments rain = moments(met.row(Met::precipitation), n), sun = moments(met.row(Met::shortwave), n),
                  longwave = moments(met.row(Met::longwave), n), warm = moments(met.row(Met::air_temperature), n);
    EXPECT_NEAR(rain.mean / 1e-4, 1.0, 0.016);
    EXPECT_NEAR(std::sqrt(rain.variance) / 1e-4, 0.5, 0.03);
    EXPECT_NEAR(sun.mean / 60.0, 1.0, 0.006);
    EXPECT_NEAR(std::sqrt(sun.variance) / 60.0, 0.2, 0.006);
    EXPECT_NEAR(longwave.mean, 340.0, 0.6);
    EXPECT_NEAR(std::sqrt(longwave.variance), 20.0, 0.4);
    EXPECT_NEAR(warm.mean, 288.0, 0.03);
    EXPECT_NEAR(std::sqrt(warm.variance), 1.0, 0.02);
    constexpr double error = 0.03;
    const auto row = [&](Met m) { return met.row(m); };
    EXPECT_NEAR(correlation(row(Met::precipitation), row(Met::shortwave), n, true, true), -0.8, error);
    EXPECT_NEAR(correlation(row(Met::precipitation), row(Met::longwave), n, true, false), 0.5, error);
    EXPECT_NEAR(correlation(row(Met::shortwave), row(Met::longwave), n, true, false), -0.5, error);
    EXPECT_NEAR(correlation(row(Met::shortwave), row(Met::air_temperature), n, true, false), 0.4, error);
    EXPECT_NEAR(correlation(row(Met::longwave), row(Met::air_temperature), n, false, false), 0.3, error);
    EXPECT_NEAR(correlation(row(Met::precipitation), row(Met::air_temperature), n, true, false), -0.1, error);
  }
  for (const int lag : {1, 3, 14})
    EXPECT_NEAR(correlation(days[0].row(Met::air_temperature), days[lag].row(Met::air_temperature), n),
                std::exp(-lag / 3.0), 0.03);
}

TEST(ForcingPerturbation, KeepsWeatherPossible) {
  Options wild;
  wild.precipitation_sd = 3.0;
  wild.shortwave_sd = 2.0;
  wild.longwave_sd = 100.0;
  wild.temperature_sd = 10.0;
  MetDay cold = rainy_day();
  cold[Met::air_temperature] = 200.0;
  cold[Met::air_temperature_min] = 195.0;
  cold[Met::air_temperature_max] = 205.0;
  cold[Met::vapour_pressure] = 0.1;
  cold[Met::longwave] = 90.0;
  MetDay wet = rainy_day();
  wet[Met::precipitation] = 0.08;
  for (const MetDay& base : {rainy_day(), cold, wet})
    for (const MetMembers& met : run(wild, place(3, -70, 65), base, 300, 20))
      for (int k = 0; k < met.stride; ++k) {
        for (int m = 0; m < met_count; ++m) {
          ASSERT_GE(met.row(Met(m))[k], met_variables[m].lower) << met_variables[m].name;
          ASSERT_LE(met.row(Met(m))[k], met_variables[m].upper) << met_variables[m].name;
        }
        ASSERT_LE(met.row(Met::vapour_pressure)[k],
                  saturation_pressure(met.row(Met::air_temperature)[k]) * (1.0 + 1e-14));
        ASSERT_NEAR(met.row(Met::air_temperature_max)[k] - met.row(Met::air_temperature_min)[k],
                    base[Met::air_temperature_max] - base[Met::air_temperature_min], 1e-9);
        ASSERT_LT(met.row(Met::shortwave)[k], 400.0);  // the clear sky of June at 65 N is 355 W m-2
      }
}

TEST(ForcingPerturbation, DryDaysAndNightsStayDryAndDark) {
  MetDay base = rainy_day();
  base[Met::precipitation] = 0.0;
  base[Met::shortwave] = 0.0;
  for (const MetMembers& met : run({}, place(1, 0, 85), base, 40, 5))
    for (int k = 0; k < met.stride; ++k) {
      EXPECT_EQ(met.row(Met::precipitation)[k], 0.0);
      EXPECT_EQ(met.row(Met::shortwave)[k], 0.0);
    }
}

TEST(ForcingPerturbation, MembersAndColumnsDoNotDependOnTheirCompany) {
  const MetDay base = rainy_day();
  for (const double correlation_km : {0.0, 600.0}) {
    Options options;
    options.correlation_km = correlation_km;
    const ForcingPerturbation many(options);
    const Random random(4, Purpose::forcing_perturbation);
    const GridPoint a = place(10, 10, 50), b = place(11, 12, 50);
    MetMembers out(40);
    AlignedVector<double> memory_a(4 * out.stride), memory_b(4 * out.stride);
    many.start(random, b, 0, 40, memory_b.data());
    many.start(random, a, 0, 40, memory_a.data());
    const auto alone = run(options, a, base, 12, 6), later = run(options, a, base, 8, 6, 8);
    for (int d = 0; d < 6; ++d) {
      const Time day = june + d * seconds_per_day;
      many.apply(random, day, b, 0, base, memory_b.data(), out);
      many.apply(random, day, a, 0, base, memory_a.data(), out);
      for (int m = 0; m < met_count; ++m)
        for (int k = 0; k < 12; ++k) {
          EXPECT_EQ(out.row(Met(m))[k], alone[d].row(Met(m))[k]);
          if (k < 8) continue;
          EXPECT_EQ(out.row(Met(m))[k], later[d].row(Met(m))[k - 8]);
        }
    }
  }
}

TEST(ForcingPerturbation, OtherSeedsAndTheNatureRunDrawOtherErrors) {
  const MetDay base = rainy_day();
  const GridPoint point = place(0, 10, 50);
  const auto members = run({}, point, base, 8, 1), nature = run({}, point, base, 1, 1, -1),
             seed = run({}, point, base, 8, 1, 0, 5);
  const double first = members[0].row(Met::air_temperature)[0];
  EXPECT_NE(first, nature[0].row(Met::air_temperature)[0]);
  EXPECT_NE(first, seed[0].row(Met::air_temperature)[0]);
  // one object with two generators in turn: the draws kept from one must not serve the other
  const ForcingPerturbation shared{Options{}};
  MetMembers out(8);
  AlignedVector<double> memory(4 * out.stride);
  for (const std::uint64_t s : {5u, 4u, 5u, 4u}) {
    const Random random(s, Purpose::forcing_perturbation);
    shared.start(random, point, 0, 8, memory.data());
    shared.apply(random, june, point, 0, base, memory.data(), out);
    EXPECT_EQ(out.row(Met::air_temperature)[0], s == 4u ? first : seed[0].row(Met::air_temperature)[0]);
  }
}

TEST(ForcingPerturbation, DrawsKeptFromOneGeneratorNeverServeAnother) {
  const MetDay base = rainy_day();
  const GridPoint point = place(0, 10, 50);
  Options options;
  options.persistence_days = 0.0;  // the memory is the draw of the day
  const ForcingPerturbation shared(options);
  MetMembers out(8);
  const auto temperature = [&](std::uint64_t seed, std::int64_t first) {
    AlignedVector<double> memory(4 * out.stride);
    shared.apply(Random(seed, Purpose::forcing_perturbation), june, point, first, base, memory.data(), out);
    return out.row(Met::air_temperature)[0];
  };
  const double a = temperature(1, 0), b = temperature(2, 0), c = temperature(1, -1);
  EXPECT_NE(a, b);
  EXPECT_NE(a, c);
  EXPECT_EQ(a, temperature(1, 0));
}

TEST(ForcingPerturbation, NeighboursShareErrorsOnlyWhenAsked) {
  const MetDay base = rainy_day();
  constexpr int n = 4000;  // standard error 0.016
  const auto between = [&](double correlation_km) {
    Options options;
    options.correlation_km = correlation_km;
    const auto a = run(options, place(0, 10.5, 49.5), base, n, 1), b = run(options, place(1, 11.9, 49.5), base, n, 1);
    return correlation(a[0].row(Met::air_temperature), b[0].row(Met::air_temperature), n);
  };
  EXPECT_NEAR(between(0.0), 0.0, 0.065);
  EXPECT_GT(between(600.0), 0.8);  // 100 km apart
}

TEST(ForcingPerturbation, ContinuesFromASavedMemory) {
  const MetDay base = rainy_day();
  const GridPoint point = place(0, 10, 50);
  const ForcingPerturbation before{Options{}}, after{Options{}};
  const Random random(9, Purpose::forcing_perturbation);
  MetMembers whole(16), resumed(16);
  AlignedVector<double> memory(4 * 16), saved;
  before.start(random, point, 0, 16, memory.data());
  for (int d = 0; d < 8; ++d) {
    if (d == 5) saved = memory;
    before.apply(random, june + d * seconds_per_day, point, 0, base, memory.data(), whole);
  }
  for (int d = 5; d < 8; ++d) after.apply(random, june + d * seconds_per_day, point, 0, base, saved.data(), resumed);
  EXPECT_EQ(whole.data, resumed.data);
}

TEST(ForcingPerturbation, RefusesCorrelationsThatContradictEachOther) {
  Options options;
  options.precipitation_shortwave = 0.9;
  options.precipitation_longwave = 0.9;
  options.shortwave_longwave = -0.9;
  EXPECT_THROW(ForcingPerturbation{options}, Error);
  options = {};
  options.correlation_km = 10.0;
  EXPECT_THROW(ForcingPerturbation{options}, Error);
}

TEST(ForcingPerturbation, ReadsAndChecksItsOptions) {
  Options options;
  read_options(Node::parse("{temperature_sd: 0, correlation_km: 300}", "test.yaml"), options);
  EXPECT_EQ(options.temperature_sd, 0.0);
  EXPECT_EQ(options.correlation_km, 300.0);
  EXPECT_ANY_THROW(read_options(Node::parse("{precipitation_sd: -0.1}", "test.yaml"), options));
}

}  // namespace
}  // namespace tilth
