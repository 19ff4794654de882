// Counts what this test program takes from the heap: the hourly step takes nothing.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <new>

#include "tests/support/hourly_cases.hpp"

namespace {

long allocations = 0;  ///< from the heap, by this program

void* counted(std::size_t size, std::size_t alignment) {
  ++allocations;
  void* p = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (!p) throw std::bad_alloc();
  return p;
}

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) { return counted(size, alignof(std::max_align_t)); }
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
  return counted(size, std::size_t(alignment));
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

namespace tilth {
namespace {

TEST(HourlyRun, TheStepTakesNothingFromTheHeap) {
  HourlyModel::Options options;
  options.snow_layers = 3;
  const HourlyModel model(options);
  const auto weather = test::synthetic_weather(test::climates()[4], 40);
  test::TestColumn column = test::mixed_column(model, 4, 40);
  model.cold_start(column.point, column.values(), column.view());
  test::run_days(model, column, weather, 0, 1);
  MetMembers met(column.members);
  const ColumnParameters values = column.values();
  int steps = 0;
  const StepSeen seen = [&](const StepSpan&) { ++steps; };
  const long before = allocations;
  for (int d = 1; d < 30; ++d) {
    met.fill(weather[std::size_t(d)]);
    model.advance(column.point, values, test::first_day + d * seconds_per_day, {met, weather[std::size_t(d)]},
                  column.view(), seen);
  }
  EXPECT_EQ(allocations - before, 0);
  EXPECT_EQ(steps, 29 * 24);
  const std::vector<double> some(100);
  EXPECT_GT(allocations, before) << "the count is alive";
}

}  // namespace
}  // namespace tilth
