#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "core/parallel/comm.hpp"
#include "core/state/forcing.hpp"
#include "io/forcing_files.hpp"
#include "io/met_raw.hpp"
#include "io/met_steps.hpp"

namespace tilth {

/// Rules by which a day is completed; counted, and told by `sentences`.
enum class Rule : int {
  mean_temperature,
  temperature_range,
  shortwave_from_light,
  shortwave_from_range,
  shortwave_from_rain,
  longwave,
  humidity_specific,
  humidity_relative,
  humidity_deficit,
  humidity_deficit_day,
  humidity_dew_point,
  humidity_clipped,
  pressure,
  wind,
  co2_constant,
  rain_and_snow,
  count
};
using RuleCounts = std::array<std::int64_t, int(Rule::count)>;

/// Completes one day by the rules of docs/file-formats.md. What cannot be derived is NaN. `place`: latitude and
/// elevation.
MetDay derived(const RawDay& raw, const GridPoint& place, Time day, const MetRules& rules, RuleCounts& counts);

/// The same of the steps of a day. Cloudiness is that of the day; nothing is estimated from daily extremes.
MetSteps derived(const RawSteps& raw, const GridPoint& place, Time day, const MetRules& rules, RuleCounts& counts);

/// "longwave from humidity and cloudiness (Prata 1996, Crawford & Duchon 1999) on 365 days", ... for rules used.
std::vector<std::string> sentences(const RuleCounts& counts, const MetRules& rules, const std::string& unit = "days");

/// Annual CO2 in umol mol-1: linear between the middles of the years, constant beyond the ends.
class Co2Table {
 public:
  Co2Table() = default;
  /// Reads lines `year,value` after a header; `Error` naming the line that is none. Collective.
  Co2Table(const Comm& comm, const std::string& path);
  bool empty() const { return values_.empty(); }
  double at(Time time) const;

 private:
  std::vector<double> years_, values_;
};

/// Text of a (small) file that rank 0 reads for all; `Error` when it cannot. Collective.
std::string shared_text(const Comm& comm, const std::string& path);

/// `Error` naming `where`, the variable and the day unless every value is finite and inside `met_variables`.
/// `gaps`: names of variables that the file has but not on that day, as the cause.
void require_complete(const MetDay& met, const std::string& where, Time day, const std::string& gaps = "");

/// The day of the nearest other year (earlier of two) for which `has` is true: same month and day, 28 February for
/// 29 February where there is none. Years `first_year..last_year`. Returns false when there is none.
template <class Has>
bool recycled_day(Time wanted, int first_year, int last_year, const Has& has, Time& found) {
  const Date date = date_of(wanted);
  const int farthest = std::max(std::abs(date.year - first_year), std::abs(date.year - last_year));
  for (int distance = 1; distance <= farthest; ++distance)
    for (const int year : {date.year - distance, date.year + distance}) {
      if (year < first_year || year > last_year) continue;
      const bool leap_day = date.month == 2 && date.day == 29 && days_in_year(year) == 365;
      found = time_of(year, date.month, leap_day ? 28 : date.day);
      if (has(found)) return true;
    }
  return false;
}

}  // namespace tilth
