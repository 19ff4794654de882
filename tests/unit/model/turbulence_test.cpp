#include "model/turbulence.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "support/shared.hpp"

namespace tilth::physics {
namespace {

using Pair = simd::Pack<xsimd::sse2>;

Profile<double> profile(double height, double momentum, double heat) { return {0.0, momentum, heat, 0.01, height}; }

struct MostCase {
  double wind, excess, height, momentum, heat, inverse_length, friction_velocity, resistance;
};

void expect_reference(const MostCase& c) {
  const auto p = profile(c.height, c.momentum, c.heat);
  const auto fast = surface_layer(p, c.wind, 290.0, c.excess, 0.0);
  EXPECT_NEAR(fast.air_resistance / c.resistance, 1.0, 0.01) << c.wind;
  const auto converged = surface_layer(p, c.wind, 290.0, c.excess, 0.0, 12);
  EXPECT_NEAR(converged.air_resistance / c.resistance, 1.0, 1e-6) << c.wind;
  EXPECT_NEAR(converged.inverse_length / c.inverse_length, 1.0, 1e-6) << c.wind;
  EXPECT_NEAR(converged.friction_velocity / c.friction_velocity, 1.0, 1e-6) << c.wind;
}

TEST(SurfaceLayer, FindsTheRootOfTheProfilesInThreeIterations) {
  for (const MostCase& c :
       {MostCase{3, -2, 10, 0.1, 0.01, -0.021278205802548057, 0.2903178725822334, 51.958468479841365},
        MostCase{5, -5, 10, 0.1, 0.01, -0.019260760177628847, 0.4804457774315963, 31.66256594087264},
        MostCase{4, 1, 10, 0.05, 0.005, 0.008618509891412114, 0.2796586804711163, 71.75721455969858},
        MostCase{2, -8, 2, 0.01, 0.001, -0.2236009164991707, 0.17543210262205508, 89.63381285625444}})
    expect_reference(c);
}

TEST(SurfaceLayer, AgreesWithTheSharedReference) {
  TILTH_SHARED_OR_SKIP(reference, "model-ref/R19_most.json");
  for (const auto& c : reference["cases"])
    expect_reference({c["u"], c["dtheta_air_minus_sfc"], c["z"], c["z0m"], c["z0h"], c["invL"], c["ustar"], c["ra_h"]});
}

/// psi_m and psi_h as published (Paulson 1970; Beljaars & Holtslag 1991).
double psi_momentum(double zeta) {
  const double x = std::pow(1 - 16 * std::min(0.0, zeta), 0.25);
  if (zeta < 0) return 2 * std::log((1 + x) / 2) + std::log((1 + x * x) / 2) - 2 * std::atan(x) + std::acos(-1.0) / 2;
  return -(zeta + 0.667 * (zeta - 5 / 0.35) * std::exp(-0.35 * zeta) + 0.667 * 5 / 0.35);
}
double psi_heat(double zeta) {
  if (zeta < 0) return 2 * std::log((1 + std::sqrt(1 - 16 * zeta)) / 2);
  return -(std::pow(1 + 2 * zeta / 3, 1.5) + 0.667 * (zeta - 5 / 0.35) * std::exp(-0.35 * zeta) + 0.667 * 5 / 0.35 - 1);
}

TEST(SurfaceLayer, MergedProfilesAreThePublishedOnesAndTheirSlopes) {
  const double span = 100.0, heat_span = 740.0;
  for (const double zeta : {-2.0, -0.7, -0.05, -1e-4, 1e-4, 0.05, 0.7, 2.0}) {
    const auto s = similarity(zeta, span, heat_span);
    EXPECT_NEAR(s.momentum, std::log(span) - psi_momentum(zeta) + psi_momentum(zeta / span), 1e-13) << zeta;
    EXPECT_NEAR(s.heat, std::log(heat_span) - psi_heat(zeta) + psi_heat(zeta / heat_span), 1e-13) << zeta;
    const double h = 1e-5 * std::abs(zeta);
    const auto up = similarity(zeta + h, span, heat_span), down = similarity(zeta - h, span, heat_span);
    EXPECT_NEAR(s.momentum_slope, (up.momentum - down.momentum) / (2 * h), 2e-6) << zeta;
    EXPECT_NEAR(s.heat_slope, (up.heat - down.heat) / (2 * h), 2e-6) << zeta;
  }
  EXPECT_NEAR(similarity(0.0, span, heat_span).momentum, std::log(span), 1e-14);
}

TEST(SurfaceLayer, StaysBoundedInStillStratifiedAndInStillHeatedAir) {
  const auto p = profile(10.0, 0.1, 0.01);
  const auto calm = surface_layer(p, 0.5, 260.0, 25.0, 0.0);
  EXPECT_DOUBLE_EQ(calm.inverse_length, 0.2);  // z / L = 2
  EXPECT_GT(calm.air_resistance, 1000.0);
  EXPECT_LT(calm.air_resistance, 5000.0);
  const auto hot = surface_layer(p, 0.5, 300.0, -25.0, 0.2);
  EXPECT_DOUBLE_EQ(hot.inverse_length, -0.2);
  EXPECT_GT(hot.air_resistance, 20.0);
  EXPECT_LT(hot.air_resistance, calm.air_resistance);
}

TEST(SurfaceLayer, HardlyDependsOnTheStart) {
  for (const double excess : {-15.0, -3.0, -0.1, 0.1, 1.0, 4.0})
    for (const double wind : {1.0, 3.0, 8.0}) {
      const auto p = profile(10.0, 0.3, 0.04);
      const double exact = surface_layer(p, wind, 290.0, excess, 0.0, 40).air_resistance;
      for (const double start : {-0.2, 0.0, 0.2})
        EXPECT_NEAR(surface_layer(p, wind, 290.0, excess, start).air_resistance / exact, 1.0, 0.01)
            << excess << " " << wind;
    }
}

Stand<double> stand(double height, double plant_area, double snow = 0.0) {
  return {10.0, 0.04, height, 0.08, 2.0, std::exp(-plant_area), snow};
}

TEST(WindProfile, GoesFromTheGroundToTheClosedCanopy) {
  const auto bare = wind_profile(stand(20.0, 0.0));
  EXPECT_DOUBLE_EQ(bare.momentum_roughness, 0.01);
  EXPECT_DOUBLE_EQ(bare.displacement, 0.0);
  EXPECT_NEAR(bare.heat_roughness, 0.001, 1e-15);
  EXPECT_DOUBLE_EQ(wind_profile(stand(20.0, 0.0, 1.0)).momentum_roughness, 0.001);
  const auto closed = wind_profile(stand(0.5, 40.0));
  EXPECT_NEAR(closed.momentum_roughness, 0.04, 1e-12);
  EXPECT_NEAR(closed.displacement, 0.335, 1e-12);
  Stand<double> tower = stand(20.0, 40.0);
  tower.wind_height = 40.0;
  EXPECT_NEAR(wind_profile(tower).reference, 40.0 - 13.4, 1e-12);
  EXPECT_NEAR(closed.heat_roughness, 0.04 * std::exp(-2.0), 1e-12);
  EXPECT_DOUBLE_EQ(wind_profile(stand(30.0, 5.0)).reference, 10.0);  // 10 m above the displacement
}

TEST(CanopyAir, FollowsChoudhuryAndMonteith) {
  const auto s = stand(20.0, 40.0);
  const auto p = wind_profile(s);
  const auto air = canopy_air(s, p, 0.4);
  const double top = 0.4 / 0.4 * std::log(20.0 * 0.33 / 1.6), diffusivity = 0.4 * 0.4 * 20.0 * 0.33;
  EXPECT_NEAR(air.top_wind, top, 1e-12);
  // Mean over the height of 0.01 sqrt(u / width), u = top exp(-2.5 (1 - z / h)).
  double mean = 0.0;
  for (int i = 0; i < 1000; ++i) mean += 0.01 * std::sqrt(top * std::exp(-2.5 * (i + 0.5) / 1000) / 0.04) / 1000;
  EXPECT_NEAR(air.leaf_conductance / mean, 1.0, 1e-4);
  const double n = 2.306 + 0.194 * 10.02;  // of diffusivity, in a forest
  const double resistance =
      20 * std::exp(n) / (n * diffusivity) * (std::exp(-n * 0.01 / 20) - std::exp(-n * (13.4 + 1.6) / 20));
  EXPECT_NEAR(air.ground_resistance, 1.0 + resistance, 1e-9);
}

TEST(CanopyAir, MixesLessUnderLeavesWarmerThanTheGround) {
  auto s = stand(20.0, 40.0);
  const auto p = wind_profile(s);
  const double neutral = canopy_air(s, p, 0.4).ground_resistance - 1.0;
  s.inversion = -3.0;
  EXPECT_DOUBLE_EQ(canopy_air(s, p, 0.4).ground_resistance - 1.0, neutral);
  s.inversion = 1.0;
  EXPECT_NEAR((canopy_air(s, p, 0.4).ground_resistance - 1.0) / neutral, 1.0 + 0.5 * gravity * 20.0 / (288.0 * 0.16),
              1e-12);
  s.inversion = 20.0;
  EXPECT_NEAR((canopy_air(s, p, 0.4).ground_resistance - 1.0) / neutral, 6.0, 1e-12);
}

TEST(CanopyAir, WithoutACanopyIsTheAirAtTheGround) {
  for (const double plant : {0.0, 1e-9}) {
    const auto s = stand(20.0, plant);
    const auto air = canopy_air(s, wind_profile(s), 0.3);
    EXPECT_NEAR(air.ground_resistance, 1.0, 1e-5);
    EXPECT_TRUE(std::isfinite(air.leaf_conductance));
  }
}

TEST(SurfaceLayer, LanesGiveTheBitsOfADoubleBesideAnyNeighbour) {
  std::mt19937_64 random(4);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  const auto run = [](auto wind, auto excess, auto start, auto gap, auto height) {
    using T = decltype(wind);
    const Stand<T> s{10.0, 0.04, height, T(0.08), T(2.0), gap, T(0.3)};
    const Profile<T> p = wind_profile(s);
    const SurfaceLayer<T> layer = surface_layer(p, wind, T(288.0), excess, start);
    const CanopyAir<T> air = canopy_air(s, p, layer.friction_velocity);
    return layer.inverse_length + 3.0 * layer.air_resistance + 5.0 * air.leaf_conductance + 7.0 * air.ground_resistance;
  };
  for (int i = 0; i < 5000; ++i) {
    alignas(16) double x[5][2], y[2];
    for (int lane = 0; lane < 2; ++lane) {
      x[0][lane] = 0.5 + 10 * unit(random);
      x[1][lane] = 20 * unit(random) - 10;
      x[2][lane] = 0.4 * unit(random) - 0.2;
      x[3][lane] = unit(random);
      x[4][lane] = 0.05 + 40 * unit(random);
    }
    const double alone[2] = {run(x[0][0], x[1][0], x[2][0], x[3][0], x[4][0]),
                             run(x[0][1], x[1][1], x[2][1], x[3][1], x[4][1])};
    const auto pack = [&] {
      simd::store(y, run(simd::load<Pair>(x[0]), simd::load<Pair>(x[1]), simd::load<Pair>(x[2]), simd::load<Pair>(x[3]),
                         simd::load<Pair>(x[4])));
    };
    pack();
    ASSERT_EQ(y[0], alone[0]) << i;
    ASSERT_EQ(y[1], alone[1]) << i;
    x[1][0] = std::numeric_limits<double>::quiet_NaN();
    pack();
    ASSERT_TRUE(std::isnan(y[0])) << i;
    ASSERT_EQ(y[1], alone[1]) << i;
  }
}

}  // namespace
}  // namespace tilth::physics
