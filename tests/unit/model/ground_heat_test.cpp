#include "model/ground_heat.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "soil_column.hpp"

namespace tilth::physics {
namespace {

/// Soil under snow, driven by air through a fixed exchange; scalar type T.
template <class T>
struct Ground {
  SoilHeat<T> soil;
  T enthalpy[8], water[8], k[8];
  LayerHeat<T> state[8];
  SnowLayers<T> snow;
  T surface, cover, outflow, exchanged;  // kg m-2 and J m-2 of all steps
  T gap;                                 // largest departure of the energy of soil and snow from what entered, J m-2

  Ground(int layers, T start) {
    const SoilHeat<double> s = test::loam();
    soil.dz = layer_thickness;
    soil.theta_s = s.theta_s;
    soil.log_psi_s = s.log_psi_s;
    soil.inverse_b = s.inverse_b;
    soil.solid_capacity = s.solid_capacity;
    for (int i = 0; i < 8; ++i) {
      T liquid;
      water[i] = 0.3;
      k[i] = 1.2;
      enthalpy[i] = soil_enthalpy_at(soil, freezing_k + start, water[i], liquid);
      state[i].t = start;
    }
    soil_heat_state<T, 8>(soil, enthalpy, water, state);
    snow.layers = layers;
    for (int j = 0; j < most_snow_layers; ++j) snow.ice[j] = snow.liquid[j] = snow.enthalpy[j] = 0.0;
    snow.density = 100.0;
    snow.albedo = 0.8;
    surface = freezing_k + start;
    cover = outflow = exchanged = gap = 0.0;
  }
  T heat() const {
    T sum = snow_enthalpy(snow);
    for (int i = 0; i < 8; ++i) sum = sum + enthalpy[i] * layer_thickness[i];
    return sum;
  }
  GroundResponse<T> response(GroundSolution<T>& lines) {
    const T mass = snow_mass(snow);
    const simd::Mask<T> snowy = mass > 0.0;
    cover = select(snowy, snow_cover(mass / snow.density, snow.density, T(1.6)), T(0.0));
    GroundColumn<T, 8> column;
    column.k_layer = k;
    column.state = state;
    column.snow = &snow;
    column.snow_cover = cover;
    column.surface = surface;
    return ground_response<T, 8>(soil, column, lines);
  }
  /// An hour: air at `air` C exchanges 15 W m-2 K-1, the ground gains `radiation` W m-2.
  void hour(T air, T radiation, T precipitation) {
    const simd::Mask<T> frost = air < 0.5;
    const T start = heat();
    const T fallen = snow_falls(snow, select(frost, precipitation, T(0.0)), air, T(2.0));
    GroundSolution<T> lines;
    const GroundResponse<T> r = response(lines);
    constexpr double exchange = 15.0;
    const T free =
        (radiation + exchange * (air + freezing_k) + r.conductance * r.reference) / (exchange + r.conductance);
    surface = select(cover > 0.0, min(T(freezing_k), free), free);
    const T flux = r.conductance * (surface - r.reference);
    const T total = radiation + exchange * (air + freezing_k - surface);
    const GroundFluxes<T> f = ground_fluxes(lines, surface, flux);
    SnowForcing<T> forcing;
    for (int j = 0; j < most_snow_layers; ++j) forcing.into[j] = f.into_snow[j];
    forcing.to_soil = f.snow_to_soil;
    forcing.melt = total - flux;  // 0 to round-off unless the surface is held at 0 C
    forcing.rain = select(frost, T(0.0), precipitation) * cover;
    forcing.rain_t = max(T(0.0), air);
    forcing.sublimation = 0.0;
    forcing.dry_rate = 0.008;
    forcing.least_albedo = 0.6;
    const SnowBudget<T> b = advance_snow(snow, forcing);
    SoilHeatStep<T, 8> step;
    step.water = water;
    step.k_layer = k;
    step.top_flux = f.bare_to_soil + f.snow_to_soil + b.soil_heat * (1.0 / 3600.0);
    advance_soil_enthalpy<T, 8>(soil, step, enthalpy, state);
    outflow = outflow + b.outflow;
    const T entered = fallen + b.rain_heat + total * 3600.0;
    exchanged = exchanged + entered;
    gap = max(gap, simd::abs(heat() - start - (entered - fusion_heat * b.outflow)));
  }
};

TEST(GroundResponse, IsTheFluxThatTheLinearStepOfBareSoilFinds) {
  Ground<double> g(1, 8.0);
  GroundSolution<double> lines;
  const GroundResponse<double> r = g.response(lines);
  const double flux = r.conductance * (freezing_k + 20.0 - r.reference);
  SoilHeatStep<double, 8> step;
  step.water = g.water;
  step.k_layer = g.k;
  step.top_flux = flux;
  advance_soil_enthalpy<double, 8>(g.soil, step, g.enthalpy, g.state);
  EXPECT_NEAR(flux, 2.0 * 1.2 / 0.02 * (20.0 - g.state[0].t), 1e-9);
  const GroundFluxes<double> f = ground_fluxes(lines, freezing_k + 20.0, flux);
  EXPECT_EQ(f.bare_to_soil, flux);
  EXPECT_EQ(f.into_snow[0], 0.0);
  EXPECT_EQ(f.snow_to_soil, 0.0);
}

TEST(GroundResponse, FluxesAreConductancesTimesDifferencesOfNewTemperatures) {
  for (const int layers : {1, 3}) {
    Ground<double> g(layers, -4.0);
    for (int i = 0; i < 8; ++i) {  // dry soil: linear
      g.water[i] = least_unfrozen;
      g.enthalpy[i] = -4.0 * soil_heat_capacity(g.soil, least_unfrozen, 0.0);
    }
    soil_heat_state<double, 8>(g.soil, g.enthalpy, g.water, g.state);
    snow_falls(g.snow, 12.0, -12.0, 2.0);
    g.snow.density = 350.0;  // covers a third
    GroundSolution<double> lines;
    const GroundResponse<double> r = g.response(lines);
    const double surface = -9.0, flux = r.conductance * (freezing_k + surface - r.reference);
    const GroundFluxes<double> f = ground_fluxes(lines, freezing_k + surface, flux);
    EXPECT_EQ(f.into_snow[0] + f.bare_to_soil, flux);
    EXPECT_NEAR(lines.into_snow[0].base + lines.into_snow[0].slope * surface, f.into_snow[0], 1e-9);
    const SnowConductances<double> c = snow_conductances(g.snow, g.cover, 0.01 / 1.2);
    double above = surface;
    for (int j = 0; j < layers; ++j) {
      const double out = j + 1 < layers ? f.into_snow[j + 1] : f.snow_to_soil;
      g.snow.enthalpy[j] += (f.into_snow[j] - out) * 3600.0;
      const double t = snow_temperature(g.snow, j);
      EXPECT_NEAR(f.into_snow[j], c.above[j] * (above - t), 1e-9) << j;
      above = t;
    }
    SoilHeatStep<double, 8> step;
    step.water = g.water;
    step.k_layer = g.k;
    step.top_flux = f.snow_to_soil + f.bare_to_soil;
    advance_soil_enthalpy<double, 8>(g.soil, step, g.enthalpy, g.state);
    EXPECT_NEAR(f.snow_to_soil, c.to_soil * (above - g.state[0].t), 1e-9);
    EXPECT_NEAR(f.bare_to_soil, (1.0 - g.cover) * 120.0 * (surface - g.state[0].t), 1e-9);
  }
}

TEST(GroundResponse, MeltingSnowStaysAtZeroDegrees) {
  for (const int layers : {1, 3}) {
    Ground<double> g(layers, 2.0);
    snow_falls(g.snow, 40.0, 0.0, 2.0);
    for (int j = 0; j < layers; ++j) {
      g.snow.enthalpy[j] = 0.03 * fusion_heat * g.snow.ice[j];
      split_phases(g.snow, j, g.snow.ice[j]);
    }
    g.surface = freezing_k;
    GroundSolution<double> lines;
    g.response(lines);
    const SnowConductances<double> c = snow_conductances(g.snow, g.cover, 0.01 / 1.2);
    // the layer next to the surface at 0.5 C: flux as if it stayed at 0
    EXPECT_NEAR(lines.into_snow[0].base + 0.5 * lines.into_snow[0].slope, 0.5 * c.above[0], 1e-12);
  }
}

TEST(GroundResponse, SnowInsulates) {
  Ground<double> bare(1, -1.0), covered(1, -1.0);
  snow_falls(covered.snow, 60.0, -5.0, 2.0);
  GroundSolution<double> lines;
  EXPECT_LT(covered.response(lines).conductance, 0.05 * bare.response(lines).conductance);
}

template <class T>
void winter(Ground<T>& g, int seed, int hours, T offset) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> u(0.0, 1.0);
  for (int hour = 0; hour < hours; ++hour) {
    const double season = 4.0 - 13.0 * std::sin(hour * 3.14159265 / 4800.0);
    const double sun = std::max(0.0, std::sin(hour * 0.2618));
    const double rate = u(random) < 0.12 ? 1.5 * u(random) : 0.0;
    g.hour(T(season + 4.0 * sun + 6.0 * (u(random) - 0.5)) + offset, T(70.0 * sun - 35.0), T(rate));
  }
}

TEST(GroundHeat, EnergyOfSoilAndSnowClosesThroughTenRandomWinters) {
  for (const int layers : {1, 3})
    for (int seed = 0; seed < 10; ++seed) {
      Ground<double> g(layers, 6.0);
      winter(g, seed, 4800, 0.0);
      EXPECT_LT(g.gap, 1e-6);  // J m-2 of 1e8: round-off
      EXPECT_GT(g.outflow, 30.0);
    }
}

TEST(GroundHeat, ThreeLayersOfSnowTellTheStoryOfOne) {
  Ground<double> one(1, 6.0), three(3, 6.0);
  winter(one, 5, 2600, 0.0);
  winter(three, 5, 2600, 0.0);
  const double mass = snow_mass(one.snow);
  std::printf("after 108 days: snow %.1f and %.1f kg m-2, soil %.2f and %.2f C at 5 cm, %.2f and %.2f C at 45 cm\n",
              mass, snow_mass(three.snow), one.state[1].t, three.state[1].t, one.state[4].t, three.state[4].t);
  EXPECT_GT(mass, 40.0);
  EXPECT_NEAR(snow_mass(three.snow), mass, 0.1 * mass);
  EXPECT_NEAR(three.state[1].t, one.state[1].t, 1.5);
  EXPECT_NEAR(three.state[4].t, one.state[4].t, 0.7);
}

TEST(GroundHeat, StaysWithinTheTemperaturesItIsGivenInDeepCold) {
  Ground<double> g(3, -30.0);
  for (int hour = 0; hour < 2000; ++hour) {
    g.hour(-55.0, -10.0, hour % 50 ? 0.0 : 0.5);
    for (int i = 0; i < 8; ++i) {
      ASSERT_GT(g.state[i].t, -56.0);
      ASSERT_LT(g.state[i].t, -29.9);
    }
  }
  EXPECT_LT(g.gap, 1e-6);
}

TEST(GroundHeat, ThinSnowComesAndGoesWithoutExtremes) {
  Ground<double> g(1, 1.0);
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> u(0.0, 1.0);
  for (int hour = 0; hour < 3000; ++hour) {
    g.hour(-6.0 + 10.0 * u(random), 40.0 * (u(random) - 0.5), 0.02 * u(random));
    const double t = snow_temperature(g.snow, 0);
    ASSERT_GT(t, -9.0);
    ASSERT_GT(g.state[0].t, -9.0);
    ASSERT_LT(g.state[0].t, 6.0);
  }
  EXPECT_LT(g.gap, 1e-6);
}

using Two = simd::Pack<xsimd::sse2>;

Two pack_of(double a, double b) {
  alignas(16) const double v[] = {a, b};
  return simd::load<Two>(v);
}
double lane(Two x, int i) {
  alignas(16) double v[2];
  simd::store(v, x);
  return v[i];
}

void expect_lane(const Ground<Two>& pack, const Ground<double>& alone, int i) {
  for (int k = 0; k < 8; ++k) {
    EXPECT_EQ(lane(pack.enthalpy[k], i), alone.enthalpy[k]);
    EXPECT_EQ(lane(pack.state[k].t, i), alone.state[k].t);
    EXPECT_EQ(lane(pack.state[k].liquid, i), alone.state[k].liquid);
  }
  for (int j = 0; j < alone.snow.layers; ++j) {
    EXPECT_EQ(lane(pack.snow.ice[j], i), alone.snow.ice[j]);
    EXPECT_EQ(lane(pack.snow.liquid[j], i), alone.snow.liquid[j]);
    EXPECT_EQ(lane(pack.snow.enthalpy[j], i), alone.snow.enthalpy[j]);
  }
  EXPECT_EQ(lane(pack.snow.density, i), alone.snow.density);
  EXPECT_EQ(lane(pack.snow.albedo, i), alone.snow.albedo);
  EXPECT_EQ(lane(pack.surface, i), alone.surface);
}

TEST(GroundHeat, APackHasTheBitsOfItsMembersWhateverTheNeighbour) {
  for (const int layers : {1, 3})
    for (const double other : {0.0, 25.0, -20.0, std::numeric_limits<double>::quiet_NaN()}) {
      Ground<double> alone(layers, 6.0);
      Ground<Two> left(layers, pack_of(6.0, 6.0)), right(layers, pack_of(6.0, 6.0));
      for (int part = 0; part < 4; ++part) {
        winter(alone, part, 1200, 0.0);
        winter(left, part, 1200, pack_of(0.0, other));
        winter(right, part, 1200, pack_of(other, 0.0));
        expect_lane(left, alone, 0);
        expect_lane(right, alone, 1);
      }
    }
}

TEST(GroundHeat, SnowBesideItChangesNothingOfSnowFreeGround) {
  Ground<Two> g(1, pack_of(3.0, 3.0));
  Ground<double> alone(1, 3.0);
  for (int hour = 0; hour < 100; ++hour) {
    g.hour(pack_of(4.0, -4.0), 0.0, 0.5);
    alone.hour(4.0, 0.0, 0.5);
  }
  EXPECT_GT(lane(snow_mass(g.snow), 1), 10.0);
  expect_lane(g, alone, 0);
}

TEST(GroundHeat, ALaneThatIsNotANumberStaysSo) {
  Ground<Two> g(1, pack_of(6.0, std::numeric_limits<double>::quiet_NaN()));
  winter(g, 1, 600, pack_of(0.0, 0.0));
  EXPECT_TRUE(std::isnan(lane(g.state[0].t, 1)));
  EXPECT_TRUE(std::isnan(lane(g.enthalpy[7], 1)));
  EXPECT_FALSE(std::isnan(lane(g.state[0].t, 0)));
}

}  // namespace
}  // namespace tilth::physics
