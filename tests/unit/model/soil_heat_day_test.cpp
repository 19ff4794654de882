// A day of soil heat at once: it must end, keep its heat, and forget where it started.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/base/simd/dual.hpp"
#include "core/random/random.hpp"
#include "soil_column.hpp"

namespace tilth::physics {
namespace {

constexpr int layers = 8;
constexpr double dz[layers] = {0.02, 0.05, 0.08, 0.15, 0.30, 0.50, 0.90, 2.00};

/// Soils, columns and days of every kind, half of them near 0 C, some with melt water in frozen layers.
struct AnyDay {
  SoilHeat<double> soil = test::loam();
  double water[layers], temperature[layers], liquid[layers], k_layer[layers], top, conductance;

  explicit AnyDay(int i) {
    int draw = 0;
    const Random random(7, Purpose::test);
    const auto u = [&] { return random.uniform({.id = i, .draw = draw++}); };
    soil.dz = dz;
    soil.theta_s = 0.3 + 0.4 * u();
    soil.log_psi_s = std::log(0.03 + 0.6 * u());
    soil.inverse_b = 1.0 / (3.0 + 9.0 * u());
    const bool wet = u() < 0.4;
    const double middle = (u() < 0.5 ? 4.0 : 30.0) * (u() - 0.5), slope = (u() < 0.5 ? 2.0 : 10.0) * (u() - 0.5);
    for (int k = 0; k < layers; ++k) {
      water[k] = soil.theta_s * (0.1 + 0.9 * u());
      temperature[k] = freezing_k + middle + slope * k / 4.0 + 0.3 * (u() - 0.5);
      liquid[k] = unfrozen_water(temperature[k], water[k], soil.theta_s, soil.log_psi_s, soil.inverse_b);
      k_layer[k] = 0.3 + 1.7 * u();
      const double more = wet ? (soil.theta_s - water[k]) * u() : 0.0;
      water[k] += more;
      liquid[k] += more;
    }
    top = freezing_k + (u() < 0.5 ? 6.0 : 50.0) * (u() - 0.5);
    conductance = (u() < 0.5 ? 200.0 : 5.0) * u();
  }
  double heat() const {
    double sum = 0.0;
    for (int k = 0; k < layers; ++k)
      sum += dz[k] * soil_enthalpy(soil, temperature[k] - freezing_k, liquid[k], water[k]);
    return sum;
  }
};

TEST(SoilHeatDay, NoLayerLeavesTheTemperaturesItLiesBetweenAndAllHeatCameThroughTheTop) {
  double most = 0.0;
  for (int i = 0; i < 20000; ++i) {
    AnyDay d(i);
    const double before = d.heat();
    // Melt water that freezes warms its layer, up to 0 C.
    const double low = std::min(d.top, *std::ranges::min_element(d.temperature));
    const double high = std::max({d.top, *std::ranges::max_element(d.temperature), freezing_k});
    const auto b = advance_soil_heat<double, layers>(d.soil, 86400.0, d.water, d.k_layer, d.top, d.conductance,
                                                     d.temperature, d.liquid);
    for (const double t : d.temperature) ASSERT_TRUE(t > low - 0.01 && t < high + 0.01) << i << " " << t;
    most = std::max(most, std::abs(d.heat() - before - (b.top + b.infiltrated)) / 86400.0);
  }
  EXPECT_LT(most, 1e-6);  // W m-2
}

TEST(SoilHeatDay, AChangeAtTheStartFadesThroughYearsOfFrost) {
  using T = simd::Dual<double>;
  SoilHeat<T> soil;
  soil.dz = dz;
  soil.theta_s = 0.6;
  soil.log_psi_s = std::log(0.2);
  soil.inverse_b = 0.2;
  soil.solid_capacity = 2.1e6;
  T temperature[layers], water[layers], liquid[layers], k_layer[layers];
  for (int k = 0; k < layers; ++k) {
    temperature[k] = T(freezing_k + 4.0, k == 2 ? 1.0 : 0.0);
    water[k] = liquid[k] = 0.5;
    k_layer[k] = 1.0;
  }
  const auto moved = [&] {  // heat that the change shifts, J m-2
    double sum = 0.0;
    for (int k = 0; k < layers; ++k)
      sum += dz[k] * std::abs(soil_enthalpy(soil, temperature[k] - freezing_k, liquid[k], water[k]).d);
    return sum;
  };
  double largest = 0.0;
  const double start = moved();
  for (int day = 0; day < 5 * 365; ++day) {
    const double top = freezing_k + 4.0 + 16.0 * std::sin(day * 2.0 * 3.14159265 / 365.0) + 5.0 * std::sin(day * 0.9);
    advance_soil_heat<T, layers>(soil, 86400.0, water, k_layer, T(top), T(20.0), temperature, liquid);
    largest = std::max(largest, moved());
  }
  EXPECT_LT(largest, start * 1.001);  // conduction never adds to a difference
  EXPECT_LT(moved(), start * 0.5);
}

}  // namespace
}  // namespace tilth::physics
