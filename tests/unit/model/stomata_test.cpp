#include "model/stomata.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "support/lanes.hpp"
#include "support/shared.hpp"

namespace tilth::physics {
namespace {

struct StomataCase {
  double kelvin, ca, vpd, apar, v25, g1, g0, beta;
  double full_ci, full_net, full_conductance, chi, net, conductance;
};

const std::vector<StomataCase> carried = {
    {298.15, 41.0, 1000.0, 1000.0, 60.0, 3.5, 0.01, 1.0, 32.262626938184525, 13.138576456689542, 0.2437833431271534,
     0.7777777777777778, 13.035079891215693, 0.24194176058140238},
    {303.15, 41.0, 3000.0, 1500.0, 80.0, 4.5, 0.01, 0.4, 22.737320742601568, 12.289473664636509, 0.10909513562768852,
     0.5096189432334203, 11.072403504912836, 0.09928139292092981}};

constexpr double pressure = 101325.0;

/// Net assimilation and conductance of a C3 leaf by either solver; `co2_share` is ci over ca.
struct Solved {
  double ci, net, conductance;
};
Solved solved(const StomataCase& c, StomataSolver solver, double boundary_resistance = 0.0) {
  const double co2 = c.ca / pressure * 1e6;
  const auto k = leaf_kinetics(false, c.kelvin, pressure, acclimation(20.0, 1.0));
  const auto open = stomata(c.vpd, c.g1 * c.beta, c.ca, 1.0 / co2);
  const LeafLight<double> leaf{c.v25, c.apar, 0.425 * c.apar};
  const double drive = light_drive(false, k, leaf), respiration = 0.015 * c.v25 * k.respiration;
  const double ci = solver == StomataSolver::closed_form ? open.ci
                                                         : internal_co2(false, k, leaf, drive, respiration, open,
                                                                        {c.g0, boundary_resistance, c.ca, pressure});
  const double net = gross_assimilation(false, leaf_response(false, k, ci), c.v25, drive).value - respiration;
  return {ci, net, c.g0 + open.slope * opening(net, respiration).value};
}

void expect_agreement(const StomataCase& c) {
  const Solved closed = solved(c, StomataSolver::closed_form), full = solved(c, StomataSolver::newton3);
  EXPECT_NEAR(closed.ci / c.ca, c.chi, 1e-9);
  EXPECT_NEAR(closed.net / c.net, 1.0, 1e-9);
  EXPECT_NEAR(closed.conductance / c.conductance, 1.0, 1e-9);
  EXPECT_NEAR(full.ci / c.full_ci, 1.0, 1e-6);
  EXPECT_NEAR(full.net / c.full_net, 1.0, 1e-6);
  EXPECT_NEAR(full.conductance / c.full_conductance, 1.0, 1e-6);
}

TEST(Stomata, SolvesTheCasesItCarries) {
  for (const StomataCase& c : carried) expect_agreement(c);
}

TEST(Stomata, AgreesWithTheSharedReference) {
  TILTH_SHARED_OR_SKIP(reference, "model-ref/R05_medlyn.json");
  for (const auto& c : reference["cases"]) {
    const auto& full = c["full"];
    const auto& closed = c["closed_form"];
    expect_agreement({c["T"], c["ca"], c["vpd"], c["apar"], c["vcmax25"], c["g1"], c["g0"], c["beta"], full["ci"],
                      full["An"], full["gs"], closed["chi"], closed["An"], closed["gs"]});
  }
}

TEST(Stomata, SolutionSatisfiesDiffusionThroughStomataAndBoundaryLayer) {
  const StomataCase c = carried[1];
  const double resistance = 2.0;
  const Solved s = solved(c, StomataSolver::newton3, resistance);
  EXPECT_NEAR(s.ci, c.ca - 1e-6 * pressure * s.net * (1.6 / s.conductance + 1.37 * resistance), 1e-4);
  EXPECT_LT(s.ci, solved(c, StomataSolver::newton3).ci);
}

TEST(Stomata, StayAtTheirMinimumInTheDark) {
  StomataCase c = carried[0];
  c.apar = 0.0;
  EXPECT_EQ(solved(c, StomataSolver::closed_form).conductance, c.g0);
  const Solved dark = solved(c, StomataSolver::newton3);
  EXPECT_EQ(dark.conductance, c.g0);
  EXPECT_GT(dark.ci, c.ca);
}

TEST(Stomata, DeficitHasASmoothFloor) {
  const auto ci = [](double vpd) { return stomata(vpd, 4.0, 40.0, 1.0 / 400.0).ci; };
  EXPECT_EQ(ci(-500.0), ci(50.0));
  EXPECT_NEAR(ci(100.0), 40.0 * 4.0 / (4.0 + std::sqrt(0.1)), 1e-12);
  for (const double vpd : {50.0, 100.0}) {
    const double h = 1e-3;
    EXPECT_NEAR((ci(vpd + h) - ci(vpd)) / h, (ci(vpd) - ci(vpd - h)) / h, 1e-5) << vpd;
  }
}

TEST(LeafStress, SplitsBetweenCapacityAndStomata) {
  const auto none = leaf_stress(1.0, 0.5), half = leaf_stress(0.4, 0.3);
  EXPECT_EQ(none.capacity, 1.0);
  EXPECT_EQ(none.stomata, 1.0);
  EXPECT_NEAR(half.capacity, std::pow(0.4, 0.3), 1e-15);
  EXPECT_NEAR(half.stomata, std::pow(0.4, 0.7), 1e-15);
  EXPECT_NEAR(leaf_stress(0.4, 0.0).stomata, 0.4, 1e-16);
  const auto dry = leaf_stress(0.0, 0.5);
  EXPECT_NEAR(dry.capacity, 1e-3, 1e-15);
  EXPECT_NEAR(dry.stomata, 1e-3, 1e-15);
}

TEST(Stomata, GiveAPackTheBitsOfItsMembers) {
  const auto f = [](const auto* in, auto* out) {
    const auto k = leaf_kinetics(false, in[0], in[0] * 340.0, acclimation(in[0] - 275.0, in[0] / 298.0));
    const auto stress = leaf_stress(in[1], in[2]);
    const auto open = stomata(in[3], in[4] * stress.stomata, in[5], 10.0 / in[5]);
    std::remove_cvref_t<decltype(LeafLight{in[0], in[0], in[0]})> leaf{60.0 * stress.capacity, in[6], 0.4 * in[6]};
    const auto drive = light_drive(false, k, leaf);
    out[0] = open.ci, out[1] = open.slope;
    out[2] = internal_co2(false, k, leaf, drive, 0.02 * leaf.capacity, open, {in[7], in[7], in[5], 1e5 + in[0]});
  };
  test::expect_lanes_equal_scalars<8, 3>(f, {{298.15, 1.0, 0.5, 1000.0, 4.0, 41.0, 800.0, 0.01},
                                             {270.0, 0.0, 0.98, -20.0, 2.0, 38.0, 0.0, 0.005},
                                             {320.0, 0.3, 0.02, 6000.0, 6.0, 60.0, 2000.0, 0.02}});
}

}  // namespace
}  // namespace tilth::physics
