#include "core/parallel/block_exchange.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

#include "core/base/error.hpp"

namespace tilth {
namespace {

constexpr double untouched = -999.0;

double record(std::int64_t id, int part) { return static_cast<double>(id) + 0.125 * part; }

// Scattered owners, in descending order on each rank; ids for which `owned` is false belong to nobody.
template <class Owned>
std::vector<std::int64_t> scattered_ids(const Comm& comm, std::int64_t count, Owned owned) {
  std::vector<std::int64_t> ids;
  for (std::int64_t id = count - 1; id >= 0; --id) {
    const std::int64_t owner = (id * 7 + id / 3) % comm.size();
    if (owned(id) && owner == comm.rank()) ids.push_back(id);
  }
  return ids;
}

// Sends the records to blocks and back, checks both.
template <class Owned>
void expect_round_trip(const Comm& comm, std::int64_t count, int width, Owned owned) {
  const std::vector<std::int64_t> ids = scattered_ids(comm, count, owned);
  const BlockExchange exchange(comm, ids, count);
  ASSERT_EQ(exchange.owned(), ids.size());
  std::vector<double> mine, block(static_cast<std::size_t>(exchange.block_size() * width), untouched);
  for (const std::int64_t id : ids) {
    for (int part = 0; part < width; ++part) mine.push_back(record(id, part));
  }
  exchange.to_block(mine, block, width);
  for (std::int64_t id = exchange.block_begin(); id < exchange.block_end(); ++id) {
    for (int part = 0; part < width; ++part) {
      const double found = block[static_cast<std::size_t>((id - exchange.block_begin()) * width + part)];
      EXPECT_EQ(found, owned(id) ? record(id, part) : untouched) << "id " << id << " of " << count;
    }
  }
  std::vector<double> back(mine.size(), untouched);
  exchange.to_owner(block, back, width);
  EXPECT_EQ(back, mine);
}

const auto all_ids = [](std::int64_t) { return true; };

TEST(BlockExchange, BringsRecordsToBlocksAndBack) {
  const Comm comm = Comm::world();
  for (const std::int64_t count : {1, 2, 3, 4, 5, 7, 8, 100, 1001}) {  // fewer ids than ranks included
    for (const int width : {1, 3}) expect_round_trip(comm, count, width, all_ids);
  }
}

TEST(BlockExchange, LeavesSlotsOfUnownedIdsUntouched) {
  const Comm comm = Comm::world();
  expect_round_trip(comm, 100, 2, [](std::int64_t id) { return id % 3 != 1; });
  expect_round_trip(comm, 100, 2, [](std::int64_t id) { return id > 90; });
  expect_round_trip(comm, 10, 1, [](std::int64_t) { return false; });
}

TEST(BlockExchange, HandlesAnEmptySpaceOfIds) { expect_round_trip(Comm::world(), 0, 4, all_ids); }

TEST(BlockExchange, HandlesAllRecordsOnTheLastRank) {
  const Comm comm = Comm::world();
  constexpr std::int64_t count = 53;
  std::vector<std::int64_t> ids;
  if (comm.rank() == comm.size() - 1) {
    for (std::int64_t id = 0; id < count; ++id) ids.push_back(id);
  }
  const BlockExchange exchange(comm, ids, count);
  const std::vector<double> mine(ids.begin(), ids.end());
  std::vector<double> block(static_cast<std::size_t>(exchange.block_size()));
  exchange.to_block(mine, block, 1);
  for (std::size_t i = 0; i < block.size(); ++i) EXPECT_EQ(block[i], exchange.block_begin() + static_cast<double>(i));
}

TEST(BlockExchange, BlocksAreEvenContiguousAndCoverAllIds) {
  const Comm comm = Comm::world();
  for (const std::int64_t count : {0, 1, 3, 103, 1000}) {
    const BlockExchange exchange(comm, {}, count);
    EXPECT_EQ(exchange.block_begin(), comm.exclusive_scan(exchange.block_size()));
    EXPECT_EQ(comm.sum(exchange.block_size()), count);
    EXPECT_LE(comm.max(exchange.block_size()) + comm.max(-exchange.block_size()), 1);  // largest minus smallest
  }
}

TEST(BlockExchange, RefusesIdsOutOfRangeOnEveryRank) {
  const Comm comm = Comm::world();
  for (const std::int64_t bad : {std::int64_t{-1}, std::int64_t{10}, std::int64_t{1} << 40}) {
    const std::vector<std::int64_t> ids(comm.root() ? 1 : 0, bad);
    EXPECT_THROW(BlockExchange(comm, ids, 10), Error);
  }
}

TEST(BlockExchange, RefusesAnIdWithTwoOwnersAndNamesIt) {
  const Comm comm = Comm::world();
  std::vector<std::int64_t> ids;
  if (comm.root()) ids = {3, 4};
  if (comm.rank() == comm.size() - 1) ids.push_back(3);
  try {
    const BlockExchange exchange(comm, ids, 10);
    FAIL() << "accepted";
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "record id 3 has more than one owner");
  }
}

}  // namespace
}  // namespace tilth
