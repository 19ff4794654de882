#include "core/parallel/reproducible_sum.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "core/base/error.hpp"

namespace tilth {
namespace {

// Both signs, magnitudes over 2^-60 .. 2^60 times `scale`.
std::vector<double> wild_numbers(int count, double scale = 1.0) {
  std::mt19937_64 engine(11);
  std::uniform_real_distribution<double> mantissa(-1.0, 1.0), exponent(-60.0, 60.0);
  std::vector<double> values;
  for (int i = 0; i < count; ++i) values.push_back(mantissa(engine) * std::exp2(exponent(engine)) * scale);
  return values;
}

double largest_magnitude(const std::vector<double>& values) {
  double largest = 0.0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

// The numbers that `split` gives to this rank.
template <class Split>
std::vector<double> share(const Comm& comm, const std::vector<double>& values, Split split) {
  std::vector<double> mine;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (static_cast<int>(split(i) % comm.size()) == comm.rank()) mine.push_back(values[i]);
  }
  return mine;
}

TEST(ReproducibleSum, HasTheSameBitsForEverySplitAndOrder) {
  const Comm comm = Comm::world(), alone = Comm::self();
  for (const double scale : {1.0, 0x1p-950, 0x1p900}) {  // also near the ends of the range of a double
    std::vector<double> values = wild_numbers(10'000, scale);
    const double one_rank = reproducible_sum(alone, values);
    EXPECT_EQ(reproducible_sum(comm, share(comm, values, [](std::size_t i) { return i; })), one_rank);
    EXPECT_EQ(reproducible_sum(comm, share(comm, values, [](std::size_t i) { return i / 7; })), one_rank);
    EXPECT_EQ(reproducible_sum(comm, share(comm, values, [](std::size_t i) { return i * i / 3; })), one_rank);
    EXPECT_EQ(reproducible_sum(comm, share(comm, values, [](std::size_t) { return 0; })), one_rank);
    std::shuffle(values.begin(), values.end(), std::mt19937_64(5));
    EXPECT_EQ(reproducible_sum(comm, share(comm, values, [](std::size_t i) { return i; })), one_rank);
  }
}

TEST(ReproducibleSum, IsAccurateToTheLastBitButOneRounding) {
  const Comm comm = Comm::world();
  const std::vector<double> values = wild_numbers(10'000);
  long double exact = 0.0L;
  for (const double value : values) exact += value;
  // Extended precision: 10 000 additions of 2^-64 of partial sums below 10 000 times the largest addend.
  const double partial_sums = 1e4 * largest_magnitude(values);
  const double sum = reproducible_sum(comm, share(comm, values, [](std::size_t i) { return i; }));
  EXPECT_NEAR(sum, static_cast<double>(exact), 1e4 * 0x1p-64 * partial_sums + 0x1p-53 * std::abs(sum));
}

TEST(ReproducibleSum, KeepsWhatCancellationLeaves) {
  const Comm comm = Comm::world();
  // 1e20 + 1 - 1e20: in doubles the 1 is lost; spread over all ranks here.
  const std::vector<double> values = {1e20, 1.0, -1e20, 0.5};
  EXPECT_EQ(reproducible_sum(comm, share(comm, values, [](std::size_t i) { return i; })), 1.5);
}

TEST(ReproducibleSum, AddsIntegersExactly) {
  const Comm comm = Comm::world();
  ReproducibleSum sum(3, 1e6);
  for (int i = 0; i < 1000; ++i) {
    sum.add(0, 1e6);
    sum.add(1, -1e6);
    sum.add(2, i);
  }
  const std::vector<double> total = sum.total(comm);
  EXPECT_EQ(total, (std::vector<double>{1e9 * comm.size(), -1e9 * comm.size(), 499'500.0 * comm.size()}));
}

TEST(ReproducibleSum, OfNothingOrZerosIsZero) {
  const Comm comm = Comm::world();
  EXPECT_EQ(reproducible_sum(comm, {}), 0.0);
  EXPECT_EQ(reproducible_sum(comm, std::vector<double>{0.0, -0.0}), 0.0);
  EXPECT_TRUE(ReproducibleSum(0, 1.0).total(comm).empty());
  EXPECT_EQ(ReproducibleSum(2, 0.0).total(comm), (std::vector<double>{0.0, 0.0}));
}

TEST(ReproducibleSum, ReachesTheSmallestAndLargestNumbers) {
  const Comm comm = Comm::self();
  using Limits = std::numeric_limits<double>;
  EXPECT_EQ(reproducible_sum(comm, std::vector<double>{Limits::denorm_min()}), Limits::denorm_min());
  EXPECT_EQ(reproducible_sum(comm, std::vector<double>{Limits::max(), -Limits::max(), 1.0}),
            0.0);  // 1 is 2^-1024 of it
  EXPECT_EQ(reproducible_sum(comm, std::vector<double>{Limits::max()}), Limits::max());
}

TEST(ReproducibleSum, RefusesWhatIsNotFiniteOnEveryRank) {
  const Comm comm = Comm::world();
  using Limits = std::numeric_limits<double>;
  for (const double bad : {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()}) {
    const bool last = comm.rank() == comm.size() - 1;
    EXPECT_THROW(reproducible_sum(comm, std::vector<double>{1.0, last ? bad : 2.0}), Failure);
  }
  ReproducibleSum sum(1, 1.0);
  EXPECT_THROW(sum.add(0, 1.5), Failure);
  EXPECT_THROW(sum.add(0, Limits::quiet_NaN()), Failure);
  EXPECT_THROW(ReproducibleSum(1, Limits::infinity()), Failure);
  EXPECT_THROW(ReproducibleSum(1, -1.0), Failure);
}

}  // namespace
}  // namespace tilth
