#include "model/interception.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace tilth::physics {
namespace {

TEST(Interception, SharesAndCapacityFollowTheirFormulas) {
  EXPECT_NEAR(interception_capacity(0.2, 4.0), 0.8, 2e-6);
  EXPECT_GT(interception_capacity(0.2, 0.0), 0.0);
  EXPECT_NEAR(intercepted_share(4.0), 1.0 - std::exp(-2.0), 1e-15);
  EXPECT_EQ(intercepted_share(0.0), 0.0);
  EXPECT_NEAR(wet_fraction(0.1, 0.8), std::pow(0.125, 2.0 / 3.0), 1e-14);
  EXPECT_EQ(wet_fraction(0.9, 0.8), 1.0);
  EXPECT_EQ(wet_fraction(0.0, 0.8), 0.0);
  EXPECT_NEAR(wet_fraction(0.8e-6, 0.8), 1e-4, 1e-12);  // where the linear part begins
  EXPECT_NEAR(wet_fraction(0.79999e-6, 0.8), 1e-4, 2e-9);
}

TEST(Interception, HoldsWaterUpToTheCapacityAndDripsTheRest) {
  const auto little = fill_canopy(0.1, 0.2, 0.8);
  EXPECT_NEAR(little.water, 0.3, 3e-4);
  const auto much = fill_canopy(0.5, 10.0, 0.8);
  EXPECT_NEAR(much.water, 0.8, 8e-4);
  const auto full = fill_canopy(0.4, 0.4, 0.8);  // the corner is round
  EXPECT_NEAR(full.water, 0.8 / (1.0 + std::sqrt(0.001)), 1e-12);
  const auto emptied = fill_canopy(0.3, -0.3, 0.8);
  EXPECT_EQ(emptied.water, 0.0);
  EXPECT_EQ(emptied.drip, 0.0);
}

TEST(Interception, ClosesAndStaysWithinBounds) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  for (int i = 0; i < 20000; ++i) {
    const double capacity = interception_capacity(0.2, i % 7 == 0 ? 0.0 : 10.0 * unit(random));
    const double water = capacity * unit(random),
                 gain = i % 3 == 0 ? -water * unit(random) : 20.0 * std::pow(unit(random), 6);
    const auto after = fill_canopy(water, gain, capacity);
    ASSERT_GE(after.water, 0.0);
    ASSERT_LE(after.water, capacity);
    ASSERT_GE(after.drip, 0.0);
    ASSERT_NEAR(after.water + after.drip, water + gain, 1e-14);
  }
}

TEST(Interception, LanesGiveTheBitsOfADoubleBesideANeighbourThatIsNotANumber) {
  using Pair = simd::Pack<xsimd::sse2>;
  const auto run = [](auto water, auto gain, auto capacity) {
    const auto after = fill_canopy(water, gain, capacity);
    return wet_fraction(after.water, capacity) + after.drip;
  };
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  for (int i = 0; i < 5000; ++i) {
    alignas(16) const double water[2] = {std::numeric_limits<double>::quiet_NaN(), unit(random)};
    alignas(16) double sum[2];
    const double gain = 0.3 * unit(random);
    simd::store(sum, run(simd::load<Pair>(water), Pair(gain), Pair(1.1)));
    ASSERT_TRUE(std::isnan(sum[0]));
    ASSERT_EQ(sum[1], run(water[1], gain, 1.1));
  }
}

}  // namespace
}  // namespace tilth::physics
