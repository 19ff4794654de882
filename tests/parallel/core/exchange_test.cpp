#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "core/parallel/comm.hpp"

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
