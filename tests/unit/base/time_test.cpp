#include "core/base/time.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/base/error.hpp"

namespace tilth {
namespace {

std::string message_of_time(const std::string& text) {
  try {
    parse_time(text);
  } catch (const Error& e) {
    return e.what();
  }
  return "accepted";
}

std::string message_of_duration(const std::string& text) {
  try {
    parse_duration(text);
  } catch (const Error& e) {
    return e.what();
  }
  return "accepted";
}

struct KnownDate {
  int year, month, day;
  std::int64_t seconds;  // of GNU date -u +%s
  int day_of_year;
};
constexpr KnownDate known_dates[] = {
    {1970, 1, 1, 0, 1},
    {1600, 2, 29, -11670998400, 60},
    {1900, 2, 28, -2203977600, 59},
    {1900, 3, 1, -2203891200, 60},  // 1900 has no 29 February
    {2000, 2, 29, 951782400, 60},   // 2000 has
    {2000, 12, 31, 978220800, 366},
    {2018, 1, 1, 1514764800, 1},
    {2100, 3, 1, 4107542400, 60},
    {2400, 12, 31, 13601001600, 366},
};

TEST(Calendar, AgreesWithKnownDates) {
  for (const KnownDate& known : known_dates) {
    const Time time = time_of(known.year, known.month, known.day);
    EXPECT_EQ(time.seconds, known.seconds) << format_time(time);
    const Date date = date_of(time);
    EXPECT_EQ(date.year, known.year);
    EXPECT_EQ(date.month, known.month) << known.year;
    EXPECT_EQ(date.day, known.day) << known.year;
    EXPECT_EQ(date.day_of_year, known.day_of_year) << known.year;
  }
}

TEST(Calendar, CountsEveryDayFrom1601To2400OneByOne) {
  std::int64_t day_number = time_of(1601, 1, 1).seconds / seconds_per_day;
  for (int year = 1601; year <= 2400; ++year) {
    const bool leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
    EXPECT_EQ(days_in_year(year), leap ? 366 : 365);
    const int lengths[] = {31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int day_of_year = 0;
    for (int month = 1; month <= 12; ++month) {
      for (int day = 1; day <= lengths[month - 1]; ++day, ++day_number) {
        ASSERT_EQ(time_of(year, month, day).seconds, day_number * seconds_per_day);
        const Date date = date_of(Time{day_number * seconds_per_day + 86399});  // last second of the day
        ASSERT_TRUE(date.year == year && date.month == month && date.day == day) << year << " " << month << " " << day;
        ASSERT_EQ(date.day_of_year, ++day_of_year);
      }
    }
  }
}

TEST(Calendar, RefusesDatesThatDoNotExist) {
  EXPECT_THROW(time_of(1900, 2, 29), Error);
  EXPECT_THROW(time_of(2018, 13, 1), Error);
  EXPECT_THROW(time_of(2018, 0, 1), Error);
  EXPECT_THROW(time_of(2018, 4, 31), Error);
  EXPECT_THROW(time_of(2018, 4, 0), Error);
}

TEST(Calendar, MidnightIsAtOrBeforeAlsoBefore1970) {
  EXPECT_EQ(midnight(Time{0}), Time{0});
  EXPECT_EQ(midnight(Time{86399}), Time{0});
  EXPECT_EQ(midnight(Time{-1}), Time{-86400});
  EXPECT_EQ(midnight(Time{-86400}), Time{-86400});
}

TEST(ParseTime, ReadsDateDateWithClockAndBlankInsteadOfT) {
  EXPECT_EQ(parse_time("2018-01-01"), time_of(2018, 1, 1));
  EXPECT_EQ(parse_time("2018-01-01T06:00:00"), time_of(2018, 1, 1, 21600));
  EXPECT_EQ(parse_time(" 2018-01-01 23:59:59 "), time_of(2018, 1, 1, 86399));
  EXPECT_EQ(parse_time("2000-02-29"), time_of(2000, 2, 29));
}

TEST(ParseTime, NamesTheTextTheValueAndWhatWasExpected) {
  for (const std::string bad : {"", "2018", "2018-1-1", "01.01.2018", "2018-01-01T06:00", "2018-01-01x06:00:00",
                                "2018-01-01T06:00:00Z", "2018-01-01T+6:00:00", "20l8-01-01", "-018-01-01"}) {
    EXPECT_EQ(message_of_time(bad), "time '" + bad + "': expected 2018-01-31 or 2018-01-31T06:00:00 (UTC)");
  }
  EXPECT_EQ(message_of_time("2018-13-01"), "time '2018-13-01': month 13, must be 1 to 12");
  EXPECT_EQ(message_of_time("2018-02-29"), "time '2018-02-29': day 29, this month has 28 days");
  EXPECT_NE(message_of_time("2018-02-01T24:00:00").find("next day"), std::string::npos);
}

TEST(FormatTime, LeavesTheClockAwayAtMidnightAndIsReadBack) {
  EXPECT_EQ(format_time(time_of(2018, 3, 4)), "2018-03-04");
  EXPECT_EQ(format_time(time_of(2018, 3, 4, 3723)), "2018-03-04T01:02:03");
  EXPECT_EQ(format_time(Time{-1}), "1969-12-31T23:59:59");
  for (std::int64_t seconds = -5'000'000'000; seconds < 5'000'000'000; seconds += 12'345'679) {
    ASSERT_EQ(parse_time(format_time(Time{seconds})), Time{seconds});
  }
}

TEST(ParseDuration, ReadsEveryUnitInEveryForm) {
  EXPECT_EQ(parse_duration("8 days"), 8 * 86400);
  EXPECT_EQ(parse_duration("1 day"), 86400);
  EXPECT_EQ(parse_duration("2d"), 2 * 86400);
  EXPECT_EQ(parse_duration("2 weeks"), 14 * 86400);
  EXPECT_EQ(parse_duration("6 hours"), 21600);
  EXPECT_EQ(parse_duration("1.5 h"), 5400);
  EXPECT_EQ(parse_duration("30 minutes"), 1800);
  EXPECT_EQ(parse_duration("30 min"), 1800);
  EXPECT_EQ(parse_duration(" 3600  s "), 3600);
  EXPECT_EQ(parse_duration("0 days"), 0);
}

TEST(ParseDuration, NamesWhatIsWrong) {
  EXPECT_NE(message_of_duration("").find("expected a number and a unit"), std::string::npos);
  EXPECT_NE(message_of_duration("days").find("expected a number and a unit"), std::string::npos);
  EXPECT_NE(message_of_duration("8").find("'8' has no unit"), std::string::npos);
  EXPECT_NE(message_of_duration("8 fortnights").find("unknown unit 'fortnights'"), std::string::npos);
  EXPECT_NE(message_of_duration("-1 day").find("must not be negative"), std::string::npos);
  EXPECT_NE(message_of_duration("0.3 s").find("whole number of seconds"), std::string::npos);
  for (const std::string bad : {"1e300 days", "nan days", "inf days"}) EXPECT_THROW(parse_duration(bad), Error) << bad;
}

TEST(FormatDuration, TakesTheLargestUnitThatDivides) {
  EXPECT_EQ(format_duration(8 * 86400), "8 days");
  EXPECT_EQ(format_duration(86400), "1 day");
  EXPECT_EQ(format_duration(21600), "6 hours");
  EXPECT_EQ(format_duration(5400), "90 minutes");
  EXPECT_EQ(format_duration(61), "61 seconds");
  for (const std::int64_t seconds : {0, 1, 59, 60, 3600, 86399, 86400, 30 * 86400}) {
    EXPECT_EQ(parse_duration(format_duration(seconds)), seconds);
  }
}

}  // namespace
}  // namespace tilth
