#include <algorithm>
#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "driver/instrument/simulator.hpp"
#include "driver/nature.hpp"
#include "driver/observation_errors.hpp"
#include "parallel/driver/small_run.hpp"

namespace tilth {
namespace {

using test::SmallRun;

double total(const Comm& comm, double mine) {
  double sum = 0.0;
  for (const double x : comm.all_gather(std::span<const double>(&mine, 1))) sum += x;
  return sum;
}

/// One stream on a coarse globe.
std::string globe(const std::string& op, const std::string& simulate, const std::string& more = "") {
  return "experiment: {name: small, seed: 5}\ngrid: {generate: {resolution_deg: 12}}\nmodel: {daily: {}}\n"
         "time: {start: 2018-07-01, end: 2018-08-30, window: 60 days}\nensemble: {size: 2}\nobservations:\n  - {name: "
         "x, "
         "operator: " +
         op + ", simulate: " + simulate + more + "}\n";
}

/// All visits of the run, of all ranks, by id: place, time, angle.
std::map<std::int64_t, std::vector<double>> visits(const SmallRun& run) {
  Simulator simulator(run.domain);
  const ObsTable table = simulator.visits(run.experiment.time.start, run.experiment.time.end, 1);
  std::vector<double> mine;
  for (std::size_t i = 0; i < table.size(); ++i)
    mine.insert(mine.end(), {double(table.id[i]), table.lon[i], table.lat[i], double(table.begin[i].seconds),
                             table.view_zenith_deg[i]});
  const auto all = run.domain.comm->all_gather(std::span<const double>(mine));
  std::map<std::int64_t, std::vector<double>> out;
  for (std::size_t i = 0; i < all.size(); i += 5)
    EXPECT_TRUE(out.emplace(std::int64_t(all[i]), std::vector<double>(&all[i] + 1, &all[i] + 5)).second);
  return out;
}

TEST(Simulator, ImagersPassAtTheirLocalTimeWithinTheirAngle) {
  const Comm comm = Comm::world();
  const SmallRun run(comm, globe("{ndvi: {}}", "{instrument: modis_ndvi, cloud_sensitivity: 0, coverage: 1}"));
  const auto seen = visits(run);
  ASSERT_GT(seen.size(), 1000u);
  for (const auto& [id, v] : seen) {
    const double hour = v[2] / 3600.0 + v[0] / 15.0, local = hour - 24.0 * std::floor(hour / 24.0);
    if (std::abs(v[1]) < 30.0) {  // local times across the swath and up to 30 degrees
      EXPECT_NEAR(local, 13.5, 1.6) << v[1];
    }
    EXPECT_LE(v[3], 60.0);
    EXPECT_GE(v[3], 0.0);
  }
}

TEST(Simulator, SeesADayOfAParallelAsOftenAsTheSwathAndTheCellAllow) {
  // A cell counts when any of it is seen: the swath is wider by a cell.
  const Comm comm = Comm::world();
  const SmallRun run(comm, globe("{surface_soil_moisture: {}}",
                                 "{sampling: {swath: {width_km: 500, repeat_days: 8, revolutions: 117, local_time: 6, "
                                 "node: descending, incidence_deg: 40}}}"));
  std::map<double, std::pair<double, double>> parallels;  // of latitude: looks, and looks expected
  std::vector<double> places;
  for (const GridPoint& p : run.domain.grid.points) places.insert(places.end(), {p.lat, 1e-3 * std::sqrt(p.area_m2)});
  const auto all = comm.all_gather(std::span<const double>(places));
  double expected = 0.0, looks = 0.0;
  for (std::size_t i = 0; i < all.size(); i += 2) {
    if (std::abs(all[i]) > 20.0) continue;  // where two passes of a day do not overlap
    // Near the equator the swath lies across it at the inclination against the turning Earth, less than 13 degrees.
    const double along_km =
        (500.0 + all[i + 1]) / std::cos(10.0 * 3.14159265 / 180.0) / std::cos(all[i] * 3.14159265 / 180.0);
    expected += 60.0 * 117.0 / 8.0 * along_km / 40030.0;
  }
  for (const auto& [id, v] : visits(run)) looks += std::abs(v[1]) <= 20.0 ? 1.0 : 0.0;
  EXPECT_NEAR(looks / expected, 1.0, 0.05);
}

TEST(Simulator, CloudsHideAsOftenAsTheWeatherSays) {
  const Comm comm = Comm::world();
  const std::string sampling = "sampling: {geostationary: {longitudes: [0, 120, -120], view_limit_deg: 85}}";
  for (const char* clouds : {"{}", "{correlation_km: 300, persistence: 12 hours}"}) {
    const SmallRun run(comm, globe("{ndvi: {}}", "{" + sampling + ", cloud_sensitivity: 1, clouds: " + clouds + "}"));
    double expected = 0.0, in_view = 0.0;
    std::vector<MetDay> weather(run.domain.grid.points.size());
    const auto sampler = make_sampler(run.domain, 0);
    std::vector<Look> looks;
    for (Time day = run.experiment.time.start; day < run.experiment.time.end; day = day + seconds_per_day) {
      run.domain.forcing->read(day, run.domain.points(), weather);
      for (int c = 0; c < run.domain.columns(); ++c) {
        looks.clear();
        sampler->looks(day, c, looks);
        in_view += double(looks.size());
        expected += double(looks.size()) *
                    clear_sky_probability(day, run.domain.grid.points[c].lat, weather[std::size_t(c)][Met::shortwave]);
      }
    }
    const double seen = double(visits(run).size()), all = total(comm, in_view);
    EXPECT_GT(all, 10000.0);
    EXPECT_NEAR(seen / all, total(comm, expected) / all, 0.01) << clouds;
  }
}

TEST(Simulator, TowersStandAtTheirCoordinates) {
  const Comm comm = Comm::world();
  const SmallRun run(comm, globe("{gpp: {}}",
                                 "{instrument: fluxnet_towers, coverage: 1, sampling: {towers: {names: "
                                 "[US-Ha1, DE-Tha, DE-Hai], every_days: 5}}}",
                                 ", reach_km: 1000"));
  const auto seen = visits(run);
  EXPECT_EQ(seen.size(), 3u * 12u);
  for (const auto& [id, v] : seen) EXPECT_TRUE(v[0] == -72.172 || v[0] == 13.565 || v[0] == 10.452) << v[0];
}

TEST(Simulator, LidarGivesOneValuePerCompositeBelowItsInclination) {
  const Comm comm = Comm::world();
  const SmallRun run(comm, globe("{above_ground_biomass: {}}", "{instrument: gedi_biomass}"));
  std::map<std::pair<double, double>, std::map<std::int64_t, int>> of_place;
  for (const auto& [id, v] : visits(run)) {
    EXPECT_LT(std::abs(v[1]), 51.6 + 6.1);  // half a cell beyond
    ++of_place[{v[0], v[1]}][std::int64_t(v[2]) / (32 * seconds_per_day)];
  }
  EXPECT_GT(of_place.size(), 50u);
  for (const auto& [place, periods] : of_place)
    for (const auto& [period, count] : periods) EXPECT_EQ(count, 1);
}

/// Errors of a truth of 10 over 200 days and all columns of this rank, over what is stated.
struct Sample {
  double mean = 0.0, sd = 0.0, stated = 0.0, days = 0.0;
};

Sample sample(const SmallRun& run, double drift_per_day = 0.0) {
  const SimulatedErrors errors(run.domain, 0);
  std::vector<double> sums(4, 0.0);
  for (int c = 0; c < run.domain.columns(); ++c)
    for (int d = 0; d < 200; ++d) {
      const Time day = run.experiment.time.start + d * seconds_per_day;
      const GridPoint& p = run.domain.grid.points[c];
      const Look look{.begin = day,
                      .end = day + seconds_per_day,
                      .footprints = 4.0,
                      .length_km = 4.0,
                      .width_km = 1.0,
                      .lon = p.lon,
                      .lat = p.lat};
      const Measured m = errors.measured(10.0, look, std::nan(""), c);
      const double error = m.value - 10.0 - drift_per_day * d;
      sums[0] += 1.0, sums[1] += error, sums[2] += error * error, sums[3] += m.error_sd;
    }
  for (double& s : sums) s = total(*run.domain.comm, s);
  const double mean = sums[1] / sums[0];
  return {mean, std::sqrt(sums[2] / sums[0] - mean * mean), sums[3] / sums[0], sums[0]};
}

TEST(SimulatedErrors, AreAsLargeAsStatedAndScaleApartFromIt) {
  const Comm comm = Comm::world();
  const std::string footprints =
      "footprint_km: 1, error_sd: 0.5, error_relative: 0.1, footprint_correlation: 0.2, "
      "representativeness: 0.4";
  const SmallRun right(comm, globe("{gpp: {}}", "{" + footprints + "}"));
  const SmallRun twice(comm,
                       globe("{gpp: {}}", "{" + footprints + ", error_scale: 2, bias: 1.5, bias_relative: 0.02}"));
  const Sample a = sample(right), b = sample(twice);
  // 10 % of 10 counts; of four footprints among very many.
  EXPECT_NEAR(a.stated, std::sqrt((0.8 / 4.0 + 0.2) + 0.16 / 4.0), 1e-4);
  EXPECT_EQ(a.stated, b.stated);
  const double tolerance = 4.0 / std::sqrt(a.days);
  EXPECT_NEAR(a.sd / a.stated, 1.0, tolerance);
  EXPECT_NEAR(b.sd / b.stated, 2.0, 2.0 * tolerance);
  EXPECT_NEAR(a.mean, 0.0, a.stated * tolerance);
  EXPECT_NEAR(b.mean, 1.7, 2.0 * b.stated * tolerance);
}

TEST(SimulatedErrors, DriftInTimeAndDifferFromPlaceToPlace) {
  const Comm comm = Comm::world();
  const SmallRun drifting(comm, globe("{lai: {}}", "{bias_drift_per_year: 36.525}"));
  const Sample d = sample(drifting, 0.1);
  EXPECT_NEAR(d.mean, 0.0, 4.0 * d.stated / std::sqrt(d.days));
  const SmallRun places(comm, globe("{lai: {}}", "{bias_sd: 3, error_scale: 0}"));
  const SimulatedErrors errors(places.domain, 0);
  double squares = 0.0, count = 0.0;
  for (int c = 0; c < places.domain.columns(); ++c) {
    Look look{.begin = places.experiment.time.start, .footprints = 1.0};
    const double first = errors.measured(10.0, look, std::nan(""), c).value;
    look.begin = look.begin + 50 * seconds_per_day;
    EXPECT_EQ(errors.measured(10.0, look, std::nan(""), c).value, first);  // a pattern, no noise
    squares += (first - 10.0) * (first - 10.0), count += 1.0;
  }
  squares = total(comm, squares), count = total(comm, count);
  EXPECT_NEAR(squares / count / 9.0, 1.0, 5.0 * std::sqrt(2.0 / count));
}

// Correlation of the errors of two looks.
double correlation(const SmallRun& run, double apart_deg, int apart_days) {
  const SimulatedErrors errors(run.domain, 0);
  double xy = 0.0, xx = 0.0;
  for (int d = 0; d < 20000; d += 10) {
    Look look{.begin = run.experiment.time.start + d * seconds_per_day, .footprints = 1.0, .lon = 20.0};
    const double x = errors.measured(10.0, look, std::nan(""), 0).value - 10.0;
    look.begin = look.begin + apart_days * seconds_per_day, look.lon += apart_deg;
    const double y = errors.measured(10.0, look, std::nan(""), 0).value - 10.0;
    xy += x * y, xx += 0.5 * (x * x + y * y);
  }
  return xy / xx;
}

TEST(SimulatedErrors, AreCorrelatedInTimeAndSpaceAsAsked) {
  const Comm comm = Comm::world();
  const SmallRun run(comm, globe("{lai: {}}", "{correlation_km: 1000, correlation_time: 3 days}"));
  constexpr double tolerance = 5.0 / 44.7;  // of 2000 pairs
  EXPECT_NEAR(correlation(run, 0.0, 2), std::exp(-2.0 / 3.0), tolerance);
  EXPECT_GT(correlation(run, 1.0, 0), 0.9);
  EXPECT_NEAR(correlation(run, 25.0, 0), 0.0, tolerance);
}

TEST(ObservationErrors, WhatIsAssumedOfAnInstrumentIsItsOwnUnlessDeclared) {
  const Comm comm = Comm::world();
  const SmallRun own(comm, globe("{ndvi: {}}", "{instrument: modis_ndvi}"));
  EXPECT_EQ(assumed_error_sd(own.domain.streams[0], 0.5, 0.012), 0.012);  // not the operator's 0.03
  const SmallRun declared(comm, globe("{ndvi: {}}", "{instrument: modis_ndvi}", ", error_absolute: 0.005"));
  EXPECT_EQ(assumed_error_sd(declared.domain.streams[0], 0.5, 0.012), 0.005);
  const SmallRun plain(comm, globe("{ndvi: {}}", "{}"));
  EXPECT_EQ(assumed_error_sd(plain.domain.streams[0], 0.5, 0.012), 0.03);
}

TEST(Nature, IsTheSameUnlessToldOtherwise) {
  const Comm comm = Comm::world();
  const std::string yaml = globe("{lai: {}}", "{}") + "control: {parameters: {kphio: {}}}\n";
  EXPECT_FALSE(
      is_fraternal(SmallRun(comm, yaml + "nature: {seed: 3, parameters: {kphio: {value: 0.08}}}\n").experiment));
  const SmallRun run(comm, yaml +
                               "nature: {forcing: {perturbations: {precipitation_sd: 0.9}}, parameters: {g1: {value: "
                               "5}}}\n");
  ASSERT_TRUE(is_fraternal(run.experiment));
  const OtherNature other(comm, run.experiment, nullptr);
  EXPECT_EQ(other.experiment.forcing.perturbations.precipitation_sd, 0.9);
  EXPECT_EQ(run.experiment.forcing.perturbations.precipitation_sd, 0.5);
  Members nature(other.domain, {1, -1, 3});
  const auto& all = nature.parameters.definitions();
  const auto g1 = std::find_if(all.begin(), all.end(), [](const auto& d) { return d.name == "g1"; }) - all.begin();
  EXPECT_NEAR(nature.parameters.physical(int(g1), 7, 0)[0], 5.0, 1e-12);
}

TEST(Nature, OfAnotherModelKeepsWhatItHas) {
  const Comm comm = Comm::world();
  const std::string yaml = globe("{lai: {}}", "{}") + "control: {parameters: {kphio: {}, lma: {}}}\n";
  const SmallRun run(comm, yaml + "nature: {model: {hourly: {}}, parameters: {vcmax25: {value: 55}}}\n");
  const OtherNature other(comm, run.experiment, nullptr);
  EXPECT_EQ(other.domain.model->traits().name, "hourly");
  EXPECT_EQ(run.domain.model->traits().name, "daily");
  const auto refusal = [&](const std::string& nature) {
    try {
      const SmallRun bad(comm, yaml + nature);
      nature_experiment(bad.experiment);
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string("accepted");
  };
  EXPECT_NE(refusal("nature: {model: hourly}\nverification: {states: true}\n").find("state by state"),
            std::string::npos);
  EXPECT_NE(refusal("nature: {parameters: {vcmax_25: {value: 55}}}\n").find("has no parameter 'vcmax_25'"),
            std::string::npos);
}

}  // namespace
}  // namespace tilth
