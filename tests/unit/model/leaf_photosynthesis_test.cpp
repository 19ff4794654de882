#include "model/leaf_photosynthesis.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/lanes.hpp"
#include "support/shared.hpp"

namespace tilth::physics {
namespace {

constexpr double sea_level = 101325.0;

/// A leaf with the default parameters.
struct Leaf {
  LeafKinetics<double> kinetics;
  LeafResponse<double> at;
  LeafLight<double> light;
  double drive, gross;
  Leaf(bool c4, double kelvin, double ci, double apar, double v25, double growth_c = 20.0)
      : kinetics(leaf_kinetics(c4, kelvin, sea_level, acclimation(growth_c, 1.0))),
        at(leaf_response(c4, kinetics, ci)),
        light{v25, apar, 0.5 * 0.85 * apar},
        drive(light_drive(c4, kinetics, light)),
        gross(gross_assimilation(c4, at, v25, drive).value) {}
};

void expect_close(double got, double wanted, double relative = 1e-9) {
  EXPECT_NEAR(got, wanted, relative * std::abs(wanted)) << got << " for " << wanted;
}

TEST(C3Leaf, AgreesWithTheSharedReference) {
  TILTH_SHARED_OR_SKIP(reference, "model-ref/R03_farquhar_c3.json");
  const double v25 = reference["vcmax25"];
  for (const auto& c : reference["cases"]) {
    const Leaf leaf(false, c["T"], c["ci"], c["apar"], v25, reference["t_growth_C"]);
    expect_close(leaf.kinetics.km, double(c["Kc"]) * (1.0 + 0.2095 * sea_level / double(c["Ko"])));
    expect_close(leaf.kinetics.gamma_star, c["Gstar"]);
    expect_close(v25 * leaf.kinetics.carboxylation, c["Vcmax"]);
    expect_close(v25 * leaf.kinetics.transport, c["Jmax"]);
    expect_close(0.015 * v25 * leaf.kinetics.respiration, c["Rd"]);
    expect_close(leaf.drive, c["J"]);
    expect_close(v25 * leaf.at.carboxylation.value, c["Ac"]);
    expect_close(leaf.drive * leaf.at.light.value, c["Aj"]);
    expect_close(v25 * leaf.at.product.value, c["Ap"]);
    expect_close(leaf.gross, c["Ag"]);
  }
}

TEST(C4Leaf, AgreesWithTheSharedReference) {
  TILTH_SHARED_OR_SKIP(reference, "model-ref/R04_collatz_c4.json");
  const double v25 = reference["vcmax25"];
  for (const auto& c : reference["cases"]) {
    const Leaf leaf(true, c["T"], c["ci"], c["apar"], v25);
    expect_close(v25 * leaf.kinetics.carboxylation, c["Vcmax"]);
    expect_close(0.025 * v25 * leaf.kinetics.respiration, c["Rd"]);
    expect_close(leaf.drive * leaf.at.light.value, c["Aj"]);
    expect_close(v25 * leaf.at.product.value, c["Ap"]);
    expect_close(leaf.gross, c["Ag"]);
  }
}

TEST(C3Leaf, AssimilatesLittleAtFiveDegrees) {
  const Leaf leaf(false, 278.15, 15.0, 300.0, 60.0);
  expect_close(leaf.drive, 25.86035319496351);
  expect_close(leaf.gross, 3.495390902940582);
  expect_close(0.015 * 60.0 * leaf.kinetics.respiration, 0.27109724406372826);
}

TEST(C4Leaf, IsLimitedByLightInTheShade) {
  expect_close(Leaf(true, 298.15, 5.0, 100.0, 40.0).gross, 4.810230398815708);
  expect_close(Leaf(true, 283.15, 5.0, 1500.0, 40.0).gross, 3.6965893063477107);
}

/// Arrhenius function with a peak, written with one exponential each.
double peaked(double energy, double entropy, double deactivation, double kelvin) {
  const double r = gas_constant, t0 = 298.15;
  return std::exp(energy * (kelvin - t0) / (t0 * r * kelvin)) *
         (1.0 + std::exp((t0 * entropy - deactivation) / (t0 * r))) /
         (1.0 + std::exp((kelvin * entropy - deactivation) / (kelvin * r)));
}

TEST(C3Kinetics, SharesExponentialsFromFrostToHeat) {
  for (const double kelvin : {230.0, 263.15, 298.15, 313.15, 333.15}) {
    const auto k = leaf_kinetics(false, kelvin, sea_level, acclimation(25.0, 1.1));
    expect_close(k.carboxylation, peaked(71513, 668.39 - 1.07 * 25, 2e5, kelvin), 1e-11);
    expect_close(k.transport, 1.1 * (2.59 - 0.035 * 25) * peaked(49884, 659.70 - 0.75 * 25, 2e5, kelvin), 1e-11);
    expect_close(k.respiration, peaked(46390, 490, 150650, kelvin), 1e-11);
    expect_close(k.product, 0.501 * peaked(53100, 490, 150650, kelvin), 1e-11);
  }
}

TEST(C3Kinetics, KeepsFiniteOutsideTheRangeOfClimates) {
  for (const bool c4 : {false, true})
    for (const double kelvin : {-50.0, 0.0, 150.0, 400.0, 5000.0}) {
      const auto k = leaf_kinetics(c4, kelvin, sea_level, acclimation(20.0, 1.0));
      for (const double rate : {k.carboxylation, k.product, k.respiration}) {
        EXPECT_TRUE(std::isfinite(rate)) << kelvin;
        EXPECT_GE(rate, 0.0);
      }
    }
}

TEST(Acclimation, StopsSmoothlyAtElevenAndThirtyFiveDegrees) {
  const auto ratio = [](double t) { return acclimation(t, 1.0).j_per_v; };
  EXPECT_EQ(ratio(-20.0), ratio(11.0));
  EXPECT_EQ(ratio(60.0), ratio(35.0));
  EXPECT_NEAR(ratio(20.0), 2.59 - 0.035 * 20.0, 1e-15);
  for (const double t : {11.0, 13.0, 33.0, 35.0}) {  // slopes on either side of a joint
    const double h = 1e-5;
    EXPECT_NEAR((ratio(t + h) - ratio(t)) / h, (ratio(t) - ratio(t - h)) / h, 1e-6) << t;
  }
}

TEST(Leaf, StandsStillWithoutLightOrCapacity) {
  for (const bool c4 : {false, true}) {
    EXPECT_EQ(Leaf(c4, 298.15, 28.0, 0.0, 60.0).gross, 0.0);
    EXPECT_EQ(Leaf(c4, 298.15, 28.0, 800.0, 0.0).gross, 0.0);
    const Leaf dark(c4, 298.15, 28.0, 0.0, 0.0);
    EXPECT_EQ(dark.gross, 0.0);
    EXPECT_EQ(transport_share(c4, dark.at, dark.light, dark.gross), 1.0);
  }
  EXPECT_EQ(Leaf(false, 298.15, 4.0, 800.0, 60.0).gross, 0.0);  // below the compensation point of 4.3 Pa
}

TEST(Leaf, ScalesWithItsArea) {
  for (const bool c4 : {false, true}) {
    const Leaf one(c4, 295.0, 26.0, 400.0, 55.0), three(c4, 295.0, 26.0, 1200.0, 165.0);
    expect_close(three.gross, 3.0 * one.gross, 1e-14);
  }
}

TEST(Leaf, TransportFallsFromDimToBrightLight) {
  const auto share = [](bool c4, double apar) {
    const Leaf leaf(c4, 298.15, 28.0, apar, 50.0);
    return transport_share(c4, leaf.at, leaf.light, leaf.gross);
  };
  for (const bool c4 : {false, true}) {
    EXPECT_GT(share(c4, 1.0), 0.9);
    EXPECT_LE(share(c4, 1.0), 1.0);
    EXPECT_GT(share(c4, 1.0), share(c4, 500.0));
    EXPECT_GT(share(c4, 500.0), share(c4, 2000.0));
    EXPECT_GT(share(c4, 2000.0), 0.05);
  }
}

TEST(Leaf, KnowsTheSlopeOfItsAssimilation) {
  for (const bool c4 : {false, true})
    for (const double ci : {4.6, 5.5, 12.0, 28.0, 60.0}) {
      const Leaf leaf(c4, 298.15, ci, 400.0, 50.0);
      const double h = 1e-4 * ci;
      const double difference =
          (Leaf(c4, 298.15, ci + h, 400.0, 50.0).gross - Leaf(c4, 298.15, ci - h, 400.0, 50.0).gross) / (2.0 * h);
      EXPECT_NEAR(gross_assimilation(c4, leaf.at, 50.0, leaf.drive).slope, difference, 1e-6) << ci;
    }
}

TEST(Leaf, GivesAPackTheBitsOfItsMembers) {
  for (const bool c4 : {false, true}) {
    const auto f = [c4](const auto* in, auto* out) {
      const auto k = leaf_kinetics(c4, in[0], in[1], acclimation(in[2], in[3]));
      const auto at = leaf_response(c4, k, in[4]);
      const std::remove_cvref_t<decltype(LeafLight{in[0], in[0], in[0]})> light{in[5], in[6], 0.425 * in[6]};
      const auto rate = gross_assimilation(c4, at, light.capacity, light_drive(c4, k, light));
      out[0] = k.respiration, out[1] = k.km, out[2] = rate.value, out[3] = rate.slope;
      out[4] = transport_share(c4, at, light, rate.value);
    };
    test::expect_lanes_equal_scalars<7, 5>(f, {{298.15, 101325.0, 20.0, 1.0, 28.0, 60.0, 500.0},
                                               {250.0, 60000.0, -5.0, 0.8, 15.0, 0.0, 0.0},
                                               {330.0, 99000.0, 45.0, 1.4, 3.0, 100.0, 2500.0}});
  }
}

}  // namespace
}  // namespace tilth::physics
