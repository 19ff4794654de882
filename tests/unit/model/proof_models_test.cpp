#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/base/error.hpp"
#include "support/lorenz.hpp"
#include "support/shared.hpp"
#include "unit/model/proof_column.hpp"

namespace tilth::test {
namespace {

std::vector<double> wave(int n) {
  std::vector<double> x;
  for (int i = 0; i < n; ++i) x.push_back(8.0 + 3.0 * std::sin(0.7 * i) + std::cos(2.1 * i));
  return x;
}

TEST(Lorenz96, AgreesWithItsReferenceTrajectory) {
  TILTH_SHARED_OR_SKIP(truth, "truth/16_models.json");
  ProofColumn c("lorenz96", "{}", 3);
  c.set(truth["inputs"]["l96_x0"].get<std::vector<double>>());
  const auto& out = truth["expected"];
  int done = 0;
  for (const int steps : {1, 10, 40}) {
    c.days(steps - done);
    done = steps;
    const auto expected = out["l96_" + std::to_string(steps)].get<std::vector<double>>();
    for (int i = 0; i < 40; ++i) EXPECT_NEAR(c.x(i, 2), expected[std::size_t(i)], 1e-8) << steps << " steps";
  }
}

TEST(Lorenz63, AgreesWithItsReferenceTrajectory) {
  TILTH_SHARED_OR_SKIP(truth, "truth/16_models.json");
  ProofColumn c("lorenz63", "{}", 1);
  c.set(truth["inputs"]["l63_x0"].get<std::vector<double>>());
  const auto& out = truth["expected"];
  int done = 0;
  for (const int steps : {1, 10, 100}) {
    c.days(steps - done);
    done = steps;
    const auto expected = out["l63_" + std::to_string(steps)].get<std::vector<double>>();
    for (int i = 0; i < 3; ++i) EXPECT_NEAR(c.x(i), expected[std::size_t(i)], 1e-8) << steps << " steps";
  }
}

// The reported tendency is that of the state after the step, a step of 1e-10 away from the reference state.
void expect_tendency(const std::string& model, const nlohmann::json& start, const nlohmann::json& expected) {
  ProofColumn c(model, "{dt: 1.0e-10}", 1);
  c.set(start.get<std::vector<double>>());
  c.days(1);
  const auto tendency = expected.get<std::vector<double>>();
  const int first = c.traits().layout.row("tendency");
  for (std::size_t i = 0; i < tendency.size(); ++i)
    EXPECT_NEAR(c.x(first + int(i)), tendency[i], 1e-6) << model << ", layer " << i;
}

TEST(ProofModel, ReportsTheReferenceTendencies) {
  TILTH_SHARED_OR_SKIP(truth, "truth/16_models.json");
  expect_tendency("lorenz96", truth["inputs"]["l96_x0"], truth["expected"]["l96_tendency"]);
  expect_tendency("lorenz63", truth["inputs"]["l63_x0"], truth["expected"]["l63_tendency"]);
}

TEST(Lorenz96, StaysAtItsFixedPoint) {
  ProofColumn c("lorenz96", "{F: 6.5}", 2);
  c.set(std::vector<double>(40, 6.5));
  c.days(20);
  for (int i = 0; i < 40; ++i) EXPECT_EQ(c.x(i, 1), 6.5);  // the tendency is an exact 0
}

TEST(Lorenz96, DissipatesEnergyOnlyThroughTheLinearTerm) {
  // The advection term conserves sum x^2 / 2, so d/dt sum x^2 / 2 = sum (F - x) x for any state.
  ProofColumn c("lorenz96", "{dt: 1.0e-4}", 1);
  c.set(wave(40));
  c.days(1);
  double rate = 0.0, expected = 0.0;
  for (int i = 0; i < 40; ++i) {
    rate += c.x(i) * c.x(40 + i);  // rows 40.. hold the tendency at the end of the step
    expected += c.x(i) * (8.0 - c.x(i));
  }
  EXPECT_NEAR(rate, expected, 1e-9);  // round-off of 40 products near 1000
}

TEST(Lorenz96, GivesEveryMemberItsOwnForcing) {
  ProofColumn c("lorenz96", "{steps_per_day: 4}", 9);
  std::vector<double> reference = wave(40);
  c.set(reference);
  c.parameter(0, 8) = 9.25;
  c.days(5);
  for (int step = 0; step < 20; ++step) lorenz96_step(reference, 9.25);
  for (int i = 0; i < 40; ++i) {
    EXPECT_NEAR(c.x(i, 8), reference[std::size_t(i)], 1e-10);
    EXPECT_EQ(c.x(i, 0), c.x(i, 7));
    EXPECT_NE(c.x(i, 0), c.x(i, 8));
  }
}

TEST(Lorenz96, ReportsAMemberThatOverflowsAndLeavesItAsItWas) {
  ProofColumn c("lorenz96", "{}", 3);
  c.set(wave(40));
  for (int i = 0; i < 40; ++i) c.x(i, 1) = i % 2 ? 1e150 : -1e140;
  const StepReport report = c.days(1);
  EXPECT_EQ(report.failed, std::vector<int>{1});
  EXPECT_EQ(c.x(3, 1), 1e150);
  EXPECT_TRUE(std::isfinite(c.x(3, 2)));
}

TEST(Lorenz63, StaysAtItsFixedPoints) {
  ProofColumn c("lorenz63", "{}", 1);
  const double side = std::sqrt(8.0 / 3.0 * 27.0);  // x = y = sqrt(beta (rho - 1)), z = rho - 1
  c.set({side, side, 27.0});
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(c.x(i), i < 2 ? side : 27.0, 0.0);
  c.days(10);
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(c.x(i), i < 2 ? side : 27.0, 1e-11);
}

TEST(Linear, AdvectsExactlyAroundTheCircle) {
  ProofColumn c("linear", "{n: 12, shift: 5}", 2);
  const std::vector<double> x = wave(12);
  c.set(x);
  c.days(1);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(c.x((i + 5) % 12, 1), x[std::size_t(i)]);
  c.days(11);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(c.x(i, 1), x[std::size_t(i)]);
  ProofColumn back("linear", "{n: 12, shift: -5}", 2);
  back.set(x);
  back.days(1);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(back.x(i, 1), x[std::size_t((i + 5) % 12)]);
}

TEST(Linear, ApproachesTheMeanOfAnAutoregressionWithASummand) {
  ProofColumn c("linear", "{factor: 0.8, u: 0.7, start: [1.0]}", 1);
  EXPECT_EQ(c.x(0), 1.0);
  c.days(3);
  EXPECT_NEAR(c.x(0), 0.512 * 1.0 + 0.7 * (1.0 + 0.8 + 0.64), 1e-15);
  c.days(200);
  EXPECT_NEAR(c.x(0), 3.5, 1e-14);
}

TEST(Linear, MultipliesByAGivenMatrix) {
  ProofColumn c("linear", "{n: 2, matrix: [1, 2, 3, 4], start: [5, 6]}", 1);
  c.days(1);
  EXPECT_EQ(c.x(0), 17.0);
  EXPECT_EQ(c.x(1), 39.0);
}

TEST(Linear, RefusesAMatrixOfTheWrongSizeOrBesideAShift) {
  EXPECT_THROW(ProofColumn("linear", "{n: 2, matrix: [1, 2, 3]}", 1), Error);
  EXPECT_THROW(ProofColumn("linear", "{n: 1, matrix: [1], shift: 1}", 1), Error);
  EXPECT_THROW(ProofColumn("linear", "{n: 3, start: [1, 2]}", 1), Error);
}

TEST(ProofModel, DeclaresItsNoiseAndThatItNeedsNoWeather) {
  const ProofColumn c("lorenz96", "{noise_sd: 0.3, start_sd: 0.2}", 1);
  EXPECT_FALSE(c.traits().needs_forcing);
  EXPECT_EQ(c.traits().layout.variable("x").noise_sd, 0.3);
  EXPECT_EQ(c.traits().layout.variable("x").start_sd, 0.2);
}

TEST(ProofModel, RepairsOnlyWhatIsNotFinite) {
  ProofColumn before("lorenz63", "{}", 2), after("lorenz63", "{}", 2);
  after.x(0, 0) = std::numeric_limits<double>::quiet_NaN();
  after.x(1, 1) = 1e9;
  EXPECT_EQ(after.repair(before.view()).clipped, 1);
  EXPECT_EQ(after.x(0, 0), before.x(0, 0));
  EXPECT_EQ(after.x(1, 1), 1e9);
}

}  // namespace
}  // namespace tilth::test
