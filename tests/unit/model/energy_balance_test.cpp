#include "model/energy_balance.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <vector>

#include "support/shared.hpp"
#include "surface_cases.hpp"

namespace tilth::physics {
namespace {

using test::Draw;
using test::imbalance;
using test::PlainBalance;
using test::random_surface;
using test::solve;
using test::Stomata;
using test::surface_of;
using Pair = simd::Pack<xsimd::sse2>;

/// Bare ground that stores no heat: a single node with conductances `ga` of the air and `gs` of the surface.
Surface<double> single_node(double sw, double lw, double emissivity, double ta, double ea, double p, double ga,
                            double gs) {
  Surface<double> s = surface_of<double>([](std::size_t) { return 0.0; });
  s.air_temperature = s.canopy_temperature = s.ground_temperature = s.ground_reference = ta;
  s.vapour = ea;
  s.pressure = p;
  s.longwave = lw;
  s.ground_shortwave = sw;
  s.air_resistance = s.ground_resistance = 0.5 / ga;
  s.soil_resistance = 1.0 / gs;
  s.leaf_conductance = 0.01;
  s.gap = s.soil_humidity = s.soil_water_limit = 1.0;
  s.ground_emissivity = emissivity;
  return s;
}

struct SingleNode {
  double sw, lw, emissivity, ta, ea, p, ga, gs, ts, h, le, rn;
};

TEST(EnergyBalance, OfBareGroundIsTheNonlinearSingleNode) {
  const SingleNode cases[] = {{600, 350, 0.97, 298.15, 1500, 1e5, 0.04, 0.012, 300.85471766937866, 126.99892076687843,
                               361.88075584347513, 488.8796766103522},
                              {100, 300, 0.97, 283.15, 900, 1e5, 0.03, 0.004, 283.47831550021436, 12.174439900217358,
                               23.63383086056791, 35.80827076078617},
                              {0, 250, 0.97, 275.15, 600, 1e5, 0.02, 0.0005, 272.7242666671885, -61.71012825898508,
                               -0.07351076096073814, -61.783639019945724},
                              {900, 420, 0.97, 308.15, 1500, 95000, 0.03, 0.001, 324.0140031008905, 513.509388880081,
                               187.65898373881348, 701.1683726188946}};
  for (const SingleNode& c : cases) {
    const auto f = solve(single_node(c.sw, c.lw, c.emissivity, c.ta, c.ea, c.p, c.ga, c.gs), 8);
    EXPECT_NEAR(f.ground_temperature, c.ts, 1e-6);
    EXPECT_NEAR(f.ground_sensible, c.h, 1e-6);
    EXPECT_NEAR(f.ground_latent, c.le, 1e-6);
    EXPECT_NEAR(f.ground_net_radiation, c.rn, 1e-6);
    EXPECT_NEAR(f.ground_net_radiation - f.ground_sensible - f.ground_latent, 0.0, 1e-9);
  }
}

TEST(EnergyBalance, AgreesWithTheSharedSingleNode) {
  TILTH_SHARED_OR_SKIP(reference, "model-ref/R13_energy_balance.json");
  for (const auto& c : reference["cases"]) {
    const auto f =
        solve(single_node(c["sw_net"], c["lw_down"], c["emis"], c["Ta"], c["ea"], c["p"], c["ga"], c["gs"]), 8);
    EXPECT_NEAR(f.ground_temperature, c["Ts"].get<double>(), 1e-6);
    EXPECT_NEAR(f.ground_latent, c["LE"].get<double>(), 1e-6);
    EXPECT_NEAR(f.ground_net_radiation - f.ground_sensible - f.ground_latent, 0.0, 1e-9);
  }
}

TEST(EnergyBalance, OneEvaluationAtAirTemperatureIsPenmanMonteithWithRadiativeCooling) {
  const auto s = single_node(600, 350, 0.97, 298.15, 1500, 1e5, 0.04, 0.012);
  const double rho_cp = air_heat_capacity * s.pressure / (dry_air_gas_constant * s.air_temperature);
  const double t3 = std::pow(298.15, 3), cooling = 4 * 0.97 * stefan_boltzmann * t3;
  const double energy = 600 + 0.97 * (350 - stefan_boltzmann * t3 * 298.15);
  const double heat = 0.04 + cooling / rho_cp;  // air and radiation in parallel
  const auto sat = saturation_water(25.0);
  const double gamma = psychrometric(1e5, vaporisation_heat(25.0)) * heat * (1 / 0.04 + 1 / 0.012);
  const double latent = (sat.slope * energy + rho_cp * heat * (sat.pressure - 1500)) / (sat.slope + gamma);
  EXPECT_NEAR(solve(s, 1).ground_latent, latent, 1e-9);
}

TEST(EnergyBalance, ClosesToRoundOffAndKeepsLimitsWhateverTheIterate) {
  Draw draw(1);
  double worst = 0.0;
  for (int i = 0; i < 40000; ++i) {
    const auto s = random_surface(draw);
    const auto f = solve(s, 1 + i % 4);
    worst = std::max(worst, imbalance(s, f));
    ASSERT_LT(imbalance(s, f), 1e-9) << i;
    ASSERT_GE(f.transpiration, 0.0) << i;
    ASSERT_LE(f.transpiration, s.transpiration_limit) << i;
    ASSERT_LE(f.canopy_evaporation, s.canopy_water_limit) << i;
    ASSERT_LE(f.soil_evaporation, s.soil_water_limit) << i;
    ASSERT_LE(f.sublimation, s.snow_ice_limit) << i;
    ASSERT_GE(f.melt_heat, 0.0) << i;
    ASSERT_LE(f.melt_heat / fusion_heat + std::max(0.0, f.sublimation), s.snow_ice_limit * (1 + 1e-14)) << i;
    ASSERT_EQ(s.snow_cover > 0.0 || (f.melt_heat == 0.0 && f.sublimation == 0.0), true) << i;
  }
  RecordProperty("worst_imbalance_W_m2", std::to_string(worst));
}

TEST(EnergyBalance, IteratesToTheRootOfTheNonlinearBalances) {
  Draw draw(2);
  for (int i = 0; i < 60; ++i) {
    const auto s = random_surface(draw);
    const auto f = solve(s, 40);
    double v, g;
    PlainBalance plain{s};
    plain.root(v, g);
    EXPECT_NEAR(f.ground_temperature, g, 1e-6) << i;
    EXPECT_NEAR(f.canopy_temperature, v, 1e-6) << i;
    const auto e = plain.vapour(v, g);
    EXPECT_NEAR(f.transpiration, e.transpiration, 1e-11) << i;
    EXPECT_NEAR(f.canopy_evaporation, e.canopy, 1e-11) << i;
    EXPECT_NEAR(f.soil_evaporation, e.soil, 1e-11) << i;
    EXPECT_NEAR(f.sublimation, e.snow, 1e-11) << i;
  }
}

TEST(EnergyBalance, FourEvaluationsAreConvergedWithinAnHour) {
  Draw draw(3);
  std::vector<double> error;
  for (int i = 0; i < 4000; ++i) {
    auto s = random_surface(draw);
    s.canopy_temperature = s.air_temperature + draw(-2, 4);
    s.ground_temperature = s.air_temperature + draw(-4, 4);
    s.ground_reference = s.ground_temperature + draw(-2, 2);
    const auto f = solve(s), exact = solve(s, 40);
    error.push_back(std::abs(f.canopy_temperature - exact.canopy_temperature) +
                    std::abs(f.ground_temperature - exact.ground_temperature));
  }
  std::sort(error.begin(), error.end());
  EXPECT_LT(error[3600], 0.01);
  EXPECT_LT(error[3960], 0.2);
  EXPECT_LT(error.back(), 8.0);
}

TEST(EnergyBalance, MeltNeverLeadsInCircles) {
  Draw draw(6);
  for (int i = 0; i < 20000; ++i) {
    auto s = random_surface(draw);
    if (s.snow_cover <= 0.0) continue;
    s.ground_temperature = std::min(273.2, s.air_temperature + draw(-3, 3));
    const auto leaf = [&](double, double) { return 0.002 * s.leaf_area; };
    const auto even = surface_energy_balance(s, leaf, 30), odd = surface_energy_balance(s, leaf, 31);
    ASSERT_NEAR(even.ground_temperature, odd.ground_temperature, 1e-6) << i;
    ASSERT_NEAR(even.melt_heat, odd.melt_heat, 1e-5) << i;
  }
}

constexpr std::size_t flux_count = sizeof(SurfaceFluxes<double>) / sizeof(double);
struct Lanes {
  alignas(16) double value[test::surface_values][2];
  double flux[flux_count][2];

