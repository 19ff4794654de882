#include "io/site_series.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "io/units.hpp"

namespace tilth {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double median(std::vector<double> values) {
  values.erase(std::remove_if(values.begin(), values.end(), [](double v) { return !std::isfinite(v); }), values.end());
  if (values.empty()) return nan;
  std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(values.size() / 2), values.end());
  return values[values.size() / 2];
}

}  // namespace

bool is_water(Raw raw) { return raw == Raw::precip || raw == Raw::rainf || raw == Raw::snowf; }

std::vector<double> checked_series(const netcdf::File& file, Raw raw, int id, const std::vector<Time>& times,
                                   const MetRules& rules, std::vector<std::string>& remarks) {
  const RawVariable& v = raw_variables[int(raw)];
  const std::string where = file.path() + ": variable '" + file.name(id) + "'";
  require(file.size(id) == std::int64_t(times.size()), where, " has ", file.size(id), " values for ", times.size(),
          " times; expected a time series at one station");
  const UnitConverter convert(file.units(id), v.units, where);
  std::vector<double> values = file.all(id);
  std::int64_t refused = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = convert(values[i]);
    if (!(values[i] < v.lower || values[i] > v.upper)) continue;
    require(rules.out_of_range == "gap", where, " is ", values[i], " ", v.units, " at ", format_time(times[i]),
            ", expected ", v.lower, " to ", v.upper,
            "; correct the file, or set out_of_range: gap to treat such values as missing");
    values[i] = nan;
    ++refused;
  }
  if (refused > 0) remarks.push_back(text(v.names[0], ": ", refused, " values out of range treated as gaps"));
  return values;
}

void drop_co2_outliers(std::vector<double>& co2, const MetRules& rules, const std::string& unit,
                       std::vector<std::string>& remarks) {
  if (!rules.co2_file.empty()) co2.clear();
  const double middle = median(co2);
  std::int64_t dropped = 0;
  for (double& v : co2)
    if (std::abs(v - middle) > rules.co2_outlier * middle) {
      v = nan;
      ++dropped;
    }
  if (dropped > 0)
    remarks.push_back(text("CO2air: ", dropped, " ", unit, " further than ", 100 * rules.co2_outlier,
                           " % from the median ", middle, " umol mol-1 treated as gaps"));
}

void report_pressure_drift(const std::vector<double>& pressure, Time first, std::vector<std::string>& remarks) {
  std::map<int, std::pair<double, int>> years;
  for (std::size_t d = 0; d < pressure.size(); ++d)
    if (std::isfinite(pressure[d])) {
      auto& [sum, count] = years[date_of(first + std::int64_t(d) * seconds_per_day).year];
      sum += pressure[d];
      ++count;
    }
  double low = 1e300, high = -1e300;
  for (const auto& [year, sum_count] : years) {
    if (sum_count.second < 300) continue;
    low = std::min(low, sum_count.first / sum_count.second);
    high = std::max(high, sum_count.first / sum_count.second);
  }
  if (high > 1.01 * low)
    remarks.push_back(text("Psurf: annual means range from ", std::round(low), " to ", std::round(high),
                           " Pa: the sensor drifted or was changed"));
}

std::string gap_remark(Raw raw, std::int64_t count, const std::string& what) {
  return text(raw_variables[int(raw)].names[0], ": ", count, " ", what);
}

}  // namespace tilth
