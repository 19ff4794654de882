#include "core/physics/microwave.hpp"

#include <cmath>
#include <complex>

#include <gtest/gtest.h>

#include "core/base/simd/dual.hpp"
#include "support/shared.hpp"

namespace tilth::physics {
namespace {

constexpr double degree = std::numbers::pi / 180.0;

/// Brightness temperature with soil and roughness as in MODEL 8: all of the routines.
double tau_omega(double moisture, double clay, bool horizontal, double kelvin, double canopy_kelvin, double tau,
                 double omega, double h) {
  const double mu = std::cos(40.0 * degree);
  const auto r = fresnel(soil_permittivity(soil_dielectric(clay, l_band_hz), moisture), mu);
  return brightness_temperature<double>({horizontal ? r.horizontal : r.vertical, h, tau, omega, kelvin, canopy_kelvin},
                                        mu);
}

TEST(Microwave, ReproducesPublishedFormsOfTauOmega) {  // numbers of MODEL 8.1
  EXPECT_NEAR(tau_omega(0.05, 20.0, true, 295.0, 295.0, 0.2, 0.06, 0.2), 265.88, 0.01);
  EXPECT_NEAR(tau_omega(0.25, 20.0, true, 295.0, 293.0, 0.2, 0.06, 0.2), 224.25, 0.01);
  EXPECT_NEAR(tau_omega(0.25, 20.0, false, 295.0, 293.0, 0.2, 0.06, 0.2), 254.51, 0.01);
}

TEST(Microwave, AgreesWithReferenceCasesWithinAHundredthOfAKelvin) {
  TILTH_SHARED_OR_SKIP(reference, "model-ref/R16_tau_omega.json");
  ASSERT_EQ(reference["cases"].size(), 6u);
  for (const auto& c : reference["cases"]) {
    const double clay = c["clay_pct"], moisture = c["mv"];
    const auto e = soil_permittivity(soil_dielectric(clay, l_band_hz), moisture);
    EXPECT_NEAR(e.real, double(c["eps_re"]), 1e-10);
    EXPECT_NEAR(e.imaginary, double(c["eps_im"]), 1e-10);
    const auto r = fresnel(e, std::cos(40.0 * degree));
    EXPECT_NEAR(r.horizontal, double(c["r_smooth_H"]), 1e-12);
    EXPECT_NEAR(r.vertical, double(c["r_smooth_V"]), 1e-12);
    EXPECT_NEAR(tau_omega(moisture, clay, c["pol"] == "H", c["Ts"], c["Tv"], c["tau"], c["omega"], c["h"]),
                double(c["TB"]), 0.01);
  }
}

TEST(Microwave, ReflectsAsComplexArithmeticSays) {
  for (const double angle : {0.0, 20.0, 55.0}) {
    const double mu = std::cos(angle * degree), sine2 = 1.0 - mu * mu;
    const std::complex<double> e(12.3, 1.7), s = std::sqrt(e - sine2);
    const auto r = fresnel<double>({e.real(), e.imag()}, mu);
    EXPECT_NEAR(r.horizontal, std::norm((mu - s) / (mu + s)), 1e-15);
    EXPECT_NEAR(r.vertical, std::norm((e * mu - s) / (e * mu + s)), 1e-15);
  }
  const auto brewster = fresnel<double>({9.0, 0.0}, std::cos(std::atan(3.0)));  // tan of the angle: root of 9
  EXPECT_NEAR(brewster.vertical, 0.0, 1e-15);
}

TEST(Microwave, OfOneTemperatureAndNoScatteringIsThatTemperatureUnderDenseLeaves) {
  EXPECT_NEAR(tau_omega(0.3, 25.0, true, 290.0, 290.0, 40.0, 0.0, 0.1), 290.0, 1e-9);
  // Two media at one temperature without scattering: emissivity 1 - r g^2.
  const double mu = std::cos(40.0 * degree), g = std::exp(-0.5 / mu);
  const auto r = fresnel(soil_permittivity(soil_dielectric(25.0, l_band_hz), 0.3), mu);
  EXPECT_NEAR(tau_omega(0.3, 25.0, true, 290.0, 290.0, 0.5, 0.0, 0.0), 290.0 * (1.0 - r.horizontal * g * g), 1e-10);
}

TEST(Microwave, MixesFrozenSoilByItsLiquidShare) {
  const auto thawed = soil_permittivity(soil_dielectric(20.0, l_band_hz), 0.3);
  const auto half = with_ice(thawed, 0.5), frozen = with_ice(thawed, 0.0);
  EXPECT_NEAR(half.real, 0.5 * (thawed.real + 5.0), 1e-14);
  EXPECT_NEAR(half.imaginary, 0.5 * (thawed.imaginary + 0.5), 1e-14);
  EXPECT_EQ(frozen.real, 5.0);
  EXPECT_EQ(with_ice(thawed, 1.0).real, thawed.real);
}

TEST(Microwave, EmitsFromTheTopWhenWetAndFromDepthWhenDry) {
  EXPECT_NEAR(emitting_temperature(280.0, 290.0, 0.3), 280.0, 1e-12);
  EXPECT_NEAR(emitting_temperature(280.0, 290.0, 0.45), 280.0, 1e-12);
  EXPECT_NEAR(emitting_temperature(280.0, 290.0, 0.15), 290.0 - 10.0 * std::pow(0.5, 0.3), 1e-12);
}

TEST(VegetationWater, FollowsLeavesWoodAndStress) {
  const WaterContent c{0.5, 0.4, 0.6};
  EXPECT_NEAR(vegetation_water(c, 3.0, 10000.0, 1.0), 1.5 + 0.4 * 7.0, 1e-14);
  EXPECT_NEAR(vegetation_water(c, 3.0, 10000.0, 0.0), 0.6 * 1.5 + 0.4 * 7.0 * std::sqrt(0.6), 1e-14);
  EXPECT_NEAR(saturating_depth(1e-6, 2.0, 1.3), 2e-6, 1e-11);
  EXPECT_NEAR(saturating_depth(50.0, 3.0, 1.2), 1.2, 1e-12);
}

TEST(Microwave, HasTheDerivativesOfItsDifferences) {
  const auto scene = [](auto moisture) {
    const auto e = with_ice(soil_permittivity(soil_dielectric(20.0, l_band_hz), moisture), decltype(moisture)(0.8));
    const auto r = fresnel(e, 0.77);
    using T = decltype(moisture);
    return brightness_temperature<T>(
        {r.vertical, T(0.1), T(0.3), T(0.05), emitting_temperature(T(288.0), T(283.0), moisture), T(286.0)}, 0.77);
  };
  const double step = 1e-5;
  for (const double moisture : {0.04, 0.12, 0.22, 0.38}) {
    const double difference = (scene(moisture + step) - scene(moisture - step)) / (2.0 * step);
    EXPECT_NEAR(scene(simd::Dual<double>(moisture, 1.0)).d, difference, 1e-6 * std::abs(difference));
  }
}

}  // namespace
}  // namespace tilth::physics
