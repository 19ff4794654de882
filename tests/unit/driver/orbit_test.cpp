#include "driver/instrument/orbit.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/sphere.hpp"
#include "driver/instrument/instruments.hpp"
#include "driver/instrument/swath.hpp"

namespace tilth {
namespace {

constexpr double pi = std::numbers::pi, degree = pi / 180.0, day_s = 86400.0;
const Time some_day = time_of(2018, 7, 1);

Orbit aqua() { return Orbit::sun_synchronous(16, 233, 13.5, 0.0); }

TEST(Orbit, HasTheAltitudeAndInclinationOfTheMission) {
  EXPECT_NEAR(aqua().altitude_km(), 705.0, 5.0);  // published, Aqua
  EXPECT_NEAR(aqua().inclination_deg(), 98.2, 0.1);
  const Orbit smap = Orbit::sun_synchronous(8, 117, 18.0, 0.0);
  EXPECT_NEAR(smap.altitude_km(), 685.0, 5.0);
  EXPECT_NEAR(smap.inclination_deg(), 98.1, 0.1);
}

TEST(Orbit, CrossesTheEquatorAtItsLocalTime) {
  const Orbit orbit = aqua();
  int crossings = 0;
  for (int second = 0; second < 86399; ++second) {
    const auto a = orbit.below(some_day, second), b = orbit.below(some_day, second + 1);
    if (!(a.lat < 0.0 && b.lat >= 0.0)) continue;
    ++crossings;
    const double local_h = (second + 1) / 3600.0 + b.lon / 15.0;
    EXPECT_NEAR(local_h - 24.0 * std::floor(local_h / 24.0), 13.5, 6e-4);  // a second of flight
  }
  EXPECT_NEAR(crossings, 233.0 / 16.0, 1.0);
}

TEST(Orbit, RepeatsItsTrackAfterTheCycleAndNotBefore) {
  const Orbit orbit = aqua();
  const auto first = orbit.below(some_day, 5000.0);
  for (int days = 1; days <= 16; ++days) {
    const auto later = orbit.below(some_day + days * seconds_per_day, 5000.0);
    const double apart_km = great_circle_km(first.lon, first.lat, later.lon, later.lat);
    if (days == 16)
      EXPECT_LT(apart_km, 1e-6);
    else
      EXPECT_GT(apart_km, 100.0) << days;
  }
}

TEST(Orbit, PassesAreWhereTheSatelliteIsAbeam) {
  for (const Orbit& orbit : {aqua(), Orbit::inclined(410.0, 51.6, 0.3)})
    for (const auto& [lon, lat] : {std::pair{10.0, 2.0}, {-60.0, 48.0}, {170.0, -35.0}, {80.0, -51.0}}) {
      std::vector<Pass> passes;
      orbit.passes(some_day, lon, lat, 1500.0, passes);
      EXPECT_FALSE(passes.empty());
      for (const Pass& pass : passes) {
        const auto below = orbit.below(some_day, pass.second);
        // Across the track at that moment: exactly as far as the satellite's own point is.
        EXPECT_NEAR(great_circle_km(lon, lat, below.lon, below.lat), std::abs(pass.across_km), 0.01) << lat;
        EXPECT_EQ(pass.ascending, orbit.below(some_day, pass.second + 1.0).lat > below.lat) << lat;
      }
    }
}

TEST(Orbit, EveryPassBelongsToOneDay) {
  for (const Orbit& orbit : {aqua(), Orbit::inclined(410.0, 51.6, 0.3)})
    for (int place = 0; place < 40; ++place)
      for (int d = 0; d < 16; ++d) {
        std::vector<Pass> passes;
        orbit.passes(some_day + d * seconds_per_day, 9.0 * place - 180.0, 1.2 * place, 1500.0, passes);
        for (const Pass& pass : passes) {
          EXPECT_GE(pass.second, 0.0);
          EXPECT_LT(pass.second, day_s);
        }
      }
}

TEST(Orbit, MissesNoPass) {
  const Orbit orbit = Orbit::inclined(410.0, 51.6, 0.3);
  for (const auto& [lon, lat] : {std::pair{10.0, 2.0}, {-60.0, 48.0}, {170.0, -35.0}, {80.0, 51.0}}) {
    int close = 0;  // local minima of the distance, second by second
    double before = 1e9, last = 1e9;
    for (int second = -1; second <= 86400; ++second) {
      const auto at = orbit.below(some_day, second);
      const double distance = great_circle_km(lon, lat, at.lon, at.lat);
      if (last < 900.0 && last <= before && last < distance) ++close;
      before = last, last = distance;
    }
    std::vector<Pass> passes;
    orbit.passes(some_day, lon, lat, 900.0, passes);
    EXPECT_EQ(int(passes.size()), close) << lat;
  }
}

// Passes of one half of the orbit that see a parallel, per cycle: revolutions times the share of the parallel that one
// sweeps. Abeam of the satellite at the angle A from the node: sin(across) = sin(lat) cos(i) - cos(lat) sin(A) sin(i).
double expected_passes(const Orbit& orbit, int revolutions, double lat, double reach_km) {
  const double i = orbit.inclination_deg() * degree, w = reach_km / earth_radius_km, f = lat * degree;
  double edge[2];
  for (int side = 0; side < 2; ++side) {
    const double across = side == 0 ? w : -w;
    const double a = std::asin((std::sin(f) * std::cos(i) - std::sin(across)) / (std::cos(f) * std::sin(i)));
    const double along = std::cos(f) * std::sin(a) * std::cos(i) + std::sin(f) * std::sin(i);
    const double u = std::atan2(along, std::cos(f) * std::cos(a));
    edge[side] = a - orbit.period_s() / day_s * u;  // the Earth turns while the satellite flies
  }
  return revolutions * std::abs(edge[1] - edge[0]) / (2.0 * pi);
}

TEST(Orbit, RevisitsAParallelAsOftenAsItsSwathIsWide) {
  const Orbit orbit = aqua();
  for (const double lat : {0.0, 30.0, 60.0})
    for (const double width_km : {200.0, 1000.0, 2330.0}) {
      double seen = 0.0;
      constexpr int places = 233;  // one per track, so that the mean is that of the parallel up to round-off of counts
      for (int p = 0; p < places; ++p)
        for (int d = 0; d < 16; ++d) {
          std::vector<Pass> passes;
          orbit.passes(some_day + d * seconds_per_day, -180.0 + 360.0 * p / places, lat, 0.5 * width_km, passes);
          for (const Pass& pass : passes) seen += pass.ascending ? 1.0 / places : 0.0;
        }
      EXPECT_NEAR(seen, expected_passes(orbit, 233, lat, 0.5 * width_km), 1.0) << lat << ' ' << width_km;
    }
}

TEST(Orbit, TheStationDriftsThroughTheHoursOfTheDay) {
  // The node falls back by 5 degrees a day, the sun goes forward by 1: 24 hours in about 60 days.
  const Orbit station = Orbit::inclined(410.0, 51.6, 0.0);
  std::vector<double> hours;
  for (const int days : {0, 10}) {
    for (int second = 0; second < 6000; ++second) {
      const Time day = some_day + days * seconds_per_day;
      const auto a = station.below(day, second), b = station.below(day, second + 1);
      if (!(a.lat < 0.0 && b.lat >= 0.0)) continue;
      hours.push_back(second / 3600.0 + b.lon / 15.0);
      break;
    }
  }
  ASSERT_EQ(hours.size(), 2u);
  const double drift = hours[1] - hours[0] - 24.0 * std::round((hours[1] - hours[0]) / 24.0);
  EXPECT_NEAR(drift, -10.0 * 24.0 / 60.0, 0.15);
  for (int second = 0; second < 86400; second += 60)
    EXPECT_LE(std::abs(station.below(some_day, second).lat), 51.6 + 1e-9);
}

TEST(Orbit, AnglesOfViewObeyTheLawOfSines) {
  const Orbit orbit = aqua();
  EXPECT_EQ(orbit.view_zenith_deg(0.0), 0.0);
  const double radius = (earth_radius_km + orbit.altitude_km()) / earth_radius_km;
  for (const double across_km : {10.0, 500.0, 1165.0}) {
    const double zenith = orbit.view_zenith_deg(across_km) * degree, nadir = zenith - across_km / earth_radius_km;
    EXPECT_NEAR(std::sin(zenith), radius * std::sin(nadir), 1e-12) << across_km;
  }
  EXPECT_NEAR(orbit.view_zenith_deg(1165.0), 65.0, 1.0);  // published for the edge of MODIS's swath
}

TEST(SwathView, SeesTheShareOfTheCellInsideTheSwath) {
  SwathOptions o;
  o.width_km = 1000.0;
  const Orbit orbit = orbit_of(o);
  EXPECT_EQ(swath_view(o, orbit, 0.0, 100.0).share, 1.0);
  EXPECT_NEAR(swath_view(o, orbit, 500.0, 100.0).share, 0.5, 1e-12);
  EXPECT_EQ(swath_view(o, orbit, -551.0, 100.0).share, 0.0);
  EXPECT_NEAR(swath_view(o, orbit, 500.0, 100.0).zenith_deg, orbit.view_zenith_deg(475.0), 1e-9);
  o.view_limit_deg = 30.0;
  EXPECT_EQ(swath_view(o, orbit, 480.0, 100.0).share, 0.0);
}

TEST(SwathView, IsTheSameOnBothSidesOfTheTrack) {
  SwathOptions o;
  o.width_km = 1000.0, o.gap_km = 100.0;
  const Orbit orbit = orbit_of(o);
  for (const double across_km : {30.0, 200.0, 480.0}) {
    EXPECT_EQ(swath_view(o, orbit, -across_km, 100.0).share, swath_view(o, orbit, across_km, 100.0).share);
    EXPECT_NEAR(swath_view(o, orbit, -across_km, 100.0).zenith_deg, swath_view(o, orbit, across_km, 100.0).zenith_deg,
                1e-12);
  }
  o.gap_km = 20.0;  // a cell below the satellite is seen from 10 to 50 km on either side
  EXPECT_NEAR(swath_view(o, orbit, 0.0, 100.0).zenith_deg, orbit.view_zenith_deg(30.0), 1e-12);
}

TEST(SwathView, LocalTimeIsThatOfTheNodeThatIsNamed) {
  for (const char* node : {"ascending", "descending"}) {
    SwathOptions o;
    o.local_time_h = 18.5, o.node = node;
    const Orbit orbit = orbit_of(o);
    const double sign = o.node == "ascending" ? 1.0 : -1.0;
    int crossings = 0;
    for (int second = 0; second < 20000; ++second) {
      const auto a = orbit.below(some_day, second), b = orbit.below(some_day, second + 1);
      if (!(sign * a.lat < 0.0 && sign * b.lat >= 0.0)) continue;
      ++crossings;
      const double local_h = (second + 1) / 3600.0 + b.lon / 15.0;
      EXPECT_NEAR(local_h - 24.0 * std::floor(local_h / 24.0), 18.5, 6e-4) << node;
    }
    EXPECT_GE(crossings, 3);
  }
}

TEST(SwathView, LeavesTheGapUnseenAndKeepsAFixedAngle) {
  SwathOptions o;
  o.width_km = 1000.0, o.gap_km = 400.0, o.incidence_deg = 40.0;
  const Orbit orbit = orbit_of(o);
  EXPECT_EQ(swath_view(o, orbit, 0.0, 100.0).share, 0.0);
  EXPECT_NEAR(swath_view(o, orbit, -200.0, 100.0).share, 0.5, 1e-12);
  EXPECT_EQ(swath_view(o, orbit, 300.0, 100.0).zenith_deg, 40.0);
}

}  // namespace
}  // namespace tilth
