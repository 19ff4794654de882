#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "io/netcdf.hpp"

namespace tilth {

/// Turns the numbers of a CF time variable into times.
class TimeDecoder {
 public:
  /// Checks units (`<unit> since <date>`) and calendar of `variable`; `Error` for a calendar that is not Gregorian, for
  /// months and years (their length varies) and for units that are no time. Adds `shift_s` to every time.
  TimeDecoder(const netcdf::File& file, int variable, std::int64_t shift_s);
  /// `Error` when the value is not finite or before 1582-10-15. Rounds to whole seconds.
  Time operator()(double value) const;

 private:
  std::string where_;
  double scale_ = 1.0, offset_ = 0.0;
  std::int64_t shift_s_;
};

/// Number of the time variable: named `time`, else with standard_name or axis of time. `Error` when there is none.
int time_variable(const netcdf::File& file);

/// Name of the variable with the bounds of a time: the attribute `bounds`, which may name one that is absent; else the
/// usual name (`time_bnds`, `time_bounds`) when the file has it; empty when it has none.
std::string bounds_name(const netcdf::File& file, int variable);

/// A whole time axis: start and end of every interval (equal: instants).
struct TimeAxis {
  std::vector<Time> begin, end;
};

/// Reads a strictly increasing axis on all ranks. Intervals are the bounds of the file; else `interval_s` when not
/// negative; else the most frequent step when at least half of the steps have it, cut at the next time; else instants.
/// Collective.
TimeAxis read_time_axis(const netcdf::File& file, std::int64_t shift_s, std::int64_t interval_s);

}  // namespace tilth
