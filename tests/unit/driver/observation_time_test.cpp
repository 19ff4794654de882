#include "driver/observation_time.hpp"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace tilth {
namespace {

constexpr std::int64_t hour = 3600;
constexpr double none = std::numeric_limits<double>::quiet_NaN();
const Time start = time_of(2020, 6, 20);

/// Steps of `step_s` from `start` on.
std::vector<StepSpan> steps(std::int64_t step_s, int days) {
  std::vector<StepSpan> out;
  for (Time t = start; t < start + days * seconds_per_day; t = t + step_s)
    out.push_back({t, t + step_s, (t + step_s - start) % seconds_per_day == 0});
  return out;
}

/// The steps an observation counts, and with which weights.
struct Counted {
  std::vector<SeenAt> seen;
  std::vector<int> step;
  double sum = 0.0;
};
Counted counted(const ObservationTime& obs, std::int64_t step_s, int days = 3) {
  Counted out;
  const auto all = steps(step_s, days);
  for (int i = 0; i < int(all.size()); ++i) {
    const SeenAt s = seen_at(obs, all[i]);
    if (s.weight == 0.0) continue;
    out.seen.push_back(s);
    out.step.push_back(i);
    out.sum += s.weight;
  }
  return out;
}

TEST(SeenAt, AnInstantIsSeenInTheStepThatHoldsIt) {
  for (const bool mean : {false, true}) {
    const Time at = start + 10 * hour + 1800;
    const Counted hourly = counted({at, at, mean, none, 0.0}, hour);
    ASSERT_EQ(hourly.step, std::vector<int>{10});
    EXPECT_EQ(hourly.seen[0].at, at);
    EXPECT_EQ(hourly.seen[0].weight, 1.0);
    EXPECT_FALSE(hourly.seen[0].whole_day);
    EXPECT_TRUE(hourly.seen[0].timed);
    const Counted daily = counted({at, at, mean, none, 0.0}, seconds_per_day);
    ASSERT_EQ(daily.step, std::vector<int>{0});
    EXPECT_EQ(daily.seen[0].at, at);
    EXPECT_TRUE(daily.seen[0].whole_day);
    EXPECT_TRUE(daily.seen[0].timed);
  }
}

TEST(SeenAt, AnInstantAtTheEdgeOfStepsBelongsToTheLater) {
  const Time at = start + 10 * hour;
  EXPECT_EQ(counted({at, at, false, none, 0.0}, hour).step, std::vector<int>{10});
  const Time midnight_after = start + seconds_per_day;
  EXPECT_EQ(counted({midnight_after, midnight_after, false, none, 0.0}, seconds_per_day).step, std::vector<int>{1});
}

TEST(SeenAt, AMeanWithinTheDayCountsStepsByTheTimeTheyShare) {
  const ObservationTime obs{start + 10 * hour + 1800, start + 12 * hour + 900, true, none, 0.0};
  const Counted c = counted(obs, hour);
  ASSERT_EQ(c.step, (std::vector<int>{10, 11, 12}));
  EXPECT_NEAR(c.sum, 1.0, 1e-15);
  EXPECT_NEAR(c.seen[0].weight, 0.5 / 1.75, 1e-15);
  EXPECT_NEAR(c.seen[1].weight, 1.0 / 1.75, 1e-15);
  EXPECT_NEAR(c.seen[2].weight, 0.25 / 1.75, 1e-15);
  EXPECT_EQ(c.seen[0].at, start + 10 * hour + 2700);  // middle of what is shared
  EXPECT_EQ(c.seen[2].at, start + 12 * hour + 450);
  EXPECT_FALSE(c.seen[1].whole_day);
}

TEST(SeenAt, AHalfHourFallsIntoOneHourOrTwoHalves) {
  const ObservationTime obs{start + 13 * hour, start + 13 * hour + 1800, true, none, 0.0};
  EXPECT_EQ(counted(obs, hour).step, std::vector<int>{13});
  EXPECT_EQ(counted(obs, hour).sum, 1.0);
  EXPECT_EQ(counted(obs, 1800).step, std::vector<int>{26});
  EXPECT_EQ(counted(obs, seconds_per_day).step, std::vector<int>{0});
  EXPECT_EQ(counted(obs, seconds_per_day).sum, 1.0);
}

TEST(SeenAt, AnIntervalAcrossMidnightIsSharedByBothDays) {
  const ObservationTime obs{start + 23 * hour, start + 26 * hour, true, none, 0.0};
  EXPECT_EQ(counted(obs, hour).step, (std::vector<int>{23, 24, 25}));
  const Counted daily = counted(obs, seconds_per_day);
  ASSERT_EQ(daily.step, (std::vector<int>{0, 1}));
  EXPECT_NEAR(daily.seen[0].weight, 1.0 / 3.0, 1e-15);
  EXPECT_NEAR(daily.seen[1].weight, 2.0 / 3.0, 1e-15);
}

TEST(SeenAt, AMeanOfADayIsTheDaysOwnInBothTiers) {
  const ObservationTime obs{start + seconds_per_day, start + 2 * seconds_per_day, true, none, 0.0};
  const Counted daily = counted(obs, seconds_per_day), hourly = counted(obs, hour);
  ASSERT_EQ(daily.step, std::vector<int>{1});
  ASSERT_EQ(hourly.step, std::vector<int>{47});  // at the end of the day, when its means hold
  for (const Counted& c : {daily, hourly}) {
    EXPECT_EQ(c.sum, 1.0);
    EXPECT_TRUE(c.seen[0].whole_day);
    EXPECT_FALSE(c.seen[0].timed);
    EXPECT_EQ(c.seen[0].at, start + seconds_per_day + 12 * hour);
  }
}

TEST(SeenAt, AMeanOfALocalDayWeighsTheDaysItOverlaps) {
  const ObservationTime obs{start + 6 * hour, start + 30 * hour, true, none, -90.0};
  const Counted c = counted(obs, seconds_per_day);
  ASSERT_EQ(c.step, (std::vector<int>{0, 1}));
  EXPECT_NEAR(c.seen[0].weight, 0.75, 1e-15);
  EXPECT_NEAR(c.seen[1].weight, 0.25, 1e-15);
}

TEST(SeenAt, AStateOfADayIsTheOneInItsMiddle) {
  const ObservationTime obs{start, start + seconds_per_day, false, none, 0.0};
  const Counted hourly = counted(obs, hour), daily = counted(obs, seconds_per_day);
  ASSERT_EQ(hourly.step, std::vector<int>{12});
  EXPECT_FALSE(hourly.seen[0].whole_day);
  EXPECT_FALSE(hourly.seen[0].timed);
  ASSERT_EQ(daily.step, std::vector<int>{0});
}

TEST(SeenAt, AnOverpassIsSeenAtItsLocalTime) {
  const ObservationTime obs{start, start + seconds_per_day, true, 13.5, 15.0};  // 12:30 UTC
  const Counted hourly = counted(obs, hour), daily = counted(obs, seconds_per_day);
  ASSERT_EQ(hourly.step, std::vector<int>{12});
  EXPECT_EQ(hourly.seen[0].at, start + 12 * hour + 1800);
  EXPECT_FALSE(hourly.seen[0].whole_day);
  EXPECT_TRUE(hourly.seen[0].timed);
  ASSERT_EQ(daily.step, std::vector<int>{0});
  EXPECT_EQ(daily.seen[0].at, start + 12 * hour + 1800);
  EXPECT_TRUE(daily.seen[0].whole_day);
  EXPECT_TRUE(daily.seen[0].timed);
}

TEST(SeenAt, AnOverpassNearTheDateLineStaysWithinTheUtcDay) {
  for (const double lon : {179.0, -179.0}) {
    const ObservationTime obs{start + seconds_per_day, start + 2 * seconds_per_day, true, 13.5, lon};
    const Counted c = counted(obs, hour);
    ASSERT_EQ(c.step.size(), 1u) << lon;
    EXPECT_EQ(c.step[0], 24 + 1) << lon;  // 13:30 local is 01:34 UTC in the east, 01:26 in the west
    EXPECT_EQ(c.seen[0].at, start + seconds_per_day + (lon > 0 ? 5640 : 5160)) << lon;
    EXPECT_EQ(counted(obs, seconds_per_day).step, std::vector<int>{1});
  }
}

TEST(SeenAt, ACompositeCountsEveryOverpassInIt) {
  const ObservationTime obs{start, start + 3 * seconds_per_day, true, 10.5, 0.0};
  const Counted hourly = counted(obs, hour, 4), daily = counted(obs, seconds_per_day, 4);
  EXPECT_EQ(hourly.step, (std::vector<int>{10, 34, 58}));
  EXPECT_EQ(daily.step, (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(hourly.sum, 3.0);
  const ObservationTime state{start, start + 3 * seconds_per_day, false, 10.5, 0.0};
  EXPECT_EQ(counted(state, hour, 4).step, std::vector<int>{34});  // the overpass of its middle day
}

TEST(SeenAt, ACompositeOfMeansCountsItsDays) {
  const ObservationTime obs{start, start + 8 * seconds_per_day, true, none, 0.0};
  for (const std::int64_t step_s : {hour, std::int64_t{seconds_per_day}}) {
    const Counted c = counted(obs, step_s, 10);
    EXPECT_EQ(c.step.size(), 8u);
    EXPECT_EQ(c.sum, 8.0);
  }
}

TEST(SeenAt, AnInstantAtMidnightOfAnInstrumentWithAnOverpassIsADate) {
  const Counted c = counted({start, start, false, 6.0, 30.0}, hour);
  ASSERT_EQ(c.step, std::vector<int>{4});
  EXPECT_EQ(c.seen[0].at, start + 4 * hour);
  EXPECT_EQ(counted({start, start, false, none, 30.0}, hour).step, std::vector<int>{0});
}

TEST(SeenAt, AnInstantWithItsOwnTimeIgnoresTheOverpass) {
  const Time at = start + 3 * hour + 60;
  EXPECT_EQ(counted({at, at, true, 13.5, 0.0}, hour).seen.at(0).at, at);
}

TEST(OverpassTime, IsLocalSolarTimeInUtc) {
  EXPECT_EQ(overpass_time(start, 10.5, 0.0), start + 10 * hour + 1800);
  EXPECT_EQ(overpass_time(start, 6.0, -120.0), start + 14 * hour);
  EXPECT_EQ(overpass_time(start, 6.0, 120.0), start + 22 * hour);
  EXPECT_EQ(overpass_time(start, 24.0, 0.0), start);
}

}  // namespace
}  // namespace tilth
