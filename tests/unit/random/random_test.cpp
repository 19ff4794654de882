#include "core/random/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

namespace tilth {
namespace {

constexpr int draws = 100'000;

std::vector<double> normals(const Random& random, Random::Key key, std::int64_t Random::Key::*running) {
  std::vector<double> values;
  for (int i = 0; i < draws; ++i) {
    key.*running = i;
    values.push_back(random.normal(key));
  }
  return values;
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  double ab = 0.0, aa = 0.0, bb = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return ab / std::sqrt(aa * bb);
}

// Sampling error of a mean of `draws` values of unit variance; 4.5 of them are exceeded once in 150 000 tests.
const double five_sigma = 4.5 / std::sqrt(static_cast<double>(draws));

TEST(Random, UniformIsPhilox4x64OfTheKey) {
  // First word of the known answers of Random123 (kat_vectors, philox 4x64 10) for counter and key all zero.
  const auto from_word = [](std::uint64_t word) { return (static_cast<double>(word >> 12) + 0.5) * 0x1p-52; };
  EXPECT_EQ(Random(0, Purpose{0}).uniform({}), from_word(0x16554d9eca36314c));
}

TEST(Random, SameKeyGivesTheSameValueInAnyOrderAndObject) {
  const Random one(42, Purpose::weather), two(42, Purpose::weather);
  const Random::Key a{5, 3, 1'000'000'007, 1}, b{6, 3, 1'000'000'007, 1};
  const double first = one.normal(a), second = one.normal(b);
  EXPECT_EQ(two.normal(b), second);
  EXPECT_EQ(two.normal(a), first);
  EXPECT_EQ(one.uniform(a), two.uniform(a));
}

TEST(Random, EveryPartOfTheKeyChangesTheValue) {
  const Random random(42, Purpose::weather);
  const Random::Key key{5, 3, 17, 1};
  const std::array<double, 8> values = {
      random.uniform(key),           random.uniform({6, 3, 17, 1}),           random.uniform({5, -1, 17, 1}),
      random.uniform({5, 3, 18, 1}), random.uniform({5, 3, 17, 0}),           Random(43, Purpose::weather).uniform(key),
      random.uniform({3, 5, 17, 1}), Random(42, Purpose::nature).uniform(key)};
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(values[i], values[j]) << i << " " << j;
  }
}

TEST(Random, NormalsHaveTheMomentsOfTheStandardNormal) {
  const Random random(7, Purpose::test);
  for (auto running : {&Random::Key::cycle, &Random::Key::member, &Random::Key::id, &Random::Key::draw}) {
    double m1 = 0.0, m2 = 0.0, m3 = 0.0, m4 = 0.0;
    for (const double x : normals(random, {}, running)) {
      m1 += x / draws;
      m2 += x * x / draws;
      m3 += x * x * x / draws;
      m4 += x * x * x * x / draws;
    }
    // Standard deviations of x, x^2, x^3, x^4 of a standard normal: 1, sqrt(2), sqrt(15), sqrt(96).
    EXPECT_NEAR(m1, 0.0, five_sigma);
    EXPECT_NEAR(m2, 1.0, five_sigma * std::sqrt(2.0));
    EXPECT_NEAR(m3, 0.0, five_sigma * std::sqrt(15.0));
    EXPECT_NEAR(m4, 3.0, five_sigma * std::sqrt(96.0));
  }
}

TEST(Random, NormalsFollowTheNormalDistributionFunction) {
  const std::vector<double> values = normals(Random(8, Purpose::test), {}, &Random::Key::id);
  for (const double x : {-3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0}) {
    double below = 0.0;
    for (const double value : values) below += (value < x ? 1.0 : 0.0) / draws;
    const double expected = 0.5 * std::erfc(-x / std::sqrt(2.0));
    EXPECT_NEAR(below, expected, five_sigma * std::sqrt(expected * (1.0 - expected))) << x;
  }
}

TEST(Random, UniformsFillTheOpenUnitIntervalEvenly) {
  const Random random(9, Purpose::test);
  constexpr int bins = 100;
  std::array<int, bins> count{};
  for (std::int64_t i = 0; i < draws; ++i) {
    const double u = random.uniform({.id = i});
    ASSERT_GT(u, 0.0);
    ASSERT_LT(u, 1.0);
    ++count[static_cast<std::size_t>(u * bins)];
  }
  double chi_square = 0.0;
  for (const int n : count) chi_square += (n - draws / bins) * (n - draws / bins) / (1.0 * draws / bins);
  EXPECT_NEAR(chi_square, bins - 1, 4.5 * std::sqrt(2.0 * (bins - 1)));
}

TEST(Random, SeedsPurposesMembersIdsAndNeighboursAreUncorrelated) {
  const Random random(1, Purpose::weather);
  const std::vector<double> base = normals(random, {}, &Random::Key::id);
  const auto expect_uncorrelated = [&](const std::vector<double>& other, const char* what) {
    EXPECT_NEAR(correlation(base, other), 0.0, five_sigma) << what;
  };
  expect_uncorrelated(normals(Random(2, Purpose::weather), {}, &Random::Key::id), "seed");
  expect_uncorrelated(normals(Random(1, Purpose::nature), {}, &Random::Key::id), "purpose");
  expect_uncorrelated(normals(random, {.member = 1}, &Random::Key::id), "member");
  expect_uncorrelated(normals(random, {.member = -1}, &Random::Key::id), "nature");
  expect_uncorrelated(normals(random, {.cycle = 1}, &Random::Key::id), "cycle");
  expect_uncorrelated(normals(random, {.draw = 1}, &Random::Key::id), "draw");
  expect_uncorrelated(normals(random, {}, &Random::Key::member), "members against ids");
  std::vector<double> shifted(base.begin() + 1, base.end());
  shifted.push_back(base.front());
  expect_uncorrelated(shifted, "neighbouring ids");
  std::vector<double> uniform;
  for (std::int64_t i = 0; i < draws; ++i) uniform.push_back((random.uniform({.id = i}) - 0.5) * std::sqrt(12.0));
  expect_uncorrelated(uniform, "uniform of the same key");
}

TEST(Random, StreamIsTheOneThatEarlierRunsUsed) {
  // A change here means that no earlier run can be reproduced. The values are those of an independent implementation
  // (numpy.random.Philox with the same counters and keys, then the polar method in Python).
  const Random random(42, Purpose::prior_parameters);
  const auto bits = [](double x) { return std::bit_cast<std::uint64_t>(x); };
  const Random::Key zero{}, nature{12, -1, 4711, 3}, large{17532, 39, 123456789012, 2};
  EXPECT_EQ(bits(random.uniform(zero)), 0x3fd7de4db826ae92u);
  EXPECT_EQ(bits(random.uniform(nature)), 0x3fbb2fcea593ea08u);
  EXPECT_EQ(bits(random.uniform(large)), 0x3fece0715423bdd3u);
  EXPECT_EQ(bits(random.normal(zero)), 0x3fe27476efa30ce9u);
  EXPECT_EQ(bits(random.normal(nature)), 0xbfe3de0cfd402609u);
  EXPECT_EQ(bits(random.normal(large)), 0xbff693e5037ff87bu);
}

}  // namespace
}  // namespace tilth
