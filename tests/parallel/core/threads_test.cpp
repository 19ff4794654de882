#include "core/parallel/threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "core/base/error.hpp"

namespace tilth {
namespace {

class Threads : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override { use_threads(GetParam()); }
  void TearDown() override { use_threads(1); }
};
INSTANTIATE_TEST_SUITE_P(Counts, Threads, ::testing::Values(1, 2, 5));

TEST_P(Threads, VisitEveryIndexOnce) {
  std::vector<int> visits(1000, 0);
  std::atomic<int> strangers = 0;
  for_each_index(1000, [&](int i) {
    ++visits[std::size_t(i)];
    if (thread_number() < 0 || thread_number() >= threads()) ++strangers;
  });
  EXPECT_EQ(visits, std::vector<int>(1000, 1));
  EXPECT_EQ(strangers, 0);
  EXPECT_EQ(thread_number(), 0);
}

TEST_P(Threads, ThrowTheExceptionOfTheSmallestIndexWhenAllAreDone) {
  std::atomic<int> done = 0;
  std::string message;
  try {
    for_each_index(100, [&](int i) {
      ++done;
      if (i % 10 == 7) throw Error("index " + std::to_string(i));
    });
  } catch (const Error& error) {
    message = error.what();
  }
  EXPECT_EQ(message, "index 7");
  EXPECT_EQ(done, 100);
}

}  // namespace
}  // namespace tilth
