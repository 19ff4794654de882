#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "core/parallel/exchange.hpp"

namespace tilth {
namespace {

struct Record {
  std::int64_t id;
  double value;
  bool operator==(const Record&) const = default;
};

std::vector<Record> message(int from, int to, int length) {
  std::vector<Record> records;
  for (int i = 0; i < length; ++i) records.push_back({1000 * from + 100 * to + i, from + 0.001 * to + 1e-6 * i});
  return records;
}

// Sends message(from, to, length(from, to)) between all pairs and checks what arrives.
template <class Length>
void expect_arrives(const Comm& comm, Length length) {
  std::vector<std::vector<Record>> out;
  for (int to = 0; to < comm.size(); ++to) out.push_back(message(comm.rank(), to, length(comm.rank(), to)));
  const auto in = all_to_all(comm, out);
  ASSERT_EQ(static_cast<int>(in.size()), comm.size());
  for (int from = 0; from < comm.size(); ++from) {
    EXPECT_EQ(in[from], message(from, comm.rank(), length(from, comm.rank()))) << "from " << from;
  }
}

TEST(AllToAll, DeliversUnequalMessages) {
  expect_arrives(Comm::world(), [](int from, int to) { return 1 + 7 * from + 3 * to; });
}

TEST(AllToAll, DeliversNothingWhereNothingIsSent) {
  const Comm comm = Comm::world();
  expect_arrives(comm, [](int, int) { return 0; });
  expect_arrives(comm, [](int from, int to) { return from == 0 && to == 0 ? 5 : 0; });
  expect_arrives(comm, [&](int from, int to) { return to == (from + 1) % comm.size() ? 4 : 0; });
}

TEST(AllToAll, DeliversLongMessages) {
  expect_arrives(Comm::world(), [](int from, int) { return from == 0 ? 200'000 : 3; });
}

TEST(AllToAll, KeepsExchangesApartThatFollowOneAnother) {
  const Comm comm = Comm::world();
  for (int round = 0; round < 50; ++round)  // ranks that receive nothing run ahead of those that do
    expect_arrives(comm, [&](int from, int to) { return to == round % comm.size() ? 1 + (from + round) % 3 : 0; });
}

TEST(SparseExchange, ListsOnlyRanksThatSentAndInTheirOrder) {
  const Comm comm = Comm::world();
  const std::vector<std::byte> word{static_cast<std::byte>(comm.rank()), std::byte{7}};
  std::vector<std::span<const std::byte>> out(static_cast<std::size_t>(comm.size()));
  if (comm.rank() % 2 == 0) out[0] = word;  // even ranks write to rank 0
  const auto parcels = exchange_sparse(comm, out);
  ASSERT_EQ(parcels.size(), comm.root() ? static_cast<std::size_t>((comm.size() + 1) / 2) : 0u);
  for (std::size_t i = 0; i < parcels.size(); ++i) {
    EXPECT_EQ(parcels[i].rank, 2 * static_cast<int>(i));
    EXPECT_EQ(parcels[i].bytes, (std::vector{static_cast<std::byte>(parcels[i].rank), std::byte{7}}));
  }
}

TEST(SparseExchange, PutsMessagesOfSeveralPiecesTogetherInOrder) {
  const Comm comm = Comm::world();
  std::vector<std::vector<std::byte>> lists;
  std::vector<std::span<const std::byte>> out;
  for (int to = 0; to < comm.size(); ++to) {
    auto& list = lists.emplace_back();
    for (int i = 0; i < 3 + 5 * comm.rank() + to; ++i)
      list.push_back(static_cast<std::byte>(17 * comm.rank() + to + 3 * i));
  }
  for (const auto& list : lists) out.emplace_back(list);
  const auto parcels = exchange_sparse(comm, out, /*piece_bytes=*/4);
  ASSERT_EQ(parcels.size(), lists.size());
  for (const Parcel& p : parcels) {
    ASSERT_EQ(p.bytes.size(), static_cast<std::size_t>(3 + 5 * p.rank + comm.rank()));
    for (int i = 0; i < static_cast<int>(p.bytes.size()); ++i)
      EXPECT_EQ(p.bytes[i], static_cast<std::byte>(17 * p.rank + comm.rank() + 3 * i));
  }
}

TEST(ExchangeBytes, PutsMessagesOfSeveralPiecesTogetherInOrder) {
  const Comm comm = Comm::world();
  const auto length = [](int from, int to) { return static_cast<std::size_t>(5 * from + 3 * to); };  // 0 included
  const auto byte = [](int from, int to, std::size_t i) { return static_cast<std::byte>(17 * from + 5 * to + 3 * i); };
  std::vector<std::vector<std::byte>> out(comm.size()), in(comm.size());
  std::vector<std::span<const std::byte>> sent;
  std::vector<std::span<std::byte>> received;
  for (int r = 0; r < comm.size(); ++r) {
    for (std::size_t i = 0; i < length(comm.rank(), r); ++i) out[r].push_back(byte(comm.rank(), r, i));
    in[r].resize(length(r, comm.rank()));
    sent.emplace_back(out[r]);
    received.emplace_back(in[r]);
  }
  exchange_bytes(comm, sent, received, /*piece_bytes=*/4);
  for (int from = 0; from < comm.size(); ++from) {
    for (std::size_t i = 0; i < in[from].size(); ++i) EXPECT_EQ(in[from][i], byte(from, comm.rank(), i));
  }
}

}  // namespace
}  // namespace tilth
