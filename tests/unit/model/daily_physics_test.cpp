#include <gtest/gtest.h>

#include "core/physics/fluorescence.hpp"
#include "model/carbon.hpp"
#include "model/p_model.hpp"
#include "model/phenology.hpp"
#include "model/roots.hpp"
#include "model/snow.hpp"
#include "support/shared.hpp"

namespace tilth::physics {
namespace {

TEST(Humidity, SaturationFollowsAlduchovAndEskridge) {
  const double celsius[] = {-40, -20, -10, 0.01, 10, 20, 25, 30, 40, 50};
  const double water[] = {18.968439753361704, 125.78382410875987, 286.77296061847886, 611.3831895756493,
                          1226.020635023486,  2333.440623099358,  3161.7360356966915, 4236.650251295474,
                          7374.716751520094,  12360.576680796621};
  const double slope[] = {1.97094852583484,  10.830940336035354, 22.619559282171142, 44.33320455043899,
                          82.02123499419841, 144.46413606862103, 188.50951356376154, 243.43159505585336,
                          394.327073463396,  616.5833656501832};
  const double ice[] = {12.834072645682134, 103.12643365112122, 259.67178444149266};
  for (int i = 0; i < 10; ++i) {
    const auto s = saturation_water(celsius[i]);
    EXPECT_NEAR(s.pressure / water[i], 1.0, 1e-12) << celsius[i];
    EXPECT_NEAR(s.slope / slope[i], 1.0, 1e-12) << celsius[i];
  }
  EXPECT_NEAR(saturation_ice(-40.0).pressure / ice[0], 1.0, 1e-12);
  EXPECT_NEAR(saturation_ice(-10.0).pressure / ice[2], 1.0, 1e-12);
}

struct PModelCase {
  double t, vpd, co2, pressure, ppfd, chi, mj, mc, m_prime, gpp_umol;
};

TEST(PModel, ReproducesThePublishedExampleAndThreeMore) {
  const PModelCase cases[] = {{20, 1000, 400, 101325, 300, 0.6943517927823879, 0.7123039494417702, 0.3340841501476004,
                               0.395340349173504, 5.927377389193263},
                              {10, 300, 400, 101325, 500, 0.6941447819021965, 0.8190140645530808, 0.5486754881929169,
                               0.49787299045750305, 12.441099222047315},
                              {28, 2000, 370, 84000, 800, 0.7199830808604868, 0.5919572541002353, 0.16878943553326184,
                               0.2758668346153015, 11.02959743485514},
                              {20, 1000, 560, 101325, 300, 0.6865108662162902, 0.7804691282433135, 0.41873505898961233,
                               0.46103427932598606, 6.91233305336244}};
  for (const PModelCase& c : cases) {
    const auto p = p_model_c3(c.t, c.vpd, c.co2, c.pressure);
    EXPECT_NEAR(p.chi, c.chi, 1e-9);
    EXPECT_NEAR(p.mj, c.mj, 1e-9);
    EXPECT_NEAR(p.mc, c.mc, 1e-9);
    EXPECT_NEAR(p.m_prime, c.m_prime, 1e-9);
    EXPECT_NEAR(0.049977 * p.m_prime * c.ppfd, c.gpp_umol, 1e-8);
  }
}

TEST(PModel, ColdStarvedLeavesDoNotAssimilate) {
  const auto p = p_model_c3(45.0, 8000.0, 180.0, 60000.0);
  EXPECT_GE(p.m_prime, 0.0);
  EXPECT_LT(p.m_prime, 0.05);
}

/// ET0 in mm d-1 by the code path of the model with the resistances of the FAO-56 reference grass.
double reference_evapotranspiration(double t_max, double t_min, double vapour_kpa, double wind, double energy_mj,
                                    double elevation) {
  const auto tetens = [](double t) { return 610.8 * simd::exp(17.27 * t / (t + 237.3)); };
  const double pressure = 101300.0 * simd::pow((293.0 - 0.0065 * elevation) / 293.0, 5.26), t = 0.5 * (t_max + t_min);
  const double slope = 4098.0 * tetens(t) / ((t + 237.3) * (t + 237.3));
  const double gamma = 0.665e-3 * pressure, latent = 2.45e6;
  const double vpd = 0.5 * (tetens(t_max) + tetens(t_min)) - vapour_kpa * 1e3;
  // FAO-56 eliminates the density of air: 900 / (T + 273) u stands for rho c_p / (gamma r_a), with r_a = 208 / u, and
  // rounds r_s / r_a to 0.34 u.
  const double rho_cp = gamma * 0.9 / (t + 273.0) * 208.0 * latent / 86400.0;
  return penman_monteith(energy_mj * 1e6 / 86400.0, slope, gamma, vpd, rho_cp, 208.0 / wind, 0.34 * 208.0) * 86400.0 /
         latent;
}

TEST(PenmanMonteith, ReproducesExamples17And18OfFao56) {
  EXPECT_NEAR(reference_evapotranspiration(34.8, 25.6, 2.85, 2.0, 14.33 - 0.14, 2.0), 5.72, 0.01);
  EXPECT_NEAR(reference_evapotranspiration(21.5, 12.3, 1.409, 2.078, 13.28, 100.0), 3.88, 0.01);
}

TEST(PenmanMonteith, AgreesWithTheSharedExamplesOfFao56) {
  TILTH_SHARED_OR_SKIP(reference, "model-ref/R14_FAO56.json");
  EXPECT_NEAR(reference_evapotranspiration(34.8, 25.6, 2.85, 2.0, 14.33 - 0.14, 2.0),
              reference["bangkok_april_ex17"]["et0"].get<double>(), 0.01);
  EXPECT_NEAR(reference_evapotranspiration(21.5, 12.3, 1.409, 2.078, 13.28, 100.0),
              reference["uccle_july_ex18"]["et0"].get<double>(), 0.01);
}

TEST(Fluorescence, YieldFallsWithQuenchingAsInLee2015) {
  // Rates kf 0.05, kp 4, kd max(0.03 T + 0.0773, 0.087), kn (6.2473 x - 0.5944) x.
  const double kd = 0.03 * 25 + 0.0773, x = 0.5, kn = (6.2473 * x - 0.5944) * x, p = 0.5 * 4.0 / (0.05 + kd + 4.0);
  EXPECT_NEAR(fluorescence_yield(0.5, 25.0, 6.2473), 0.05 / (0.05 + kd + kn) * (1 - p), 1e-15);
  EXPECT_NEAR(fluorescence_yield(1.0, 5.0, 6.2473), 0.05 / (0.05 + 0.2273) * (1 - 4.0 / 4.2773), 1e-15);
}

TEST(Snow, CoverFollowsNiuAndYang) {
  EXPECT_NEAR(snow_cover(0.01, 100.0, 1.6), 0.37994896225522484, 1e-12);
  EXPECT_NEAR(snow_cover(0.05, 100.0, 1.6), 0.9640275800758169, 1e-12);
  EXPECT_NEAR(snow_cover(0.05, 300.0, 1.6), 0.3318044425099516, 1e-12);
  EXPECT_NEAR(snow_cover(0.30, 350.0, 1.6), 0.9241673513670391, 1e-12);
}

TEST(Snow, MassClosesThroughTenWinters) {
  double worst = 0.0;
  for (int winter = 0; winter < 10; ++winter) {
    SnowPack<double> pack{0.0, 0.0, 250.0, 0.8};
    double in = 0.0, out = 0.0;
    for (int day = 0; day < 200; ++day) {
      const double s = 0.5 + 0.5 * simd::tanh(0.37 * ((day * (winter + 3)) % 17 - 8));
      add_snowfall(pack, 12.0 * s * s, fresh_density(-8.0 * s, 3.0));
      pack.density = settled_density(pack, -5.0 * s, 86400.0);
      pack.albedo = aged_albedo(pack.albedo, 0.008, 0.6, day > 120, 86400.0);
      out += melt_and_drain(pack, day > 120 ? 9.0 * s : 0.0, 3.0 * (1 - s), 2.0 * s);
      in += 12.0 * s * s + 2.0 * s;
      ASSERT_GE(pack.ice, 0.0);
      ASSERT_LE(pack.liquid, snow_liquid_capacity * pack.ice + 1e-12);
      ASSERT_GE(pack.albedo, 0.6);
      ASSERT_LE(pack.density, 600.0);
    }
    worst = std::max(worst, std::abs(in - out - pack.ice - pack.liquid));
  }
  EXPECT_LT(worst, 1e-9);
}

TEST(Roots, SharesSumToOneAndStopAtTheRootingDepth) {
  double share[8];
  root_profile(0.96, 0.5, 8, layer_thickness, share);
  double sum = 0.0;
  for (const double s : share) sum += s;
  EXPECT_NEAR(sum, 1.0, 1e-15);
  EXPECT_EQ(share[5], 0.0);
  EXPECT_NEAR(share[0] / share[1], (1 - std::pow(0.96, 2)) / (std::pow(0.96, 2) - std::pow(0.96, 7)), 1e-12);
}

TEST(Phenology, HalfOfThePlantsAreActiveAtBothThresholds) {
  EXPECT_NEAR(active_fraction(9.0, 9.0, 2.0, 10.5, 10.5), 0.25, 1e-14);
  EXPECT_NEAR(active_fraction(30.0, 9.0, 2.0, 16.0, 10.5), 1.0, 1e-12);
  EXPECT_NEAR(active_fraction(-20.0, 9.0, 2.0, 16.0, 10.5), 0.0, 1e-12);
}

}  // namespace
}  // namespace tilth::physics
