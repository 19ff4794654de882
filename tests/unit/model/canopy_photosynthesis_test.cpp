#include "model/canopy_photosynthesis.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/lanes.hpp"

namespace tilth::physics {
namespace {

const LeafTraits<double> traits{60.0, 1.0, 0.015, 0.85, 4.0, 0.005, 0.5};
const LeafSurroundings<double> mild{20.0, 1.0, 101325.0, 400.0, 0.0};

CanopyRadiation<double> sunlight(double lai, double direct = 250.0, double mu = 0.6) {
  const CanopyCover<double> cover{lai, 0.3, 0.8, 0.1, {0.10, 0.45}, {0.05, 0.25}, 0.0};
  const GroundReflectance<double> ground{{0.1, 0.2}, {0.9, 0.6}, 0.0};
  return canopy_radiation(mu, cover, ground, IncomingLight<double>{{direct, direct}, {0.4 * direct, 0.3 * direct}});
}

CanopyStep<double> step_of(bool c4, const CanopyRadiation<double>& light, LeafSurroundings<double> air = mild,
                           StomataSolver solver = StomataSolver::closed_form) {
  return canopy_step(c4, true, solver, traits, air, light);
}

TEST(CanopyPhotosynthesis, SunAndShadeHoldTheCapacityOfTheProfile) {
  for (const double lai : {1e-6, 0.5, 4.0, 40.0}) {
    const auto light = sunlight(lai);
    const auto s = step_of(false, light);
    const double kn = std::exp(0.00963 * 60.0 - 2.43), kb = light.beam_depth / lai;
    const double all = 60.0 * -std::expm1(-kn * lai) / kn, sun = 60.0 * -std::expm1(-(kn + kb) * lai) / (kn + kb);
    EXPECT_NEAR(s.sun.light.capacity / sun, 1.0, 1e-12) << lai;
    EXPECT_NEAR((s.sun.light.capacity + s.shade.light.capacity) / all, 1.0, 1e-12);
    EXPECT_GE(s.shade.light.capacity, 0.0);
    EXPECT_EQ(s.sun.leaf_area, light.leaf_area_sun);
  }
}

TEST(CanopyPhotosynthesis, AThinCanopyIsALeaf) {
  const double lai = 1e-3, ca = 400e-6 * 101325.0;
  for (const bool c4 : {false, true}) {
    CanopyRadiation<double> light = canopy_night(lai);
    light.leaf_area_sun = lai, light.leaf_area_shade = 0.0, light.par_sun = 700.0 * lai;
    const auto a = canopy_assimilation(step_of(c4, light), 298.15, 1500.0);
    const auto k = leaf_kinetics(c4, 298.15, 101325.0, acclimation(20.0, 1.0));
    const double ci = ca * 4.0 / (4.0 + std::sqrt(1.5));
    const LeafLight<double> leaf{60.0, 700.0, 0.425 * 700.0};
    const double gross = gross_assimilation(c4, leaf_response(c4, k, ci), 60.0, light_drive(c4, k, leaf)).value;
    const double respiration = (c4 ? 0.025 : 0.015) * 60.0 * k.respiration;
    EXPECT_NEAR(a.sun.gross / lai / gross, 1.0, 1e-4);  // capacity declines by k_n / 2 x leaf area: 8e-5
    EXPECT_NEAR(a.sun.respiration / lai / respiration, 1.0, 1e-4);
    EXPECT_NEAR(a.sun.conductance / lai, 0.005 + 1.6 * (1.0 + 4.0 / std::sqrt(1.5)) * (gross - respiration) / 400.0,
                1e-4);
    EXPECT_EQ(a.shade.gross, 0.0);
  }
}

TEST(CanopyPhotosynthesis, IsOfTheSizeOfForestsAtNoon) {
  const auto a = canopy_assimilation(step_of(false, sunlight(5.0)), 298.15, 1200.0);
  const double gross = a.sun.gross + a.shade.gross, conductance = a.sun.conductance + a.shade.conductance;
  EXPECT_GT(gross, 15.0);  // umol m-2 s-1, towers in summer
  EXPECT_LT(gross, 45.0);
  EXPECT_GT(conductance, 0.2);
  EXPECT_LT(conductance, 1.0);
  EXPECT_GT(a.sun.gross / step_of(false, sunlight(5.0)).sun.leaf_area,
            a.shade.gross / step_of(false, sunlight(5.0)).shade.leaf_area);
}

TEST(CanopyPhotosynthesis, BothSolversAgreeWhereTheClosedFormIsExact) {
  LeafTraits<double> closed = traits;
  closed.g0 = 1e-6;
  for (const bool c4 : {false, true}) {
    const auto light = sunlight(3.0);
    const auto one =
        canopy_assimilation(canopy_step(c4, true, StomataSolver::closed_form, closed, mild, light), 298.15, 1200.0);
    const auto other =
        canopy_assimilation(canopy_step(c4, true, StomataSolver::newton3, closed, mild, light), 298.15, 1200.0);
    EXPECT_NEAR(other.sun.gross / one.sun.gross, 1.0, 1e-4);
    EXPECT_NEAR(other.shade.conductance / one.shade.conductance, 1.0, 1e-4);
  }
}

TEST(CanopyPhotosynthesis, StandsStillWithoutLeavesOrLight) {
  for (const bool c4 : {false, true})
    for (const auto solver : {StomataSolver::closed_form, StomataSolver::newton3}) {
      const auto bare = canopy_assimilation(step_of(c4, sunlight(0.0), mild, solver), 298.15, 1000.0);
      for (const auto& f : {bare.sun, bare.shade}) {
        EXPECT_EQ(f.gross, 0.0);
        EXPECT_EQ(f.respiration, 0.0);
        EXPECT_EQ(f.conductance, 0.0);
      }
      const auto dark = canopy_assimilation(step_of(c4, sunlight(3.0, 0.0), mild, solver), 298.15, 1000.0);
      EXPECT_EQ(dark.sun.gross + dark.shade.gross, 0.0);
      EXPECT_NEAR(dark.sun.conductance + dark.shade.conductance, 0.005 * 3.0, 1e-15);
    }
}

TEST(CanopyPhotosynthesis, NightEqualsADayWithoutLight) {
  const auto dark = canopy_assimilation(step_of(false, sunlight(3.0, 0.0)), 285.0, 300.0);
  const auto night = canopy_assimilation(
      canopy_step(false, false, StomataSolver::closed_form, traits, mild, sunlight(3.0, 0.0, -0.2)), 285.0, 300.0);
  EXPECT_NEAR(night.shade.respiration, dark.sun.respiration + dark.shade.respiration, 1e-14);
  EXPECT_NEAR(night.shade.conductance, dark.sun.conductance + dark.shade.conductance, 1e-16);
  EXPECT_EQ(night.sun.gross + night.shade.gross + night.sun.respiration, 0.0);
}

TEST(CanopyPhotosynthesis, StaysFiniteFromFrostToHeatAndDrought) {
  for (const bool c4 : {false, true})
    for (const auto solver : {StomataSolver::closed_form, StomataSolver::newton3})
      for (const double kelvin : {220.0, 263.0, 300.0, 330.0})
        for (const double vpd : {-200.0, 0.0, 8000.0})
          for (const double beta : {0.0, 0.05, 1.0}) {
            LeafSurroundings<double> air = mild;
            air.water_stress = beta;
            air.boundary_resistance = 2.0;
            const auto a = canopy_assimilation(step_of(c4, sunlight(4.0), air, solver), kelvin, vpd);
            for (const auto& f : {a.sun, a.shade}) {
              EXPECT_TRUE(std::isfinite(f.gross) && std::isfinite(f.conductance))
                  << kelvin << ' ' << vpd << ' ' << beta;
              EXPECT_GE(f.gross, 0.0);
              EXPECT_GT(f.conductance, 0.0);
              EXPECT_GE(f.transport, 0.0);
              EXPECT_LE(f.transport, 1.0);
            }
          }
}

TEST(CanopyPhotosynthesis, DroughtLowersAssimilationAndConductance) {
  double gross = 1e9, conductance = 1e9;
  for (const double beta : {1.0, 0.7, 0.4, 0.1, 0.01}) {
    LeafSurroundings<double> air = mild;
    air.water_stress = beta;
    const auto a = canopy_assimilation(step_of(false, sunlight(4.0), air), 298.15, 1500.0);
    EXPECT_LT(a.sun.gross + a.shade.gross, gross);
    EXPECT_LT(a.sun.conductance + a.shade.conductance, conductance);
    gross = a.sun.gross + a.shade.gross, conductance = a.sun.conductance + a.shade.conductance;
  }
}

TEST(CanopyFluorescence, FollowsTheTransportOfEachClass) {
  const auto a = canopy_assimilation(step_of(false, sunlight(4.0, 350.0)), 298.15, 1500.0);
  const auto f = canopy_fluorescence(a, 298.15, 6.2473);
  EXPECT_EQ(f.sun, fluorescence_yield(a.sun.transport, 25.0, 6.2473));
  EXPECT_GT(a.shade.transport, a.sun.transport);
  EXPECT_GT(f.shade, 0.008);
  EXPECT_LT(f.shade, 0.03);
}

TEST(CanopyPhotosynthesis, GivesAPackTheBitsOfItsMembers) {
  for (const bool c4 : {false, true})
    for (const bool lit : {false, true})
      for (const auto solver : {StomataSolver::closed_form, StomataSolver::newton3}) {
        const auto f = [&](const auto* in, auto* out) {
          using T = std::remove_cvref_t<decltype(in[0])>;
          CanopyRadiation<T> light = canopy_night(in[0]);
          if (lit) {
            light.beam_depth = 0.6 * in[0], light.beam = simd::exp(-light.beam_depth);
            light.leaf_area_sun = in[0] * mean_decay(light.beam_depth, light.beam);
            light.leaf_area_shade = in[0] - light.leaf_area_sun;
            light.par_sun = in[1], light.par_shade = 0.3 * in[1];
          }
          const LeafTraits<T> t{in[2], 1.0 + 0.001 * in[2], 0.0002 * in[2], 0.85, in[3], 0.001 * in[3], in[4]};
          const auto s =
              canopy_step(c4, lit, solver, t, LeafSurroundings<T>{in[5], in[4], 99000.0 + in[1], 420.0, 1.0}, light);
          const auto a = canopy_assimilation(s, in[6], in[7]);
          out[0] = a.sun.gross, out[1] = a.shade.gross, out[2] = a.sun.conductance, out[3] = a.shade.conductance;
          out[4] = a.sun.respiration + a.shade.respiration, out[5] = a.sun.transport;
          out[6] = canopy_fluorescence(a, in[6], in[2] / 10.0).shade;
        };
        test::expect_lanes_equal_scalars<8, 7>(f, {{3.0, 900.0, 60.0, 4.0, 0.5, 20.0, 298.15, 1200.0},
                                                   {0.0, 0.0, 100.0, 2.0, 0.98, -5.0, 250.0, 0.0},
                                                   {9.0, 2000.0, 20.0, 6.0, 0.02, 38.0, 318.0, 6000.0}});
      }
}

}  // namespace
}  // namespace tilth::physics
