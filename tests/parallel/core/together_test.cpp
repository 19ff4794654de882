#include <gtest/gtest.h>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <string>

#include "core/base/error.hpp"
#include "core/parallel/comm.hpp"

namespace tilth {
namespace {

// "Error: ..." or "Failure: ..." as thrown by together(), or "fine".
template <class Work>
std::string outcome(const Comm& comm, Work work) {
  try {
    together(comm, work);
  } catch (const Error& e) {
    return std::string("Error: ") + e.what();
  } catch (const Failure& e) {
    return std::string("Failure: ") + e.what();
  }
  return "fine";
}

TEST(Together, ReturnsWhenNoRankThrows) {
  const Comm comm = Comm::world();
  int calls = 0;
  EXPECT_EQ(outcome(comm, [&] { ++calls; }), "fine");
  EXPECT_EQ(calls, 1);
}

TEST(Together, ThrowsEverywhereWhatOneRankThrew) {
  const Comm comm = Comm::world();
  for (int bad = 0; bad < comm.size(); ++bad) {
    EXPECT_EQ(outcome(comm, [&] { require(comm.rank() != bad, "rank ", bad); }), "Error: rank " + std::to_string(bad));
    EXPECT_EQ(outcome(comm, [&] { ensure(comm.rank() != bad, "rank ", bad); }), "Failure: rank " + std::to_string(bad));
  }
  EXPECT_EQ(comm.sum(std::int64_t{1}), comm.size());  // all ranks are still in step
}

TEST(Together, TakesTheMessageOfTheLowestRank) {
  const Comm comm = Comm::world();
  EXPECT_EQ(outcome(comm, [&] { throw Error(text("rank ", comm.rank())); }), "Error: rank 0");
}

TEST(Together, TakesTheWorstKindWithTheMessageOfTheLowestRank) {
  const Comm comm = Comm::world();
  const auto mixed = [&] {
    ensure(comm.rank() != 2, "rank 2 failed");
    require(comm.rank() != 1, "rank 1 has bad input");
  };
  const std::string expected[] = {"fine", "Error: rank 1 has bad input", "Failure: rank 1 has bad input"};
  EXPECT_EQ(outcome(comm, mixed), expected[std::min(comm.size(), 3) - 1]);
}

TEST(Together, TurnsOtherExceptionsIntoFailures) {
  const Comm comm = Comm::world();
  const bool last = comm.rank() == comm.size() - 1;
  EXPECT_EQ(outcome(comm,
                    [&] {
                      if (last) throw std::out_of_range("index 7");
                    }),
            "Failure: index 7");
  EXPECT_EQ(outcome(comm,
                    [&] {
                      if (last) throw std::bad_alloc();
                    }),
            "Failure: std::bad_alloc");
  EXPECT_EQ(outcome(comm,
                    [&] {
                      if (last) throw 7;
                    }),
            "Failure: an exception of unknown type");
}

TEST(Together, MayBeNested) {
  const Comm comm = Comm::world();
  const auto inner = [&] { together(comm, [&] { require(!comm.root(), "inside"); }); };
  EXPECT_EQ(outcome(comm, inner), "Error: inside");
}

TEST(RequireAll, ThrowsTheLowestRanksMessageEverywhere) {
  const Comm comm = Comm::world();
  EXPECT_NO_THROW(require_all(comm, true, "unused"));
  for (int good = 0; good < comm.size(); ++good) {
    const int lowest_bad = good == 0 ? 1 : 0;
    if (lowest_bad == comm.size()) continue;
    try {
      require_all(comm, comm.rank() == good, "rank " + std::to_string(comm.rank()));
      FAIL() << "not thrown on rank " << comm.rank();
    } catch (const Error& e) {
      EXPECT_EQ(e.what(), "rank " + std::to_string(lowest_bad));
    }
  }
}

}  // namespace
}  // namespace tilth
