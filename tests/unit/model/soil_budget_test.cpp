#include "model/soil_budget.hpp"

#include <gtest/gtest.h>

#include "model/roots.hpp"
#include "tests/support/daily_cases.hpp"

namespace tilth::physics {
namespace {

using Closure = ClappHornberger<double, 8>;

/// A column of eight layers in which water moves for an hour.
struct Hour {
  Closure closure;
  double theta[8], sink[8] = {};
  SoilWaterDay<double> day{};

  Hour(double ks, double psi_s, double b) {
    closure.b = b;
    closure.psi_s = psi_s;
    closure.log_psi_s = simd::log(-psi_s);
    for (double& k : closure.ks) k = ks;
  }
  void run() {
    closure.prepare(8);
    SoilPoint<double> points[8];
    for (int k = 0; k < 8; ++k) points[k] = closure.point(k, theta[k]);
    SoilColumn column;
    column.layers = 8;
    column.dz = layer_thickness;
    advance_soil_water(closure, column, 3600.0, theta, sink, points, day);
  }
};

TEST(SoilBudget, FrozenCoarseSoilAtItsLeastMoistureTakesOneStep) {
  for (const double liquid : {0.01, 0.00999999999999, 0.0100000001}) {
    Hour hour(1e-9, -0.009, 2.3);  // peat or sand, blocked by ice
    for (int k = 0; k < 8; ++k) hour.closure.pores[k] = 0.35, hour.theta[k] = liquid;
    hour.run();
    EXPECT_EQ(hour.day.substeps, 1.0) << liquid;
  }
}

TEST(SoilBudget, SoilTakesNoMoreThanIsAtTheSurface) {
  int ponded = 0;
  for (unsigned i = 0; i < 20000; ++i) {
    const auto u = [&](unsigned j) { return test::hash_uniform(i, j); };
    Hour hour(1e-8 * simd::exp(8.0 * u(0)), -0.02 - 0.6 * u(1), 2.5 + 10.0 * u(2));
    for (int k = 0; k < 8; ++k) hour.closure.pores[k] = 0.45, hour.theta[k] = 0.45 * (0.6 + 0.4 * u(10 + unsigned(k)));
    hour.day.surface = 0.01 * u(3) * u(4) * u(5);
    const double given = hour.day.surface;
    double before = 0.0, after = 0.0;
    for (int k = 0; k < 8; ++k) before += hour.theta[k] * layer_thickness[k];
    hour.run();
    for (int k = 0; k < 8; ++k) after += hour.theta[k] * layer_thickness[k];
    EXPECT_GE(hour.day.surface, 0.0) << i;
    EXPECT_NEAR(after + hour.day.surface + hour.day.drainage, before + given, 1e-14) << i;
    ponded += hour.day.surface > 0.0;
  }
  EXPECT_GT(ponded, 100);
}

}  // namespace
}  // namespace tilth::physics
