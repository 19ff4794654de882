#include "core/base/sphere.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

namespace tilth {
namespace {

constexpr double half_turn_km = std::numbers::pi * earth_radius_km;
// Round-off of unit vectors (1e-16) times the earth's radius, with room for a few operations.
constexpr double round_off_km = 1e-11;

TEST(GreatCircle, IsHalfATurnBetweenAntipodes) {
  EXPECT_NEAR(great_circle_km(0, 0, 180, 0), half_turn_km, round_off_km);
  EXPECT_NEAR(great_circle_km(37, 52, -143, -52), half_turn_km, round_off_km);
  EXPECT_NEAR(great_circle_km(10, 90, 200, -90), half_turn_km, round_off_km);
}

TEST(GreatCircle, DoesNotDependOnLongitudeAtAPole) {
  EXPECT_NEAR(great_circle_km(0, 90, 123, 90), 0.0, round_off_km);
  EXPECT_NEAR(great_circle_km(0, 90, 77, 0), half_turn_km / 2, round_off_km);
  EXPECT_NEAR(great_circle_km(0, 90, 77, 80), half_turn_km / 18, round_off_km);
}

TEST(GreatCircle, CrossesTheDateLine) {
  EXPECT_NEAR(great_circle_km(179.5, 0, -179.5, 0), half_turn_km / 180, round_off_km);
  EXPECT_EQ(great_circle_km(179.5, 10, 200, 20), great_circle_km(179.5, 10, -160, 20));  // same bits for 200 and -160
  EXPECT_EQ(unit_vector(360, 45), unit_vector(0, 45));
}

TEST(GreatCircle, AgreesWithVincentyFormulaBetweenTwoTowns) {
  // Vincenty's formula on a sphere, 50 digits: Jena (11.589 E, 50.927 N) to Hyytiaelae (24.295 E, 61.847 N).
  EXPECT_NEAR(great_circle_km(11.589, 50.927, 24.295, 61.847), 1438.7278184221953, round_off_km);
}

TEST(GreatCircle, KeepsItsRelativeAccuracyOverMetres) {
  const double one_metre_deg = 1e-3 / half_turn_km * 180.0;
  EXPECT_NEAR(great_circle_km(15, 0, 15, one_metre_deg), 1e-3, round_off_km);
  EXPECT_EQ(great_circle_km(15, 47, 15, 47), 0.0);
}

TEST(GreatCircle, IsSymmetricToTheBit) {
  std::mt19937_64 engine(1);
  std::uniform_real_distribution<double> lon(-180, 180), lat(-90, 90);
  for (int i = 0; i < 1000; ++i) {
    const auto a = unit_vector(lon(engine), lat(engine)), b = unit_vector(lon(engine), lat(engine));
    EXPECT_EQ(great_circle_km(a, b), great_circle_km(b, a));
  }
}

TEST(Chord, IsTheStraightLineBetweenUnitVectors) {
  std::mt19937_64 engine(2);
  std::uniform_real_distribution<double> lon(-180, 180), lat(-90, 90);
  for (int i = 0; i < 1000; ++i) {
    const auto a = unit_vector(lon(engine), lat(engine)), b = unit_vector(lon(engine), lat(engine));
    const double line = std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
    EXPECT_NEAR(chord(great_circle_km(a, b)), line, 1e-15 * 10);
  }
}

TEST(Chord, EndsAtTheDiameter) {
  EXPECT_EQ(chord(0.0), 0.0);
  EXPECT_EQ(chord(half_turn_km), 2.0);
  EXPECT_EQ(chord(1e9), 2.0);
}

}  // namespace
}  // namespace tilth
