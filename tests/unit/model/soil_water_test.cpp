#include "model/soil_water.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "model/roots.hpp"
#include "model/soil_budget.hpp"
#include "model/soil_heat_step.hpp"

namespace tilth::physics {
namespace {

/// Clapp & Hornberger on a fine grid from a dry start.
struct FineClay {
  static constexpr int n = 100;
  ClappHornberger<double, n> closure;
  SoilPoint<double> points[n];
  double theta[n], dz[n], sink[n] = {}, flux[n + 1] = {};
  SoilColumn column;

  FineClay(double ks, double b, double psi_s, double pores, double start, double depth) {
    closure.b = b;
    closure.psi_s = psi_s;
    closure.log_psi_s = std::log(-psi_s);
    for (int k = 0; k < n; ++k) {
      closure.pores[k] = pores;
      closure.ks[k] = ks;
      theta[k] = start;
      dz[k] = depth / n;
    }
    closure.prepare(n);
    for (int k = 0; k < n; ++k) points[k] = closure.point(k, start);
    column.layers = n;
    column.dz = dz;
    column.tolerance = 1e-8;
    column.max_passes = 40;
  }
};

TEST(Richards, InfiltrationUnderPondedWaterFollowsGreenAndAmpt) {
  // A steep retention curve (b = 11.4) makes a front; its Green-Ampt suction is the integral of K over head.
  const double ks = 8.3e-8, b = 11.4, psi_s = -0.2, pores = 0.45, start = 0.25;
  FineClay soil(ks, b, psi_s, pores, start, 0.5);
  const double power = 2.0 + 3.0 / b, head_start = soil.points[0].head;
  const double suction = -psi_s * (1.0 + (1.0 - std::pow(head_start / psi_s, 1.0 - power)) / (power - 1.0));
  double infiltrated = 0.0, dt = 1.0, t = 0.0;
  while (t < 21600.0) {
    dt = std::min({dt, 60.0, 21600.0 - t});
    SoilPoint<double> saved[FineClay::n];
    std::copy(soil.points, soil.points + FineClay::n, saved);
    if (!richards_step(soil.closure, soil.column, dt, true, soil.theta, soil.sink, 1.0, soil.points, soil.flux)) {
      std::copy(saved, saved + FineClay::n, soil.points);
      dt *= 0.25;
      ASSERT_GT(dt, 1e-6);
      continue;
    }
    for (int k = 0; k < FineClay::n; ++k) soil.theta[k] += dt * (soil.flux[k] - soil.flux[k + 1]) / soil.dz[k];
    infiltrated += soil.flux[0] * dt;
    t += dt;
    dt *= 1.3;
  }
  // F - S ln(1 + F / S) = K_s t with S = suction * deficit
  const double s = suction * (pores - start);
  double f = infiltrated;
  for (int i = 0; i < 50; ++i) f = ks * 21600.0 + s * std::log(1.0 + f / s);
  EXPECT_NEAR(infiltrated / f, 1.0, 0.06);  // the front is not a step: different physics, same law
}

/// A day of the model's own column.
struct DayColumn {
  ClappHornberger<double, 8> closure;
  SoilPoint<double> points[8];
  double theta[8], sink[8] = {};
  SoilColumn column;
  SoilWaterDay<double> day;

