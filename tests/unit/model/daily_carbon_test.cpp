#include <gtest/gtest.h>

#include <array>

#include "model/carbon.hpp"

namespace tilth::physics {
namespace {

constexpr double day = 1.0, year = 365.0;

/// The linear carbon chain of the reference case: 700 gC m-2 yr-1 into the labile pool.
struct Chain {
  std::array<double, 8> x{};  // labile leaf root wood litter cwd fast slow
  double respired = 0.0;

  void step() {
    const double input = 700.0 / year * day;
    const double released = decay_pool(x[0], input, 1.0 / 30.0);
    const double leaf = decay_pool(x[1], 0.35 * released, 1.0 / 365.0);
    const double root = decay_pool(x[2], 0.30 * released, 1.0 / 500.0);
    const double wood = decay_pool(x[3], 0.35 * released, 1.0 / (40.0 * year));
    const DecayRates<double> k{1.0 / 200.0, 1.0 / (15 * year), 1.0 / (12 * year), 1.0 / (400 * year)};
    respired += decompose(x[4], x[5], x[6], x[7], leaf + root, wood, k).respired;
  }
};

constexpr std::array<double, 8> steady{
    57.534246575342465, 245.0, 287.6712328767123, 9800.0, 249.31506849315065, 3675.0, 4221.0, 21105.0};

TEST(Carbon, TheSteadyStateOfTheMatrixIsAFixedPoint) {
  Chain chain;
  chain.x = steady;
  for (int d = 0; d < 3650; ++d) chain.step();
  for (int i = 0; i < 8; ++i) EXPECT_NEAR(chain.x[std::size_t(i)] / steady[std::size_t(i)], 1.0, 1e-11) << i;
}

TEST(Carbon, AHundredYearsFromNothingFollowTheMatrixExponential) {
  const std::array<double, 8> expected{57.534246575342465, 245.0,
                                       287.6712328767123,  8993.910665538267,
                                       249.31506849315065, 3194.1680177779554,
                                       3894.701134498349,  3203.583641589812};
  Chain chain;
  for (int d = 0; d < 36500; ++d) chain.step();
  // Inputs are constant within a day, which the exponential does not assume: second order in the day.
  for (int i = 0; i < 8; ++i) EXPECT_NEAR(chain.x[std::size_t(i)] / expected[std::size_t(i)], 1.0, 5e-6) << i;
  double stored = 0.0;
  for (const double x : chain.x) stored += x;
  EXPECT_NEAR(stored + chain.respired, 70000.0, 1e-7);
}

TEST(Carbon, SurvivalIsAccurateForFastPools) {
  for (const double k : {1e-6, 0.01, 0.1, 0.5}) EXPECT_NEAR(mean_survival(k), -std::expm1(-k) / k, 2e-13) << k;
  EXPECT_EQ(mean_survival(0.0), 1.0);
}

TEST(Carbon, MaintenanceIsOneAt25C) { EXPECT_NEAR(maintenance_response(25.0), 1.0, 1e-15); }

}  // namespace
}  // namespace tilth::physics
