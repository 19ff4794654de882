#include <gtest/gtest.h>

#include <cmath>

#include "core/base/error.hpp"
#include "model/forcing/climate.hpp"
#include "model/forcing/exposure.hpp"

namespace tilth {
namespace {

constexpr double freezing_k = 273.15;
constexpr int january = 0, april = 3, july = 6;

double celsius(const Climate& c, int month) { return c.month(month)[Normal::temperature] - freezing_k; }
double rain(const Climate& c, int month) { return c.month(month)[Normal::precipitation]; }

TEST(Climate, HasTheWarmthOfKnownRegions) {
  EXPECT_LT(celsius(Climate(129.7, 62.0, 100.0), january), -30.0);  // Siberia
  EXPECT_GT(celsius(Climate(129.7, 62.0, 100.0), july), 14.0);
  EXPECT_GT(celsius(Climate(5.3, 60.4, 10.0), january), -1.0);  // Norway's coast at nearly the same latitude
  EXPECT_NEAR(celsius(Climate(-60.0, -3.1, 60.0), january), 26.5, 2.0);
  EXPECT_NEAR(celsius(Climate(-60.0, -3.1, 60.0), july), 27.0, 2.0);
  EXPECT_GT(celsius(Climate(10.0, 23.0, 300.0), july), 30.0);   // Sahara
  EXPECT_LT(celsius(Climate(-40.0, 72.0, 3000.0), july), 0.0);  // Greenland
}

TEST(Climate, RainFollowsTheSunInTheTropics) {
  const Climate sahel(2.2, 13.5, 220.0), zambia(28.4, -15.4, 1280.0), darwin(130.9, -12.4, 30.0),
      india(79.1, 21.1, 310.0);
  EXPECT_GT(rain(sahel, july), 10.0 * rain(sahel, january));
  EXPECT_GT(rain(zambia, january), 10.0 * rain(zambia, july));
  EXPECT_GT(rain(darwin, january), 10.0 * rain(darwin, july));
  EXPECT_GT(rain(india, july), 10.0 * rain(india, january));
  EXPECT_GT(Climate(-63.0, -4.0, 60.0).yearly_precipitation(), 1500.0);
}

TEST(Climate, HasDryBeltsMediterraneanSummersAndStormTracks) {
  EXPECT_LT(Climate(10.0, 23.0, 500.0).yearly_precipitation(), 120.0);    // Sahara
  EXPECT_LT(Climate(-70.4, -23.4, 130.0).yearly_precipitation(), 120.0);  // Atacama
  const Climate florida(-81.0, 28.0, 10.0);                               // the dry belt's latitude, but an east coast
  EXPECT_GT(florida.yearly_precipitation(), 700.0);
  const Climate lisbon(-9.1, 38.7, 77.0), perth(116.0, -31.9, 20.0), california(-122.0, 38.0, 50.0);
  EXPECT_GT(rain(lisbon, january), 4.0 * rain(lisbon, july));
  EXPECT_GT(rain(california, january), 4.0 * rain(california, july));
  EXPECT_GT(rain(perth, july), 4.0 * rain(perth, january));
  EXPECT_GT(rain(Climate(-123.0, 47.5, 100.0), january), 1.5 * rain(Climate(-108.0, 47.5, 100.0), january));
  EXPECT_GT(Climate(5.3, 60.4, 10.0).yearly_precipitation(), 1.3 * Climate(37.6, 60.4, 10.0).yearly_precipitation());
}

TEST(Climate, ColdGrowsWithHeightAtTheLapseRate) {
  const Climate low(9.0, 47.0, 400.0), high(9.0, 47.0, 2400.0);
  for (int m = 0; m < 12; ++m) EXPECT_NEAR(celsius(low, m) - celsius(high, m), 11.0, 1e-9);
  EXPECT_NEAR(low.surface_pressure(), 96611.0, 10.0);  // ICAO standard atmosphere at 400 m
}

TEST(Climate, SeasonsAreSmoothAndStayBetweenTheMonths) {
  const Climate c(37.6, 55.8, 150.0);
  double least = 1e9, most = -1e9, before = c.on(Season(time_of(2018, 12, 31)))[Normal::temperature];
  for (int d = 0; d < 365; ++d) {
    const Season season(time_of(2019, 1, 1) + d * seconds_per_day);
    EXPECT_NEAR(season.weight[0] + season.weight[1] + season.weight[2], 1.0, 1e-14);
    const double t = c.on(season)[Normal::temperature];
    EXPECT_NEAR(t, before, 0.3) << d;  // half range 13 K: at most 0.22 K a day
    before = t;
    least = std::min(least, t);
    most = std::max(most, t);
  }
  EXPECT_GE(least, c.coldest_month());
  EXPECT_LE(most, c.warmest_month());
  EXPECT_NEAR(most - least, c.warmest_month() - c.coldest_month(), 2.0);
}

TEST(Climate, NormalsArePossibleAllOverTheEarth) {
  for (double lat = -90.0; lat <= 90.0; lat += 7.5)
    for (double lon = -180.0; lon < 180.0; lon += 15.0)
      for (const double elevation : {-400.0, 0.0, 5500.0}) {
        const Climate c(lon, lat, elevation);
        for (int m = 0; m < 12; ++m) {
          const Normals& n = c.month(m);
          for (const double v : n.value) ASSERT_TRUE(std::isfinite(v));
          EXPECT_GT(n[Normal::temperature_sd], 0.5);
          EXPECT_GT(n[Normal::diurnal_range], 2.0);
          EXPECT_LT(n[Normal::diurnal_range], 20.0);
          EXPECT_GT(n[Normal::relative_humidity], 0.15);
          EXPECT_LT(n[Normal::relative_humidity], 0.95);
          EXPECT_GT(n[Normal::cloud_fraction], 0.05);
          EXPECT_LE(n[Normal::cloud_fraction], 0.95);
          EXPECT_GT(n[Normal::precipitation], 0.0);
          EXPECT_GT(n[Normal::wet_day_frequency], 0.0);
          EXPECT_LE(n[Normal::wet_day_frequency], 0.85);
        }
      }
}

TEST(Climate, LongitudeGoesRoundTheEarth) {
  const Climate a(-170.0, 66.0, 100.0), b(190.0, 66.0, 100.0);
  for (int m = 0; m < 12; ++m) EXPECT_NEAR(celsius(a, m), celsius(b, m), 1e-9);
}

TEST(Climate, RefusesPlacesThatAreNotOnEarth) {
  EXPECT_THROW(Climate(0.0, 91.0, 0.0), Error);
  EXPECT_THROW(Climate(0.0, 0.0, 2e4), Error);
  EXPECT_THROW(Climate(std::nan(""), 0.0, 0.0), Error);
}

TEST(Exposure, KnowsLandFromSea) {
  EXPECT_GT(land_share(10.0, 23.0), 0.99);
  EXPECT_LT(land_share(-30.0, 30.0), 0.01);
  EXPECT_GT(land_share(100.0, 60.0), 0.99);
  EXPECT_LT(land_share(-140.0, 0.0), 0.01);
  const Exposure bergen = exposure_of(5.3, 60.4, 800.0, 2400.0, land_share);
  EXPECT_LT(bergen.west, 0.2);
  EXPECT_GT(bergen.east, 0.6);
  EXPECT_GT(land_or_ice_share(-150.0, 80.0), 0.75);
  EXPECT_LT(land_share(-150.0, 80.0), 0.01);
  EXPECT_LT(land_or_ice_share(5.0, 72.0), 0.01);  // the Norwegian Sea stays open
}

}  // namespace
}  // namespace tilth