  DayColumn(double start, double ks) {
    closure.b = 6.0;
    closure.psi_s = -0.25;
    closure.log_psi_s = std::log(0.25);
    for (int k = 0; k < 8; ++k) {
      closure.pores[k] = 0.45;
      closure.ks[k] = ks;
      theta[k] = start;
    }
    closure.prepare(8);
    for (int k = 0; k < 8; ++k) points[k] = closure.point(k, start);
    column.layers = 8;
    column.dz = layer_thickness;
  }
  double water() const {
    double sum = 0.0;
    for (int k = 0; k < 8; ++k) sum += theta[k] * layer_thickness[k];
    return sum;
  }
};

TEST(SoilBudget, WaterClosesFromDustToFlood) {
  for (const double start : {0.011, 0.05, 0.2, 0.35, 0.4499, 0.45})
    for (const double ks : {1e-8, 3e-6, 1e-4})
      for (const double rain : {0.0, 0.002, 0.05, 0.5})
        for (const SoilBottom bottom : {SoilBottom::free_drainage, SoilBottom::zero_flux}) {
          DayColumn c(start, ks);
          c.column.bottom = bottom;
          c.day.surface = rain;
          for (int k = 0; k < 8; ++k) c.sink[k] = 0.3 * (start - 0.01) * layer_thickness[k] / 86400.0;
          const double before = c.water(), taken = 0.3 * (start - 0.01) * 4.0;
          advance_soil_water(c.closure, c.column, 86400.0, c.theta, c.sink, c.points, c.day);
          EXPECT_NEAR(c.water() + c.day.surface + c.day.drainage + taken, before + rain, 1e-13)
              << start << " " << ks << " " << rain;
          for (const double t : c.theta) {
            EXPECT_GE(t, least_moisture - 1e-15);
            EXPECT_LE(t, 0.45 + 1e-12);
          }
        }
}

TEST(SoilBudget, OneDayStepsWithTheLooseToleranceAgreeWithTightOnes) {
  for (const double rain : {0.0, 0.01, 0.04}) {
    DayColumn loose(0.25, 3e-6), tight(0.25, 3e-6);
    tight.column.tolerance = 1e-12;
    for (DayColumn* c : {&loose, &tight}) {
      c->day.surface = rain;
      advance_soil_water(c->closure, c->column, 86400.0, c->theta, c->sink, c->points, c->day);
    }
    for (int k = 0; k < 8; ++k) EXPECT_NEAR(loose.theta[k], tight.theta[k], 1e-6) << rain << " layer " << k;
  }
}

TEST(SoilBudget, AFrozenTopLetsLittleIn) {
  DayColumn open(0.3, 3e-6), frozen(0.3, 3e-6);
  frozen.closure.ks[0] = 3e-6 * 1e-6;
  frozen.closure.ks[1] = 3e-6 * 1e-6;
  for (DayColumn* c : {&open, &frozen}) {
    c->day.surface = 0.03;
    advance_soil_water(c->closure, c->column, 86400.0, c->theta, c->sink, c->points, c->day);
  }
  EXPECT_LT(open.day.surface, 1e-12);
  EXPECT_GT(frozen.day.surface, 0.02);
}

TEST(SoilHeat, TheAnnualWaveIsDampedWithDepth) {
  // k 1.2 W m-1 K-1, C 2.5e6 J m-3 K-1: damping depth 2.196 m; after ten years of a 12 K wave at the surface.
  SoilHeat<double> soil;
  soil.dz = layer_thickness;
  soil.theta_s = 0.4;
  soil.log_psi_s = std::log(0.2);
  soil.inverse_b = 1.0 / 6.0;
  soil.solid_capacity = (2.5e6 - 0.3 * 4.188e6) / 0.6;
  double temperature[8], water[8], liquid[8], k_layer[8], lowest = 400.0, highest = 0.0;
  for (int k = 0; k < 8; ++k) {
    temperature[k] = 288.15;
    water[k] = liquid[k] = 0.3;
    k_layer[k] = 1.2;
  }
  for (int d = 0; d < 3652; ++d) {
    const double top = 288.15 + 12.0 * std::sin(2 * 3.14159265358979 * d / 365.25);
    advance_soil_heat<double, 8>(soil, 86400.0, water, k_layer, top, 2 * 1.2 / 0.02, temperature, liquid);
    if (d > 3652 - 366) {
      lowest = std::min(lowest, temperature[5]);
      highest = std::max(highest, temperature[5]);
    }
  }
  // middle of layer 6 at 0.85 m; no flux at 4 m and coarse layers: 8 %
  EXPECT_NEAR((highest - lowest) / 2.0, 12.0 * std::exp(-0.85 / 2.196), 0.08 * 12.0);
}

TEST(SoilHeat, FreezingHoldsTheTemperatureNearZero) {
  SoilHeat<double> soil;
  soil.dz = layer_thickness;
  soil.theta_s = 0.45;
  soil.log_psi_s = std::log(0.25);
  soil.inverse_b = 1.0 / 6.0;
  soil.solid_capacity = 2e6;
  double wet[8], dry[8], water[8], nothing[8], liquid[8], none[8], k_layer[8];
  for (int k = 0; k < 8; ++k) {
    wet[k] = dry[k] = 275.15;
    water[k] = liquid[k] = 0.4;
    nothing[k] = none[k] = 0.02;
    k_layer[k] = 1.5;
  }
  for (int d = 0; d < 30; ++d) {
    advance_soil_heat<double, 8>(soil, 86400.0, water, k_layer, 263.15, 150.0, wet, liquid);
    advance_soil_heat<double, 8>(soil, 86400.0, nothing, k_layer, 263.15, 150.0, dry, none);
  }
  EXPECT_GT(wet[4], dry[4] + 0.5);  // latent heat delays the front
  EXPECT_LT(liquid[0], 0.25);
  for (int k = 0; k < 8; ++k) EXPECT_LE(liquid[k], water[k]);
}

}  // namespace
}  // namespace tilth::physics
