#include "core/base/time.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "core/base/error.hpp"

namespace tilth {
namespace {

constexpr std::array<int, 13> days_before_month = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

bool leap(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Days from 1970-01-01 to 1 January of `year`.
std::int64_t days_to_year(std::int64_t year) {
  const std::int64_t before = year - 1;
  const auto leap_days = [](std::int64_t y) { return floor_div(y, 4) - floor_div(y, 100) + floor_div(y, 400); };
  return 365 * (year - 1970) + leap_days(before) - leap_days(1969);
}

// Days of the year before the first of `month` (13: days of the year).
int days_to_month(int year, int month) { return days_before_month[month - 1] + (month > 2 && leap(year) ? 1 : 0); }

int days_in_month(int year, int month) { return days_to_month(year, month + 1) - days_to_month(year, month); }

// Reads `digits` decimal digits at `from`; false when something else stands there.
bool read_digits(std::string_view text, std::size_t from, std::size_t digits, int& value) {
  if (from + digits > text.size()) return false;
  const char* end = text.data() + from + digits;
  for (const char* c = text.data() + from; c != end; ++c) {
    if (*c < '0' || *c > '9') return false;
  }
  return std::from_chars(text.data() + from, end, value).ptr == end;
}

bool read_date(std::string_view text, int& year, int& month, int& day) {
  return text.size() >= 10 && read_digits(text, 0, 4, year) && text[4] == '-' && read_digits(text, 5, 2, month) &&
         text[7] == '-' && read_digits(text, 8, 2, day);
}

bool read_clock(std::string_view text, int& hour, int& minute, int& second) {
  return text.size() == 19 && (text[10] == 'T' || text[10] == ' ') && read_digits(text, 11, 2, hour) &&
         text[13] == ':' && read_digits(text, 14, 2, minute) && text[16] == ':' && read_digits(text, 17, 2, second);
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

struct Unit {
  std::int64_t seconds;
  std::array<std::string_view, 3> names;  // singular, plural, symbol
};
constexpr std::array<Unit, 5> units = {{{7 * seconds_per_day, {"week", "weeks", "weeks"}},
                                        {seconds_per_day, {"day", "days", "d"}},
                                        {3600, {"hour", "hours", "h"}},
                                        {60, {"minute", "minutes", "min"}},
                                        {1, {"second", "seconds", "s"}}}};

}  // namespace

int days_in_year(int year) { return leap(year) ? 366 : 365; }

Time time_of(int year, int month, int day, std::int64_t second_of_day) {
  require(month >= 1 && month <= 12, "month ", month, " of year ", year, ": must be 1 to 12");
  require(day >= 1 && day <= days_in_month(year, month), "day ", day, " of month ", month, " of year ", year,
          ": this month has ", days_in_month(year, month), " days");
  const std::int64_t days = days_to_year(year) + days_to_month(year, month) + day - 1;
  return {days * seconds_per_day + second_of_day};
}

Date date_of(Time time) {
  const std::int64_t days = floor_div(time.seconds, seconds_per_day);
  constexpr std::int64_t days_of_400_years = 146097;
  std::int64_t year = 1970 + floor_div(days * 400, days_of_400_years);  // right, or one off
  while (days_to_year(year) > days) --year;
  while (days_to_year(year + 1) <= days) ++year;
  Date date;
  date.year = static_cast<int>(year);
  date.day_of_year = static_cast<int>(days - days_to_year(year)) + 1;
  date.month = 1;
  while (days_to_month(date.year, date.month + 1) < date.day_of_year) ++date.month;
  date.day = date.day_of_year - days_to_month(date.year, date.month);
  return date;
}

Time parse_time(std::string_view text) {
  const std::string_view given = trimmed(text);
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  require(read_date(given, year, month, day) && (given.size() == 10 || read_clock(given, hour, minute, second)),
          "time '", text, "': expected 2018-01-31 or 2018-01-31T06:00:00 (UTC)");
  require(month >= 1 && month <= 12, "time '", text, "': month ", month, ", must be 1 to 12");
  require(day >= 1 && day <= days_in_month(year, month), "time '", text, "': day ", day, ", this month has ",
          days_in_month(year, month), " days");
  require(hour < 24 && minute < 60 && second < 60, "time '", text,
          "': the clock must be 00:00:00 to 23:59:59; write midnight as the next day's date");
  return time_of(year, month, day, 3600 * hour + 60 * minute + second);
}

std::string format_time(Time time) {
  const Date date = date_of(time);
  const auto second = static_cast<int>(time - midnight(time));
  std::array<char, 64> buffer;
  const auto put = [&](auto... values) { return std::snprintf(buffer.data(), buffer.size(), values...); };
  const int length = second == 0 ? put("%04d-%02d-%02d", date.year, date.month, date.day)
                                 : put("%04d-%02d-%02dT%02d:%02d:%02d", date.year, date.month, date.day, second / 3600,
                                       second / 60 % 60, second % 60);
  return std::string(buffer.data(), static_cast<std::size_t>(length));
}

std::int64_t parse_duration(std::string_view text) {
  constexpr const char* expected = ": expected a number and a unit, like 8 days, 6 hours, 30 minutes or 3600 s";
  const std::string_view given = trimmed(text);
  double count = 0.0;
  const auto [rest, status] = std::from_chars(given.data(), given.data() + given.size(), count);
  require(status == std::errc() && std::isfinite(count), "duration '", text, "'", expected);
  const std::string_view name = trimmed(given.substr(static_cast<std::size_t>(rest - given.data())));
  require(!name.empty(), "duration '", text, "' has no unit", expected);
  for (const Unit& unit : units) {
    if (name != unit.names[0] && name != unit.names[1] && name != unit.names[2]) continue;
    const double seconds = count * static_cast<double>(unit.seconds);
    constexpr double most = 0x1p53;  // beyond, a double does not hold every whole second
    require(seconds >= 0.0 && seconds <= most, "duration '", text, "': must not be negative or above 2^53 s");
    require(seconds == std::floor(seconds), "duration '", text, "': must be a whole number of seconds");
    return static_cast<std::int64_t>(seconds);
  }
  throw Error(tilth::text("duration '", text, "': unknown unit '", name, "'", expected));
}

std::string format_duration(std::int64_t seconds) {
  for (const Unit& unit : units) {
    if (unit.seconds > seconds_per_day || seconds % unit.seconds != 0) continue;
    const std::int64_t count = seconds / unit.seconds;
    return text(count, " ", count == 1 ? unit.names[0] : unit.names[1]);
  }
  return text(seconds, " seconds");  // not reached: one second divides all
}

Time midnight(Time t) { return {floor_div(t.seconds, seconds_per_day) * seconds_per_day}; }

}  // namespace tilth
