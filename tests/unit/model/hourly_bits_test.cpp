// A member's bits depend on nothing but itself: not on the instruction set, its lane, its neighbours or their number.
#include <gtest/gtest.h>

#include <limits>

#include "tests/support/hourly_cases.hpp"

namespace tilth {
namespace {

using test::climates;
using test::copy_member;
using test::mixed_column;
using test::same_bits;
using test::synthetic_weather;
using test::TestColumn;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr int temperate = 3, boreal = 4;

HourlyModel::Options with(int snow_layers, const std::string& internal_co2) {
  HourlyModel::Options o;
  o.snow_layers = snow_layers;
  o.internal_co2 = internal_co2;
  return o;
}

/// A winter with its melt, or a summer, through every instruction set; the start is the same for all.
void expect_same_bits(int climate, const HourlyModel::Options& options, int from, int to) {
  const auto weather = synthetic_weather(climates()[std::size_t(climate)], 365);
  const HourlyModel reference(options, simd::Isa::scalar);
  TestColumn scalar = mixed_column(reference, climate, 11);
  reference.cold_start(scalar.point, scalar.values(), scalar.view());
  TestColumn start = scalar;
  EXPECT_TRUE(test::run_days(reference, scalar, weather, from, to).failed.empty());
  EXPECT_FALSE(same_bits(scalar.state, start.state));
  for (const simd::Isa isa : simd::supported_isas()) {
    TestColumn column = start;
    test::run_days(HourlyModel(options, isa), column, weather, from, to);
    EXPECT_TRUE(same_bits(column.state, scalar.state)) << simd::to_string(isa);
  }
}

TEST(HourlyBits, EveryInstructionSetAgreesAfterABorealWinterAndMelt) {
  expect_same_bits(boreal, with(1, "closed_form"), 0, 140);
}
TEST(HourlyBits, EveryInstructionSetAgreesAfterABorealSummer) {
  expect_same_bits(boreal, with(1, "closed_form"), 170, 210);
}
TEST(HourlyBits, EveryInstructionSetAgreesAfterATemperateWinter) {
  expect_same_bits(temperate, with(1, "closed_form"), 0, 60);
}
TEST(HourlyBits, EveryInstructionSetAgreesAfterATemperateSummer) {
  expect_same_bits(temperate, with(1, "closed_form"), 170, 210);
}
TEST(HourlyBits, EveryInstructionSetAgreesWithThreeLayersOfSnow) {
  expect_same_bits(boreal, with(3, "closed_form"), 0, 140);
}
TEST(HourlyBits, EveryInstructionSetAgreesWithNewtonStepsOfInternalCo2) {
  expect_same_bits(temperate, with(1, "newton3"), 150, 190);
}
TEST(HourlyBits, EveryInstructionSetAgreesInTheDesert) { expect_same_bits(2, with(1, "closed_form"), 150, 190); }

/// What takes the places of the other members.
enum class Neighbours { different, not_numbers };

/// Other parameters, states and weather for all but `lane`; or nothing but NaN.
void replace_others(TestColumn& column, MetMembers& met, int lane, Neighbours kind) {
  for (int m = 0; m < column.members; ++m) {
    if (m == lane) continue;
    const bool dead = kind == Neighbours::not_numbers;
    for (int v = 0; v < met_count; ++v) {
      double& x = met.row(Met(v))[m];
      x = dead ? nan : v < 3 ? x + 3.0 * (m - 3) : v == int(Met::precipitation) && m % 2 ? 0.0 : x * (0.8 + 0.05 * m);
    }
    if (!dead) continue;
    for (auto& row : column.parameters) row[std::size_t(m)] = nan;
    for (std::size_t r = 0; r < column.state.size() / std::size_t(column.members); ++r)
      column.state[r * std::size_t(column.members) + std::size_t(m)] = nan;
  }
}

void expect_lane_alone(const HourlyModel& model, int climate, Neighbours kind, int from, int to) {
  const auto weather = synthetic_weather(climates()[std::size_t(climate)], 365);
  constexpr int members = 8;
  TestColumn start = mixed_column(model, climate, members);
  model.cold_start(start.point, start.values(), start.view());
  for (int lane = 0; lane < members; ++lane) {
    TestColumn all = start, other = mixed_column(model, climate, members);
    other.perturb(0.9, 77);
    model.cold_start(other.point, other.values(), other.view());
    for (int m = 0; m < members; ++m)
      if (m % 3 == 1) other.view().row(1, column::row::soil_temperature)[m] -= 20.0;
    copy_member(start, lane, other, lane);
    MetMembers met(members), other_met(members);
    for (int d = from; d < to; ++d) {  // every day: a difference may heal with the next snowfall
      const MetDay& day = weather[std::size_t(d)];
      met.fill(day), other_met.fill(day);
      replace_others(other, other_met, lane, kind);
      const Time at = test::first_day + d * seconds_per_day;
      const StepReport report = model.advance(all.point, all.values(), at, {met, day}, all.view(), {});
      ASSERT_TRUE(report.failed.empty());
      const StepReport beside = model.advance(other.point, other.values(), at, {other_met, day}, other.view(), {});
      ASSERT_TRUE(kind == Neighbours::different || int(beside.failed.size()) == members - 1);
      for (int t = 0; t < int(all.point.surface.tiles.size()); ++t)
        for (int r = 0; r < all.rows; ++r)
          ASSERT_EQ(other.at(t, r, lane), all.at(t, r, lane))
              << "lane " << lane << " day " << d << " tile " << t << " row " << r;
    }
  }
}

TEST(HourlyBits, NeighboursDoNotMatterThroughAWinterInAnyLane) {
  expect_lane_alone(HourlyModel(), boreal, Neighbours::different, 0, 130);
}
TEST(HourlyBits, NeighboursDoNotMatterInSummerInAnyLane) {
  expect_lane_alone(HourlyModel(), temperate, Neighbours::different, 150, 180);
}
TEST(HourlyBits, NeighboursDoNotMatterWithThreeLayersOfSnow) {
  expect_lane_alone(HourlyModel(with(3, "newton3")), boreal, Neighbours::different, 0, 130);
}
TEST(HourlyBits, NeighboursThatAreNotNumbersDoNotMatterThroughAWinter) {
  expect_lane_alone(HourlyModel(), boreal, Neighbours::not_numbers, 0, 130);
  expect_lane_alone(HourlyModel(with(3, "newton3")), boreal, Neighbours::not_numbers, 0, 30);
}

TEST(HourlyBits, AnyNumberOfMembersGivesTheSameMembersAndCopiesInThePadding) {
  const HourlyModel model;
  const auto weather = synthetic_weather(climates()[boreal], 365);
  TestColumn many = mixed_column(model, boreal, 19);
  model.cold_start(many.point, many.values(), many.view());
  const TestColumn start = many;
  test::run_days(model, many, weather, 60, 130);
  for (const int members : {1, 2, 7, 9}) {
    TestColumn few = mixed_column(model, boreal, members);
    for (int m = 0; m < padded(members); ++m) copy_member(start, std::min(m, members - 1), few, m);
    test::run_days(model, few, weather, 60, 130);
    for (int t = 0; t < 4; ++t)
      for (int r = 0; r < few.rows; ++r)
        for (int m = 0; m < padded(members); ++m)
          ASSERT_EQ(few.at(t, r, m), many.at(t, r, std::min(m, members - 1))) << members << " row " << r;
  }
}

}  // namespace
}  // namespace tilth
