#include "support/derivatives.hpp"

#include <gtest/gtest.h>

#include "core/physics/fluorescence.hpp"
#include "model/carbon.hpp"
#include "model/light_response.hpp"
#include "model/p_model.hpp"
#include "model/phenology.hpp"
#include "model/roots.hpp"
#include "model/snow.hpp"

namespace tilth::physics {
namespace {

using test::expect_derivatives;

TEST(Derivatives, OfHumidityAndEvaporation) {
  for (const double t : {-12.3, 4.1, 31.7}) {
    expect_derivatives<4>("humidity", {t}, []<class T>(const T* x, T* y) {
      const Saturation<T> water = saturation_water(x[0]), ice = saturation_ice(x[0]);
      y[0] = water.pressure;
      y[1] = water.slope;
      y[2] = ice.pressure;
      y[3] = ice.slope;
    });
    expect_derivatives<2>("latent heat", {t, 98700.0}, []<class T>(const T* x, T* y) {
      y[0] = vaporisation_heat(x[0]);
      y[1] = psychrometric(x[1], y[0]);
    });
  }
  expect_derivatives<1>(
      "Penman-Monteith", {310.0, 145.0, 66.0, 940.0, 1210.0, 43.0, 92.0},
      []<class T>(const T* x, T* y) { y[0] = penman_monteith(x[0], x[1], x[2], x[3], x[4], x[5], x[6]); });
}

TEST(Derivatives, OfFluorescence) {
  for (const double transport : {0.07, 0.35, 0.93})
    expect_derivatives<1>("fluorescence", {transport, 21.0, 6.2},
                          []<class T>(const T* x, T* y) { y[0] = fluorescence_yield(x[0], x[1], x[2]); });
}

TEST(Derivatives, OfCarbonPools) {
  expect_derivatives<4>("pool", {812.0, 2.3, 0.013}, []<class T>(const T* x, T* y) {
    T pool = x[0];
    y[0] = mean_survival(x[2]);
    y[1] = decay_pool(pool, x[1], x[2]);
    y[2] = pool;
    T low = 0.3 * x[1];
    y[3] = seed(low, 0.01 * x[0]);
  });
  expect_derivatives<11>("decomposition", {310.0, 900.0, 1400.0, 6100.0, 1.9, 0.8, 4e-3, 2e-4, 1.3e-4, 6e-6},
                         []<class T>(const T* x, T* y) {
                           for (int i = 0; i < 4; ++i) y[i] = x[i];
                           const DecayRates<T> k{x[6], x[7], x[8], x[9]};
                           const auto d = decompose(y[0], y[1], y[2], y[3], x[4], x[5], k);
                           const T out[] = {d.respired,  d.from_litter, d.from_cwd, d.from_fast,
                                            d.from_slow, d.to_fast,     d.to_slow};
                           for (int i = 0; i < 7; ++i) y[4 + i] = out[i];
                         },
                         {.round_off = 2e-12});  // losses are booked as differences of pools
  for (const double t : {-3.0, 12.0, 36.0})
    expect_derivatives<2>("responses", {0.31, 0.55, t}, []<class T>(const T* x, T* y) {
      y[0] = moisture_response(x[0], x[1]);
      y[1] = maintenance_response(x[2]);
    });
}

TEST(Derivatives, OfTheOptimalityModel) {
  for (const double t : {-6.2, 18.3, 33.9})
    expect_derivatives<10>("P-model", {t, 870.0, 402.0, 97100.0}, []<class T>(const T* x, T* y) {
      const PModel<T> p = p_model_c3(x[0], x[1], x[2], x[3]);
      const T out[] = {
          p.gamma_star,          p.kmm, p.viscosity_ratio, p.xi, p.chi, p.mj, p.mc, p.m_prime, quantum_yield_c3(x[0]),
          quantum_yield_c4(x[0])};
      for (int i = 0; i < 10; ++i) y[i] = out[i];
    });
  // Where assimilation is held at 0 its derivative is 0, not the infinite slope of the root.
  const simd::Dual<double> starved = p_model_c3(simd::Dual<double>(45.0, 1.0), simd::Dual<double>(8000.0),
                                                simd::Dual<double>(60.0), simd::Dual<double>(60000.0))
                                         .m_prime;
  EXPECT_EQ(starved.v, 0.0);
  EXPECT_EQ(starved.d, 0.0);
}

TEST(Derivatives, OfTheLightOfADay) {
  for (const double shortwave : {73.0, 214.0})
    expect_derivatives<1>("light", {shortwave, 31.2, 0.021, 0.43}, []<class T>(const T* x, T* y) {
      y[0] = light_response(x[1], cloudiness(x[0], 297.0), x[2], x[3]);
    });
}

TEST(Derivatives, OfPhenology) {
  expect_derivatives<3>("phenology", {11.2, 9.7, 2.1, 10.9, 1.7, 83.0, 34.0, 1.4}, []<class T>(const T* x, T* y) {
    y[0] = active_fraction(x[0], x[1], x[2], 11.3, x[3]);
    y[1] = sustainable_leaf_area(x[4], x[5], x[6], x[7]);
    y[2] = remember(x[4], x[7], x[6]);
  });
}

TEST(Derivatives, OfRoots) {
  for (const double depth : {0.37, 1.4})
    expect_derivatives<9>("roots", {0.964, depth, 3.2, 4.9, 2.2}, []<class T>(const T* x, T* y) {
      root_profile(x[0], x[1], 8, layer_thickness, y);
      y[8] = layer_stress(x[2], x[3], x[4]);
    });
}

TEST(Derivatives, OfSnowCoverAndFreshSnow) {
  expect_derivatives<3>("cover", {0.043, 190.0, 1.3, -2.4, 2.9, 0.6}, []<class T>(const T* x, T* y) {
    y[0] = snow_cover(x[0], x[1], x[2]);
    y[1] = fresh_density(x[3], x[4]);
    y[2] = snow_fraction(x[3], x[5]);
  });
  for (const double snowfall : {3.1, 17.0})
    expect_derivatives<4>("snowfall", {41.0, 2.2, 210.0, 0.71, snowfall, 96.0}, []<class T>(const T* x, T* y) {
      SnowPack<T> pack{x[0], x[1], x[2], x[3]};
      add_snowfall(pack, x[4], x[5]);
      y[0] = pack.ice;
      y[1] = pack.liquid;
      y[2] = pack.density;
      y[3] = pack.albedo;
    });
  // Without snow before or now: the density is not a quotient of zeros.
  SnowPack<simd::Dual<double>> bare{0.0, 0.0, 100.0, 0.7};
  add_snowfall(bare, simd::Dual<double>(0.0, 1.0), simd::Dual<double>(90.0));
  EXPECT_EQ(bare.density.d, 0.0);
  EXPECT_EQ(bare.ice.d, 1.0);
}

TEST(Derivatives, OfSettlingAgeingAndMelt) {
  for (const double melt : {1.3, 8.0, 77.0})
    expect_derivatives<6>("melt", {52.0, 1.9, 230.0, 0.82, -3.1, 0.011, 0.55, melt, 0.4, 0.9},
                          []<class T>(const T* x, T* y) {
                            SnowPack<T> pack{x[0], x[1], x[2], x[3]};
                            y[0] = settled_density(pack, x[4], 86400.0);
                            y[1] = aged_albedo(x[3], x[5], x[6], x[7] > 0.0, 86400.0);
                            y[2] = aged_albedo(x[3], x[5], x[6], x[7] < 0.0, 86400.0);
                            y[3] = melt_and_drain(pack, x[7], x[8], x[9]);
                            y[4] = pack.ice;
                            y[5] = pack.liquid;
                          });
}

}  // namespace
}  // namespace tilth::physics
