#include "io/time_axis.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/error.hpp"
#include "io/units.hpp"

namespace tilth {

namespace {

constexpr const char* our_units = "seconds since 1970-01-01 00:00:00";

/// The step that most neighbours have (the shorter of equals); 0 when fewer than half of them have it.
std::int64_t regular_step(const std::vector<Time>& times) {
  std::map<std::int64_t, std::size_t> seen;
  for (std::size_t i = 1; i < times.size(); ++i) ++seen[times[i] - times[i - 1]];
  std::int64_t step = 0;
  std::size_t most = 0;
  for (const auto& [length, count] : seen)
    if (count > most) {
      step = length;
      most = count;
    }
  return 2 * most >= times.size() - 1 ? step : 0;
}

}  // namespace

TimeDecoder::TimeDecoder(const netcdf::File& file, int variable, std::int64_t shift_s)
    : where_(file.path() + ": variable '" + file.name(variable) + "'"), shift_s_(shift_s) {
  const std::string units = file.units(variable);
  const std::string calendar = file.text_attribute(variable, "calendar").value_or("standard");
  const bool gregorian = calendar == "standard" || calendar == "gregorian" || calendar == "proleptic_gregorian";
  require(gregorian, where_, ": calendar '", calendar,
          "' is not supported; convert it to the standard calendar, for instance with `cdo setcalendar,standard`");
  const std::string unit = units.substr(0, units.find(' '));
  require(units.find(" since ") != std::string::npos, where_, ": units '", units,
          "', expected a time such as 'days since 2000-01-01 00:00:00'");
  require(unit.find("month") != 0 && unit.find("year") != 0, where_, ": units '", units,
          "' count months or years, whose length varies; express the times in days");
  const UnitConverter convert(units, our_units, where_);
  offset_ = std::round(convert(0.0));  // UDUNITS keeps epochs to a fraction of a second
  scale_ = UnitConverter(unit, "s", where_).difference(1.0);
}

Time TimeDecoder::operator()(double value) const {
  require(std::isfinite(value), where_, ": a time is missing or not finite");
  const double seconds = offset_ + scale_ * value + double(shift_s_);
  const auto known = [](Time t) { return t >= time_of(1582, 10, 15) && t < time_of(3000, 1, 1); };
  const bool countable = std::abs(seconds) < 1e13;  // a number of seconds whose year can be written
  const Time time{countable ? std::int64_t(std::llround(offset_ + scale_ * value)) + shift_s_ : 0};
  require(countable && known(time), where_, ": time ", value, countable ? " is " + format_time(time) : "",
          ", expected a date between 1582-10-15 and 3000-01-01; check its units");
  return time;
}

int time_variable(const netcdf::File& file) {
  if (file.has_variable("time")) return file.variable("time");
  for (const std::string& name : file.variables()) {
    const int id = file.variable(name);
    if (file.text_attribute(id, "standard_name") == "time" || file.text_attribute(id, "axis") == "T") return id;
  }
  return file.variable("time");  // throws, with what the file has
}

std::string bounds_name(const netcdf::File& file, int variable) {
  if (const auto named = file.text_attribute(variable, "bounds"); named && !named->empty()) return *named;
  for (const char* ending : {"_bnds", "_bounds"})
    if (file.has_variable(file.name(variable) + ending)) return file.name(variable) + ending;
  return "";
}

TimeAxis read_time_axis(const netcdf::File& file, std::int64_t shift_s, std::int64_t interval_s) {
  const int variable = time_variable(file);
  const TimeDecoder decode(file, variable, shift_s);
  TimeAxis axis;
  for (const double value : file.all(variable)) axis.begin.push_back(decode(value));
  const auto& t = axis.begin;
  for (std::size_t i = 1; i < t.size(); ++i)
    require(t[i] > t[i - 1], file.path(), ": variable '", file.name(variable),
            "' does not increase: ", format_time(t[i - 1]), " is followed by ", format_time(t[i]),
            "; sort the file by time");
  const std::string bounds = bounds_name(file, variable);
  if (!bounds.empty()) {
    const std::vector<double> values = file.all(file.variable(bounds));
    require(values.size() == 2 * t.size(), file.path(), ": variable '", bounds, "' has not two values per time");
    for (std::size_t i = 0; i < t.size(); ++i) {
      axis.begin[i] = decode(values[2 * i]);
      axis.end.push_back(decode(values[2 * i + 1]));
      require(axis.end[i] >= axis.begin[i], file.path(), ": variable '", bounds, "' ends before it begins at ",
              format_time(axis.begin[i]));
    }
    return axis;
  }
  const std::int64_t step = interval_s >= 0 ? interval_s : (t.size() < 2 ? 0 : regular_step(t));
  for (std::size_t i = 0; i < t.size(); ++i) {
    const bool cut = interval_s < 0 && i + 1 < t.size() && t[i + 1] - t[i] < step;
    axis.end.push_back(cut ? t[i + 1] : t[i] + step);
  }
  return axis;
}

}  // namespace tilth