  void set(int lane, const Surface<double>& s) {
    for (std::size_t i = 0; i < test::surface_values; ++i)  // the values follow the time step
      std::memcpy(&value[i][lane], reinterpret_cast<const char*>(&s) + sizeof(double) * (i + 1), sizeof(double));
  }
  void solve() {
    const auto s = surface_of<Pair>([&](std::size_t i) { return simd::load<Pair>(value[i]); });
    const auto f = surface_energy_balance(s, Stomata<Pair>{s.leaf_area});
    static_assert(sizeof(f) == sizeof(flux));
    std::memcpy(flux, &f, sizeof(f));
  }
  bool equals(int lane, const SurfaceFluxes<double>& f) const {
    for (std::size_t i = 0; i < flux_count; ++i)
      if (std::memcmp(&flux[i][lane], reinterpret_cast<const char*>(&f) + sizeof(double) * i, sizeof(double)) != 0)
        return false;
    return true;
  }
};

TEST(EnergyBalance, LanesGiveTheBitsOfADoubleBesideAnyNeighbour) {
  Draw draw(5);
  for (int i = 0; i < 4000; ++i) {
    const Surface<double> s[2] = {random_surface(draw), random_surface(draw)};
    Lanes lanes;
    for (int lane = 0; lane < 2; ++lane) lanes.set(lane, s[lane]);
    lanes.solve();
    for (int lane = 0; lane < 2; ++lane) ASSERT_TRUE(lanes.equals(lane, solve(s[lane]))) << i << " lane " << lane;
    Surface<double> broken = s[0];
    broken.vapour = broken.ground_temperature = std::numeric_limits<double>::quiet_NaN();
    lanes.set(0, broken);
    lanes.solve();
    ASSERT_TRUE(lanes.equals(1, solve(s[1]))) << i;
    ASSERT_TRUE(std::isnan(lanes.flux[0][0])) << i;
  }
}

}  // namespace
}  // namespace tilth::physics
