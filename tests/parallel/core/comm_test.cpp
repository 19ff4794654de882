#include "core/parallel/comm.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace tilth {
namespace {

TEST(Comm, SumsIntegersExactlyElementByElement) {
  const Comm comm = Comm::world();
  constexpr std::int64_t large = std::int64_t{1} << 60;  // 2^60 + 1 is no double
  std::array<std::int64_t, 3> values = {comm.rank() + 1, -comm.rank(), comm.root() ? large + 1 : 0};
  comm.sum(values);
  const std::int64_t n = comm.size();
  EXPECT_EQ(values, (std::array<std::int64_t, 3>{n * (n + 1) / 2, -n * (n - 1) / 2, large + 1}));
  EXPECT_EQ(comm.sum(std::int64_t{2}), 2 * n);
}

TEST(Comm, FindsExtremesElementByElement) {
  const Comm comm = Comm::world();
  const double last = comm.size() - 1;
  std::array<double, 2> high = {1.0 * comm.rank(), -1.0 * comm.rank()}, low = high;
  comm.max(high);
  comm.min(low);
  EXPECT_EQ(high, (std::array<double, 2>{last, 0.0}));
  EXPECT_EQ(low, (std::array<double, 2>{0.0, -last}));
  EXPECT_EQ(comm.max(-1.0 - comm.rank()), -1.0);
  EXPECT_EQ(comm.min(-1.0 - comm.rank()), -1.0 - last);
  EXPECT_EQ(comm.max(std::int64_t{comm.rank()}), comm.size() - 1);
  comm.max(std::span<double>());  // nothing to do is allowed
}

TEST(Comm, AllAndAnyLookAtEveryRank) {
  const Comm comm = Comm::world();
  EXPECT_TRUE(comm.all(true));
  EXPECT_FALSE(comm.any(false));
  for (int odd_one = 0; odd_one < comm.size(); ++odd_one) {
    EXPECT_FALSE(comm.all(comm.rank() != odd_one));
    EXPECT_TRUE(comm.any(comm.rank() == odd_one));
  }
}

TEST(Comm, ScansLowerRanksOnly) {
  const Comm comm = Comm::world();
  const std::int64_t r = comm.rank();
  EXPECT_EQ(comm.exclusive_scan(10 + r), 10 * r + r * (r - 1) / 2);
}

TEST(Comm, BroadcastsTextAndNumbersFromAnyRank) {
  const Comm comm = Comm::world();
  const std::string sent("grid.nc: \0 missing", 18);  // a zero in a text ends nothing
  for (int from = 0; from < comm.size(); ++from) {
    std::string text = comm.rank() == from ? sent : "something else of another length";
    comm.broadcast(text, from);
    EXPECT_EQ(text, sent);
    std::string empty = comm.rank() == from ? "" : "not empty";
    comm.broadcast(empty, from);
    EXPECT_EQ(empty, "");
    std::array<double, 2> values = {from + 0.5, 0.0};
    if (comm.rank() != from) values = {-1.0, -1.0};
    comm.broadcast(values, from);
    EXPECT_EQ(values, (std::array<double, 2>{from + 0.5, 0.0}));
    std::array<std::int64_t, 1> id = {comm.rank() == from ? std::int64_t{1} << 60 : 0};
    comm.broadcast(id, from);
    EXPECT_EQ(id[0], std::int64_t{1} << 60);
  }
}

TEST(Comm, GathersListsOfUnequalLengthInRankOrder) {
  const Comm comm = Comm::world();
  // Rank r gives r values, so rank 0 gives none.
  const std::vector<double> mine(static_cast<std::size_t>(comm.rank()), comm.rank() + 0.25);
  const std::vector<std::int64_t> ids(mine.size(), comm.rank());
  std::vector<double> expected;
  std::vector<std::int64_t> expected_ids, ranks;
  for (int r = 0; r < comm.size(); ++r) {
    expected.insert(expected.end(), static_cast<std::size_t>(r), r + 0.25);
    expected_ids.insert(expected_ids.end(), static_cast<std::size_t>(r), r);
    ranks.push_back(r);
  }
  EXPECT_EQ(comm.all_gather(std::span<const double>(mine)), expected);
  EXPECT_EQ(comm.all_gather(std::span<const std::int64_t>(ids)), expected_ids);
  EXPECT_EQ(comm.all_gather(std::int64_t{comm.rank()}), ranks);
  for (int to = 0; to < comm.size(); ++to) {
    EXPECT_EQ(comm.gather(mine, to), comm.rank() == to ? expected : std::vector<double>());
  }
}

TEST(Comm, GathersTextsEmptyOnesIncluded) {
  const Comm comm = Comm::world();
  const auto name = [](int rank) { return rank % 2 == 1 ? std::string() : "rank " + std::string(rank + 1, 'x'); };
  std::vector<std::string> expected;
  for (int r = 0; r < comm.size(); ++r) expected.push_back(name(r));
  EXPECT_EQ(comm.all_gather(name(comm.rank())), expected);
}

TEST(Comm, SplitsByColourAndKeepsTheOrderOfRanks) {
  const Comm comm = Comm::world();
  const Comm part = comm.split(comm.rank() % 2);
  EXPECT_EQ(part.rank(), comm.rank() / 2);
  EXPECT_EQ(part.sum(std::int64_t{1}), part.size());
  EXPECT_EQ(part.max(std::int64_t{comm.rank() % 2}), comm.rank() % 2);
}

TEST(Comm, AllArriveTellsWhetherARankIsMissing) {
  const Comm comm = Comm::world(), watch = Comm::world(), late = Comm::world();
  constexpr double patience_s = 20.0, impatience_s = 0.02;
  EXPECT_TRUE(watch.all_arrive(patience_s));
  if (comm.root()) {
    EXPECT_EQ(late.all_arrive(impatience_s), comm.size() == 1);
  }
  comm.barrier();
  if (!comm.root()) {
    EXPECT_TRUE(late.all_arrive(patience_s));
  }
  comm.barrier();
}

TEST(Comm, SelfIsOneRankAndMovesLeaveTheHandleBehind) {
  Comm alone = Comm::self();
  EXPECT_EQ(alone.size(), 1);
  EXPECT_TRUE(alone.root());
  Comm moved = std::move(alone);
  EXPECT_EQ(alone.handle(), MPI_COMM_NULL);  // NOLINT(bugprone-use-after-move): what is tested
  EXPECT_EQ(moved.sum(std::int64_t{3}), 3);
  moved = Comm::world();
  EXPECT_EQ(moved.sum(std::int64_t{1}), moved.size());
}

}  // namespace
}  // namespace tilth
