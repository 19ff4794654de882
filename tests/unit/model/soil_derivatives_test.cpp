#include <gtest/gtest.h>

#include "model/roots.hpp"
#include "model/soil_budget.hpp"
#include "model/soil_heat_step.hpp"
#include "support/derivatives.hpp"

namespace tilth::physics {
namespace {

using test::Closeness;
using test::expect_derivatives;

template <class T>
void put(const SoilPoint<T>& p, T* y) {
  y[0] = p.head;
  y[1] = p.theta;
  y[2] = p.conductivity;
  y[3] = p.capacity;
  y[4] = p.conductivity_slope;
}

/// Four layers of Clapp & Hornberger's soil from b, psi_s, pores, K_s.
template <class T>
ClappHornberger<T, 4> clapp_hornberger(const T* x) {
  ClappHornberger<T, 4> c;
  c.b = x[0];
  c.psi_s = x[1];
  c.log_psi_s = log(-x[1]);
  for (int k = 0; k < 4; ++k) {
    c.pores[k] = x[2];
    c.ks[k] = x[3] * (1.0 - 0.1 * k);
  }
  c.prepare(4);
  return c;
}

TEST(SoilDerivatives, OfTheRetentionCurves) {
  expect_derivatives<6>("Clapp-Hornberger", {6.1, -0.31, 0.44, 3e-6, 0.23},
                        []<class T>(const T* x, T* y) { put(clapp_hornberger(x).point(1, x[4], y[5]), y); });
  for (const double head : {-7.3, -0.05})
    expect_derivatives<10>("van Genuchten and Gardner", {head, 0.09, 0.41, 2.7, 1.6, 2e-5},
                           []<class T>(const T* x, T* y) {
                             put(VanGenuchten<T, 4>{x[1], x[2], x[3], x[4], x[5]}.at_head(x[0]), y);
                             put(Gardner<T, 4>{x[2], x[3], x[5]}.at_head(x[0]), y + 5);
                           });
  expect_derivatives<10>("saturated", {0.2, 0.09, 0.41, 2.7, 1.6, 2e-5}, []<class T>(const T* x, T* y) {
    put(VanGenuchten<T, 4>{x[1], x[2], x[3], x[4], x[5]}.at_head(x[0]), y);
    put(Gardner<T, 4>{x[2], x[3], x[5]}.at_head(x[0]), y + 5);
  });
}

TEST(SoilDerivatives, OfAMoveOfTheIterationOnEveryBranch) {
  for (const double dh : {0.02, 9.0, -30.0})  // along the tangent, to saturation, cut short
    expect_derivatives<5>("from unsaturated", {6.1, -0.31, 0.44, 3e-6, 0.36, dh}, []<class T>(const T* x, T* y) {
      const auto c = clapp_hornberger(x);
      put(c.move(1, c.point(1, x[4]), x[5]), y);
    });
  for (const double dh : {0.05, -2.0})  // stays saturated, leaves it
    expect_derivatives<5>("from saturated", {6.1, -0.31, 0.44, 3e-6, dh}, []<class T>(const T* x, T* y) {
      const auto c = clapp_hornberger(x);
      SoilPoint<T> p = c.point(1, x[2]);
      p.head = 0.3 * x[1];
      p.capacity = specific_storage;
      put(c.move(1, p, x[4]), y);
    });
}

/// Water of four layers and fluxes after one implicit step: x holds theta[4], then supply.
template <class T, class Closure>
void one_step(const Closure& closure, SoilColumn column, const T* x, SoilPoint<T>* points, T* y) {
  static constexpr double dz[4] = {0.05, 0.1, 0.25, 0.6};
  column.layers = 4;
  column.dz = dz;
  column.tolerance = 1e-9;
  column.max_passes = 40;
  const T sink[4] = {1e-9 + 0.002 * x[4], 2e-9, 1e-9, 0.0};
  T theta[4];
  for (int k = 0; k < 4; ++k) theta[k] = points[k].theta;
  const auto converged = richards_step(closure, column, T(3600.0), simd::Mask<T>(true), theta, sink, x[4], points, y);
  EXPECT_TRUE(converged);
  for (int k = 0; k < 4; ++k) y[5 + k] = points[k].theta;
}

TEST(SoilDerivatives, OfARichardsStepOfClappAndHornberger) {
  for (const double supply : {3e-8, 5e-4})  // all of it enters; the surface limits
    for (const auto bottom : {SoilBottom::free_drainage, SoilBottom::zero_flux, SoilBottom::fixed_head})
      expect_derivatives<9>("Clapp-Hornberger", {0.21, 0.24, 0.27, 0.31, supply, 6.1, -0.31, 0.44, 3e-6},
                            [&]<class T>(const T* x, T* y) {
                              const auto c = clapp_hornberger(x + 5);
                              SoilPoint<T> points[4];
                              for (int k = 0; k < 4; ++k) points[k] = c.point(k, x[k]);
                              SoilColumn column;
                              column.bottom = bottom;
                              column.bottom_head = -0.8;
                              one_step(c, column, x, points, y);
                            });
}

TEST(SoilDerivatives, OfARichardsStepWithAnAnalyticCurve) {
  const double at[] = {-1.1, -0.9, -1.4, -0.7, 2e-7, 0.41, 2.7, 2e-5, 0.09, 1.7};  // heads first
  expect_derivatives<9>("Gardner", at, []<class T>(const T* x, T* y) {
    const Gardner<T, 4> c{x[5], x[6], x[7]};
    SoilPoint<T> points[4];
    for (int k = 0; k < 4; ++k) points[k] = c.at_head(x[k]);
    one_step(c, SoilColumn{}, x, points, y);
  });
  expect_derivatives<9>("van Genuchten", at, []<class T>(const T* x, T* y) {
    const VanGenuchten<T, 4> c{x[8], x[5], x[6], x[9], x[7]};
    SoilPoint<T> points[4];
    for (int k = 0; k < 4; ++k) points[k] = c.at_head(x[k]);
    one_step(c, SoilColumn{}, x, points, y);
  });
}

TEST(SoilDerivatives, OfLimitingLayers) {
  expect_derivatives<6>("limits", {0.52, 0.3, 0.004, 0.45, 0.01, 0.02}, []<class T>(const T* x, T* y) {
    const double dz[4] = {0.05, 0.1, 0.25, 0.6};
    const T pores[4] = {0.46, 0.45, 0.44, 0.43};
    for (int k = 0; k < 6; ++k) y[k] = x[k];
    limit_layers<T, 4>(4, dz, pores, y, y[4], y[5]);
  });
}

TEST(SoilDerivatives, OfADayOfSoilWater) {
  for (const double surface : {0.0013, 0.024})  // a shower, a storm that ponds
    expect_derivatives<6>("day", {0.21, 0.24, 0.27, 0.31, surface, 6.1, -0.31, 0.44, 3e-6},
                          []<class T>(const T* x, T* y) {
                            const auto c = clapp_hornberger(x + 5);
                            const double dz[4] = {0.05, 0.1, 0.25, 0.6};
                            SoilColumn column;
                            column.layers = 4;
                            column.dz = dz;
                            const T sink[4] = {4e-9, 2e-9, 1e-9, 0.0};
                            SoilPoint<T> points[4];
                            for (int k = 0; k < 4; ++k) {
                              y[k] = x[k];
                              points[k] = c.point(k, x[k]);
                            }
                            SoilWaterDay<T> day;
                            day.surface = x[4];
                            advance_soil_water(c, column, 86400.0, y, sink, points, day);
                            y[4] = day.surface;
                            y[5] = day.drainage;
                          });
}

TEST(SoilDerivatives, OfFreezingAndConductivity) {
  for (const double t : {266.3, 272.9})
    expect_derivatives<2>("freezing", {t, 0.37, 0.44, -1.1, 0.16, 0.7, 0.3}, []<class T>(const T* x, T* y) {
      SoilHeat<T> soil;
      soil.k_dry = 0.2 * x[5];
      soil.k_saturated = 1.4 * x[5];
      soil.k_saturated_frozen = 2.4 * x[5];
      y[0] = unfrozen_water(x[0], x[1], x[2], x[3], x[4]);
      y[1] = conductivity(soil, x[5], log(x[5]), x[6]);
    });
}

TEST(SoilDerivatives, OfADayOfSoilHeat) {
  for (const double shift : {0.0, -7.0})  // thawed; freezing from above
    expect_derivatives<8>("heat",
                          {281.3 + shift, 280.2 + shift, 279.4 + shift, 279.9 + shift, 0.31, 0.27, 0.25, 0.29,
                           276.2 + shift, 31.0, 0.44, -1.1, 0.16},
                          []<class T>(const T* x, T* y) {
                            SoilHeat<T> soil;
                            soil.dz = layer_thickness;
                            soil.theta_s = x[10];
                            soil.log_psi_s = x[11];
                            soil.inverse_b = x[12];
                            soil.solid_capacity = 2e6;
                            soil.k_dry = 0.2;
                            soil.k_saturated = 1.4;
                            soil.k_saturated_frozen = 2.4;
                            T k_layer[4];
                            for (int k = 0; k < 4; ++k) {
                              y[k] = x[k];
                              y[4 + k] = unfrozen_water(x[k], x[4 + k], x[10], x[11], x[12]);
                              k_layer[k] = 0.9 + x[4 + k];
                            }
                            advance_soil_heat<T, 4>(soil, 86400.0, x + 4, k_layer, x[8], x[9], y, y + 4);
                          });
}

}  // namespace
}  // namespace tilth::physics
