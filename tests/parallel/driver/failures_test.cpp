#include "driver/failures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "parallel/driver/small_run.hpp"

namespace tilth {
namespace {

using test::SmallRun;

/// Soil temperature is in kelvin: below 1 nothing passes, so `bad` members must be put there by hand.
std::string ranges(const std::string& more = "") { return test::options("") + "spinup: {warmup: 0 days}\n" + more; }

constexpr const char* temperature_range = "ensemble.failures.ranges={soil_temperature: {from: 200, to: 350}}";

void spoil(const Members& members, const ColumnView& column, const std::vector<int>& who, double value) {
  const int row = members.domain().model->traits().layout.row("soil_temperature");
  for (const int k : who) column.row(0, row)[k] = value;
}

TEST(Failures, AreMembersThatAreNotFiniteOrOutOfRangeOrCalledFailed) {
  const Comm self = Comm::self();
  SmallRun run(self, ranges(), {temperature_range});
  auto members = test::young_members(run, run.role());
  const Failures failures(run.domain, 6, 1);
  const ColumnView column = members->state.column(0);
  EXPECT_TRUE(failures.find(column, {}).empty());
  spoil(*members, column, {1}, 5.0);
  spoil(*members, column, {4}, std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(failures.find(column, {2, 4}), (std::vector<int>{1, 2, 4}));
}

TEST(Failures, TakeOverTheNextMemberThatIsWell) {
  const Comm self = Comm::self();
  SmallRun run(self, ranges());
  const Failures failures(run.domain, 6, 1);
  const auto found = failures.replacements(0, run.experiment.time.start, {2, 3, 5});
  ASSERT_EQ(found.size(), 3u);
  const std::vector<int> sources{found[0].source, found[1].source, found[2].source};
  EXPECT_EQ(sources, (std::vector<int>{4, 4, 0}));
}

TEST(Failures, DrawnByLotTakeOverMembersThatAreWellAlikeForAnyRank) {
  const Comm self = Comm::self();
  SmallRun run(self, ranges(), {"ensemble.failures.policy=random", "ensemble.failures.column_limit=0.9"});
  const Failures one(run.domain, 6, 1), other(run.domain, 6, 1);
  std::vector<int> seen(6, 0);
  for (int day = 0; day < 50; ++day) {
    const Time at = run.experiment.time.start + day * seconds_per_day;
    const int source = one.replacements(1, at, {0, 2, 3}).front().source;
    EXPECT_EQ(source, other.replacements(1, at, {0, 2, 3}).front().source);
    ++seen[std::size_t(source)];
  }
  EXPECT_EQ(seen[0] + seen[2] + seen[3], 0);
  EXPECT_TRUE(seen[1] > 0 && seen[4] > 0 && seen[5] > 0);
}

TEST(Failures, TooManyInAColumnOrAnyWithPolicyStopEndTheRun) {
  const Comm self = Comm::self();
  SmallRun run(self, ranges()), strict(self, ranges(), {"ensemble.failures.policy=stop"});
  const Time day = run.experiment.time.start;
  EXPECT_NO_THROW(Failures(run.domain, 6, 1).replacements(0, day, {0, 1, 2}));
  EXPECT_THROW(Failures(run.domain, 6, 1).replacements(0, day, {0, 1, 2, 3}), Failure);
  EXPECT_THROW(Failures(strict.domain, 6, 1).replacements(0, day, {0}), Failure);
  EXPECT_NO_THROW(Failures(strict.domain, 6, 1).replacements(0, day, {}));
}

TEST(Failures, TooManyInAllColumnsEndTheRunOnAllRanks) {
  const Comm comm = Comm::world();
  SmallRun run(comm, ranges(), {"ensemble.failures.limit=0.25"});
  const Failures failures(run.domain, 6, 1);  // 4 columns of 6 members: 6 are a quarter
  EXPECT_NO_THROW(failures.require_few(run.experiment.time.start, comm.root() ? 6 : 0));
  EXPECT_THROW(failures.require_few(run.experiment.time.start, comm.root() ? 7 : 0), Failure);
}

TEST(Failures, OfAnUnknownVariableAreRefused) {
  const Comm self = Comm::self();
  SmallRun run(self, ranges(), {"ensemble.failures.ranges={soil_temprature: {from: 200, to: 350}}"});
  try {
    Failures(run.domain, 6, 1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean 'soil_temperature'"), std::string::npos) << error.what();
  }
}

/// Members of which the warmest at S0 after a first day is out of a range that all others keep to.
struct OneTooWarm {
  explicit OneTooWarm(const Comm& comm) {
    const std::string yaml = ranges() + "forcing: {weather_generator: {}, perturbations: {}}\n";
    const std::vector<std::string> hourly{"model={hourly: {}}", "ensemble.failures.limit=1"};
    SmallRun free(comm, yaml, hourly);
    auto members = test::young_members(free, free.role());
    members->advance(free.experiment.time.start, {});
    const int row = free.domain.model->traits().layout.row("soil_temperature");
    double largest = -1.0, second = -1.0;  // over columns: the range is the same for all
    for (int c = 0; c < free.domain.columns(); ++c)
      for (int t = 0; t < members->state.column(c).tiles(); ++t)
        for (int k = 0; k < members->size(); ++k) {
          const double x = members->state.column(c).row(t, row)[k];
          second = std::max(second, std::min(x, largest));
          largest = std::max(largest, x);
        }
    limit = 0.5 * (largest + second);
    auto settings = hourly;
    settings.push_back(text("ensemble.failures.ranges={soil_temperature: {from: 0, to: ", limit, "}}"));
    run = std::make_unique<SmallRun>(comm, yaml, settings);
  }
  double limit = 0.0;
  std::unique_ptr<SmallRun> run;
};

TEST(Failures, AreShownWithinTheDayAsTheMemberThatTakesOverAndCountedByColumn) {
  const Comm self = Comm::self();
  OneTooWarm warm(self);
  Members members = *test::young_members(*warm.run, warm.run->role());
  const std::vector<std::int64_t> before(members.failures().begin(), members.failures().end());
  std::vector<std::vector<std::vector<double>>> shown(
      std::size_t(warm.run->domain.columns()));  // [column][step][member]
  members.advance(warm.run->experiment.time.start, [&](int c, const StepSpan& span, ColumnView column, auto) {
    auto& steps = shown[std::size_t(c)];
    if (span.begin.seconds % seconds_per_day == 0) steps.clear();  // shown again
    steps.emplace_back(column.row(0, 0), column.row(0, 0) + column.members());
  });
  int replaced = 0;
  for (int c = 0; c < warm.run->domain.columns(); ++c) {
    const auto count = members.failures(c) - before[std::size_t(c)];
    EXPECT_GE(shown[std::size_t(c)].size(), 24u);
    if (count == 0) continue;
    ++replaced;
    const auto& last = shown[std::size_t(c)].back();
    for (int k = 0; k < members.size(); ++k) {
      const int next = (k + 1) % members.size();
      if (last[std::size_t(k)] != last[std::size_t(next)]) continue;
      for (const auto& step : shown[std::size_t(c)]) EXPECT_EQ(step[std::size_t(k)], step[std::size_t(next)]);
    }
  }
  EXPECT_GE(replaced, 1);
  EXPECT_GT(members.replaced(), 0);
}

}  // namespace
}  // namespace tilth
