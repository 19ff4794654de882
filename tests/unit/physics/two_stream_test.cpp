#include "core/physics/two_stream.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "support/lanes.hpp"
#include "support/shared.hpp"

namespace tilth::physics {
namespace {

struct Reference {
  double leaf_area, mu, chi_l, reflectance, transmittance, ground;
  bool direct;
  double albedo, absorbed_canopy, absorbed_ground, transmitted_diffuse, transmitted_direct;
};

// Matrix exponential solution of the same equations.
const std::vector<Reference> reference = {
    {0.0, 0.6, 0.01, 0.1, 0.05, 0.15, true, 0.15, 0.0, 0.85, 0.0, 1.0},
    {0.0, 0.6, 0.01, 0.1, 0.05, 0.15, false, 0.15, 0.0, 0.85, 1.0, 0.0},
    {1.0, 0.6, 0.01, 0.1, 0.05, 0.15, true, 0.055072246778913134, 0.5489831281568924, 0.3959446250641944,
     0.03146043745390193, 0.43435676850397387},
    {1.0, 0.6, 0.01, 0.1, 0.05, 0.15, false, 0.060378959319293345, 0.6028546049928756, 0.336766435687831,
     0.3961958066915659, 0.0},
    {3.0, 0.6, 0.25, 0.1, 0.05, 0.1, true, 0.03488211662050545, 0.8817643913862188, 0.08335349199327582,
     0.014288174557905561, 0.07832681654573423},
    {3.0, 0.6, 0.25, 0.1, 0.05, 0.1, false, 0.045600533988425306, 0.9046431533841197, 0.049756312627454995,
     0.05528479180828333, 0.0},
    {3.0, 0.6, 0.25, 0.45, 0.25, 0.2, true, 0.25783824837486946, 0.5651577352683077, 0.17700401635682284,
     0.1429282039002943, 0.07832681654573423},
    {3.0, 0.6, 0.25, 0.45, 0.25, 0.2, false, 0.3062662411112139, 0.5622800814708822, 0.13145367741790395,
     0.16431709677237993, 0.0},
    {6.0, 0.3, -0.3, 0.58, 0.25, 0.3, true, 0.4634846168418031, 0.4913406141646145, 0.045174768993582394,
     0.06452543544255035, 9.94883399592326e-06},
    {6.0, 0.3, -0.3, 0.58, 0.25, 0.3, false, 0.4231978739916331, 0.5135556651344589, 0.06324646087390799,
     0.0903520869627257, 0.0},
    {2.0, 0.9, 0.01, 0.11, 0.07, 0.8, true, 0.07872228609969104, 0.8477072750378294, 0.07357043886247958,
     0.041341479988645465, 0.3265107143237525},
    {2.0, 0.9, 0.01, 0.11, 0.07, 0.8, false, 0.07234441324949302, 0.8941083793022496, 0.033547207448257295,
     0.1677360372412865, 0.0},
    {40.0, 0.5, 0.01, 0.45, 0.25, 0.2, true, 0.27661434372664573, 0.7233856561282012, 1.4515312016009298e-10,
     1.814413956772605e-10, 4.522855733965976e-18},
    {40.0, 0.5, 0.01, 0.45, 0.25, 0.2, false, 0.3035541938511802, 0.6964458060191003, 1.297194384048877e-10,
     1.6214929800610963e-10, 0.0},
};

CanopyLight<double> light(const Reference& c) {
  const auto sun = canopy_geometry(c.mu, c.chi_l);
  const auto leaves = leaf_scattering(sun, c.reflectance, c.transmittance);
  return canopy_light(sun, leaves, c.leaf_area, {c.direct ? 1.0 : 0.0, c.direct ? 0.0 : 1.0, c.ground, c.ground});
}

TEST(TwoStream, AgreesWithTheMatrixExponential) {
  for (const Reference& c : reference) {
    const auto got = light(c);
    EXPECT_NEAR(got.albedo, c.albedo, 1e-9) << c.leaf_area;
    EXPECT_NEAR(got.absorbed_canopy, c.absorbed_canopy, 1e-9) << c.leaf_area;
    EXPECT_NEAR(got.absorbed_ground, c.absorbed_ground, 1e-9) << c.leaf_area;
    EXPECT_NEAR(got.transmitted_diffuse, c.transmitted_diffuse, 1e-9) << c.leaf_area;
    EXPECT_NEAR(got.transmitted_direct, c.transmitted_direct, 1e-9) << c.leaf_area;
  }
}

TEST(TwoStream, EqualsTwoLayersPutOnTopOfEachOther) {
  const auto sun = canopy_geometry(0.6, 0.25);
  const auto leaves = leaf_scattering(sun, 0.45, 0.25);
  const double ground = 0.3;
  for (const double share : {0.0, 0.3, 1.0}) {
    const auto whole = canopy_light(sun, leaves, 3.0, {share, 1.0 - share, ground, ground});
    // The lower layer over the ground reflects direct and diffuse light differently; it is the ground of the upper one.
    const auto direct = canopy_light(sun, leaves, 1.8, {1.0, 0.0, ground, ground});
    const auto diffuse = canopy_light(sun, leaves, 1.8, {0.0, 1.0, ground, ground});
    const auto upper = canopy_light(sun, leaves, 1.2, {share, 1.0 - share, direct.albedo, diffuse.albedo});
    EXPECT_NEAR(upper.albedo, whole.albedo, 1e-13);
    EXPECT_NEAR(upper.absorbed_canopy + upper.transmitted_direct * direct.absorbed_canopy +
                    upper.transmitted_diffuse * diffuse.absorbed_canopy,
                whole.absorbed_canopy, 1e-13);
  }
}

TEST(TwoStream, ClosesAndStaysPositiveUpToDenseCanopies) {
  for (const double area : {0.0, 1e-9, 0.1, 1.0, 5.0, 40.0})
    for (const double mu : {0.02, 0.3, 1.0})
      for (const double chi_l : {-0.4, 0.0, 0.01, 0.6})
        for (const double omega : {0.05, 0.5, 0.95}) {
          const auto sun = canopy_geometry(mu, chi_l);
          const auto leaves = leaf_scattering(sun, 0.6 * omega, 0.4 * omega);
          const auto got = canopy_light(sun, leaves, area, {0.7, 0.3, 0.2, 0.25});
          EXPECT_NEAR(got.albedo + got.absorbed_canopy + got.absorbed_ground, 1.0, 1e-14);
          EXPECT_GT(got.albedo, 0.0);
          EXPECT_GE(got.absorbed_canopy, -1e-13) << area << ' ' << mu << ' ' << chi_l << ' ' << omega;
          EXPECT_GT(got.absorbed_ground, -1e-16);
        }
}

TEST(TwoStream, ForgetsTheGroundUnderADenseCanopy) {
  const auto sun = canopy_geometry(0.5, 0.01);
  const auto leaves = leaf_scattering(sun, 0.45, 0.25);
  const auto dark = canopy_light(sun, leaves, 40.0, {0.8, 0.2, 0.0, 0.0});
  const auto bright = canopy_light(sun, leaves, 40.0, {0.8, 0.2, 0.9, 0.9});
  EXPECT_NEAR(dark.albedo, bright.albedo, 1e-12);
}

TEST(TwoStream, PassesSmoothlyThroughTheResonance) {
  // K = h at the sun angle found by bisection; h does not depend on it.
  const auto mismatch = [](double mu) {
    const auto sun = canopy_geometry(mu, 0.1);
    const auto leaves = leaf_scattering(sun, 0.3, 0.1);
    const double a = (1.0 - leaves.total + leaves.back) * sun.diffuse, c = leaves.back * sun.diffuse;
    return sun.K - std::sqrt(a * a - c * c);
  };
  double low = 0.3, high = 0.9999;
  ASSERT_GT(mismatch(low), 0.0);
  ASSERT_LT(mismatch(high), 0.0);
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (mismatch(middle) > 0.0 ? low : high) = middle;
  }
  const auto albedo = [](double mu) {
    const auto sun = canopy_geometry(mu, 0.1);
    return canopy_light(sun, leaf_scattering(sun, 0.3, 0.1), 2.0, {1.0, 0.0, 0.2, 0.2}).albedo;
  };
  EXPECT_NEAR(albedo(low), 0.5 * (albedo(low - 1e-3) + albedo(low + 1e-3)), 1e-6);
}

TEST(TwoStream, HasUnitDiffuseDepthForSphericalLeaves) {
  EXPECT_NEAR(mean_diffuse_depth(0.5, 0.0), 1.0, 1e-15);
  const double phi1 = 0.5, phi2 = 0.5 * 1e-2;  // where series and closed form meet
  EXPECT_NEAR(mean_diffuse_depth(phi1, phi2 * 0.999999), mean_diffuse_depth(phi1, phi2 * 1.000001), 2e-8);
}

TEST(TwoStream, AgreesWithTheSharedReference) {
  TILTH_SHARED_OR_SKIP(reference_file, "model-ref/R07_twostream.json");
  for (const auto& c : reference_file["cases"]) {
    const Reference r{
        c["LAI"],    c["mu"],         c["chiL"],       c["rho"],       c["tau"],      c["alb_g"], c["kind"] == "direct",
        c["albedo"], c["abs_canopy"], c["abs_ground"], c["trans_dif"], c["trans_dir"]};
    const auto got = light(r);
    EXPECT_NEAR(got.albedo, r.albedo, 1e-7);
    EXPECT_NEAR(got.absorbed_canopy, r.absorbed_canopy, 1e-7);
    EXPECT_NEAR(got.absorbed_ground, r.absorbed_ground, 1e-7);
    EXPECT_NEAR(got.transmitted_diffuse, r.transmitted_diffuse, 1e-7);
    EXPECT_NEAR(canopy_geometry(r.mu, r.chi_l).K, double(c["K"]), 1e-12);
    EXPECT_NEAR(1.0 / canopy_geometry(r.mu, r.chi_l).diffuse, double(c["mubar"]), 1e-10);
  }
}

/// Light sunlit leaves absorb, by Runge-Kutta steps down the canopy with the upward light at its top known.
double sunlit_by_quadrature(const CanopyGeometry<double>& sun, const LeafScattering<double>& leaves, double area,
                            double direct, double diffuse, double albedo) {
  const double lost = 1.0 - leaves.total + leaves.back, d = sun.diffuse;
  const auto slope = [&](double x, const std::array<double, 3>& y) {
    const double beam = direct * std::exp(-sun.K * x);
    return std::array{d * (lost * y[0] - leaves.back * y[1]) - sun.K * leaves.back_direct * beam,
                      d * (leaves.back * y[0] - lost * y[1]) + sun.K * (leaves.total - leaves.back_direct) * beam,
                      (1.0 - leaves.total) * (sun.K * beam + std::exp(-sun.K * x) * d * (y[0] + y[1]))};
  };
  std::array<double, 3> y{albedo, diffuse, 0.0};
  const int steps = 4000;
  const double h = area / steps;
  for (int i = 0; i < steps; ++i) {
    std::array<double, 3> sum{}, at = y, k{};
    for (int stage = 0; stage < 4; ++stage) {
      k = slope((i + (stage == 0 ? 0.0 : stage == 3 ? 1.0 : 0.5)) * h, at);
      for (int v = 0; v < 3; ++v) {
        sum[v] += (stage == 1 || stage == 2 ? 2.0 : 1.0) * k[v];
        at[v] = y[v] + (stage == 2 ? 1.0 : 0.5) * h * k[v];
      }
    }
    for (int v = 0; v < 3; ++v) y[v] += h / 6.0 * sum[v];
  }
  return y[2];
}

TEST(TwoStream, GivesSunlitLeavesTheLightWhereTheBeamReaches) {
  for (const double area : {1e-3, 0.5, 3.0})
    for (const double mu : {0.2, 0.6, 0.95})
      for (const double omega : {0.15, 0.7}) {
        const auto sun = canopy_geometry(mu, 0.1);
        const auto leaves = leaf_scattering(sun, 0.6 * omega, 0.4 * omega);
        const auto got = canopy_light(sun, leaves, area, {0.6, 0.4, 0.15, 0.15});
        EXPECT_NEAR(got.absorbed_sunlit, sunlit_by_quadrature(sun, leaves, area, 0.6, 0.4, got.albedo), 1e-10);
        EXPECT_GT(got.absorbed_canopy, got.absorbed_sunlit);
      }
}

TEST(TwoStream, GivesAPackTheBitsOfItsMembers) {
  const auto f = [](const auto* in, auto* out) {
    const auto sun = canopy_geometry(0.43, in[0]);
    const auto leaves = leaf_scattering(sun, in[1], in[2]);
    const auto got = canopy_light(sun, leaves, in[3], {in[4], 1.0 - in[4], in[5], in[5]});
    out[0] = got.albedo, out[1] = got.absorbed_canopy, out[2] = got.absorbed_ground, out[3] = got.absorbed_sunlit;
    out[4] = mean_decay(in[3], simd::exp(-in[3]));
  };
  test::expect_lanes_equal_scalars<6, 5>(f, {{0.01, 0.1, 0.05, 3.0, 0.7, 0.2},
                                             {0.0, 0.45, 0.25, 0.0, 0.0, 0.8},
                                             {-0.4, 0.5, 0.28, 40.0, 1.0, 0.1},
                                             {0.6, 0.07, 0.05, 1e-6, 0.3, 0.3}});
}

TEST(MeanDecay, IsContinuousWhereTheSeriesEnds) {
  EXPECT_EQ(mean_decay(0.0, 1.0), 1.0);
  for (const double x : {1e-4, 0.0099999, 0.0100001, 1.0, 300.0})
    EXPECT_NEAR(mean_decay(x, simd::exp(-x)), -std::expm1(-x) / x, 2e-14);
}

}  // namespace
}  // namespace tilth::physics
