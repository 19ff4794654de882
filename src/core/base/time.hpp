#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace tilth {

inline constexpr std::int64_t seconds_per_day = 86400;

/// A point in time: whole seconds since 1970-01-01T00:00:00 UTC, proleptic Gregorian calendar.
struct Time {
  std::int64_t seconds = 0;
  auto operator<=>(const Time&) const = default;
};

/// A calendar date, and the number of its day in the year (1 January = 1).
struct Date {
  int year = 1970, month = 1, day = 1, day_of_year = 1;
};

Time time_of(int year, int month, int day, std::int64_t second_of_day = 0);
Date date_of(Time time);
int days_in_year(int year);

/// Reads `2018-01-01`, `2018-01-01T06:00:00` or with a blank instead of T; throws `Error` otherwise.
Time parse_time(std::string_view text);
/// `2018-01-01`, or `2018-01-01T06:00:00` when not at midnight.
std::string format_time(Time time);
/// Seconds of `8 days`, `1 day`, `6 hours`, `30 minutes`, `3600 s`; throws `Error` otherwise.
std::int64_t parse_duration(std::string_view text);
/// `8 days`, `6 hours`, ...: the largest unit that divides it.
std::string format_duration(std::int64_t seconds);

inline Time operator+(Time t, std::int64_t seconds) { return {t.seconds + seconds}; }
inline std::int64_t operator-(Time a, Time b) { return a.seconds - b.seconds; }
/// Midnight (UTC) at or before `t`.
Time midnight(Time t);

}  // namespace tilth
