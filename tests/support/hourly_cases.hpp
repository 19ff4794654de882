#pragma once

#include <cstring>

#include "model/hourly/hourly_model.hpp"
#include "model/hourly/hourly_rows.hpp"
#include "tests/support/daily_cases.hpp"

namespace tilth::test {

inline const Time first_day = time_of(2018, 1, 1);

/// Advances a column over the given days of a climate's weather, equal for all members; day 0 is 1 January.
inline StepReport run_days(const LandModel& model, TestColumn& column, std::span<const MetDay> weather, int from,
                           int to) {
  MetMembers met(column.members);
  StepReport report;
  for (int d = from; d < to; ++d) {
    const MetDay& day = weather[std::size_t(d) % weather.size()];
    met.fill(day);
    report.merge(
        model.advance(column.point, column.values(), first_day + d * seconds_per_day, {met, day}, column.view(), {}));
  }
  return report;
}

/// A column of the hourly tier with bare ground, conifers, cold deciduous trees and C4 grass, members spread.
inline TestColumn mixed_column(const LandModel& model, int climate, int members) {
  TestColumn column(climates()[std::size_t(climate)], {{0, 0.1}, {2, 0.4}, {7, 0.3}, {11, 0.2}}, members,
                    model.traits());
  column.perturb(0.4, 5);
  return column;
}

/// Copies the parameters and state of one member of a column into a member of another.
inline void copy_member(const TestColumn& from, int a, TestColumn& to, int b) {
  const std::size_t sa = std::size_t(padded(from.members)), sb = std::size_t(padded(to.members));
  for (std::size_t i = 0; i < from.parameters.size(); ++i)
    to.parameters[i][std::size_t(b)] = from.parameters[i][std::size_t(a)];
  for (std::size_t r = 0; r < from.state.size() / sa; ++r)
    to.state[r * sb + std::size_t(b)] = from.state[r * sa + std::size_t(a)];
}

inline bool same_bits(const AlignedVector<double>& a, const AlignedVector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

}  // namespace tilth::test
