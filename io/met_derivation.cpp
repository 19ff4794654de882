#include "io/met_derivation.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

#include "core/base/error.hpp"
#include "io/met_physics.hpp"
#include "io/netcdf.hpp"

namespace tilth {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double wet_day = 1.0 / 86400.0;             // kg m-2 s-1: 1 mm a day
constexpr double wet_share = 0.45, dry_share = 0.85;  // of the clear-sky radiation, on wet and dry days

/// Reads `raw`, applies rules and counts them.
struct Derivation {
  const RawDay& raw;
  const GridPoint& place;
  const MetRules& rules;
  RuleCounts& counts;
  double above, clear;  // extraterrestrial radiation, W m-2; clear-sky transmissivity

  void used(Rule rule) { ++counts[int(rule)]; }

  double mean_temperature() {
    if (raw.has(Raw::tair)) return raw[Raw::tair];
    if (!raw.has(Raw::tmin) || !raw.has(Raw::tmax)) return nan;
    used(Rule::mean_temperature);
    return 0.5 * (raw[Raw::tmin] + raw[Raw::tmax]);
  }

  double precipitation() {
    if (raw.has(Raw::precip)) return std::max(raw[Raw::precip], 0.0);
    if (!raw.has(Raw::rainf)) return nan;
    used(Rule::rain_and_snow);
    return std::max(raw[Raw::rainf], 0.0) + (raw.has(Raw::snowf) ? std::max(raw[Raw::snowf], 0.0) : 0.0);
  }

  double shortwave(double precipitation) {
    if (raw.has(Raw::swdown)) return std::max(raw[Raw::swdown], 0.0);
    if (raw.has(Raw::ppfd)) {
      used(Rule::shortwave_from_light);
      return std::max(raw[Raw::ppfd], 0.0) / light_per_shortwave;
    }
    if (!rules.estimate_radiation) return nan;
    if (raw.has(Raw::tmin) && raw.has(Raw::tmax)) {
      used(Rule::shortwave_from_range);
      return above * met::transmissivity(raw[Raw::tmax] - raw[Raw::tmin], clear);
    }
    used(Rule::shortwave_from_rain);
    return above * clear * (precipitation > wet_day ? wet_share : dry_share);
  }

  void extremes(MetDay& met) {
    const double mean = met[Met::air_temperature];
    double low = raw[Raw::tmin], high = raw[Raw::tmax];
    if (!raw.has(Raw::tmin) || !raw.has(Raw::tmax)) {
      if (std::isfinite(mean)) used(Rule::temperature_range);
      const double share = above > 5.0 ? met[Met::shortwave] / above : 0.4 * clear;  // polar night: as under cloud
      const double half = 0.5 * met::temperature_range(share, clear);
      low = mean - half;
      high = mean + half;
    }
    met[Met::air_temperature_min] = std::min(low, mean);
    met[Met::air_temperature_max] = std::max(high, mean);
  }

  double humidity(const MetDay& met) {
    const double mean = met[Met::air_temperature];
    if (raw.has(Raw::ea)) return raw[Raw::ea];
    if (raw.has(Raw::qair)) {
      used(Rule::humidity_specific);
      return met::vapour_pressure(raw[Raw::qair], met[Met::surface_pressure]);
    }
    if (raw.has(Raw::rh)) {
      used(Rule::humidity_relative);
      return 0.01 * raw[Raw::rh] * met::saturation_pressure(mean);
    }
    if (raw.has(Raw::vpd)) {
      used(Rule::humidity_deficit);
      return met::saturation_pressure(mean) - raw[Raw::vpd];
    }
    if (raw.has(Raw::vpd_day)) {
      used(Rule::humidity_deficit_day);
      const double day = raw.has(Raw::tair_day)
                             ? raw[Raw::tair_day]
                             : mean + 0.25 * (met[Met::air_temperature_max] - met[Met::air_temperature_min]);
      return met::saturation_pressure(day) - raw[Raw::vpd_day];
    }
    if (!rules.estimate_radiation) return nan;
    used(Rule::humidity_dew_point);
    return met::saturation_pressure(met[Met::air_temperature_min]);
  }

  double pressure() {
    if (raw.has(Raw::psurf)) return raw[Raw::psurf];
    used(Rule::pressure);
    return met::standard_pressure(place.surface.elevation_m);
  }

  /// `cloud`: fraction of the day.
  double longwave(double vapour_pressure, double temperature, double cloud) {
    if (raw.has(Raw::lwdown)) return raw[Raw::lwdown];
    const double derived = met::longwave(vapour_pressure, temperature, cloud);
    if (std::isfinite(derived)) used(Rule::longwave);
    return derived;
  }

  double wind() {
    if (raw.has(Raw::wind)) return raw[Raw::wind];
    used(Rule::wind);
    return rules.wind_speed;
  }

  double co2() {
    if (raw.has(Raw::co2)) return raw[Raw::co2];
    if (rules.co2_file.empty()) used(Rule::co2_constant);
    return rules.co2;
  }

  /// Keeps vapour pressure between 3 % and 100 % of saturation at the mean temperature.
  double clipped(double vapour_pressure, double mean) {
    if (!(vapour_pressure == vapour_pressure)) return nan;
    const double saturation = met::saturation_pressure(mean);
    const double kept = std::clamp(vapour_pressure, 0.03 * saturation, saturation);
    if (kept != vapour_pressure) used(Rule::humidity_clipped);
    return kept;
  }
};

}  // namespace

MetDay derived(const RawDay& raw, const GridPoint& place, Time day, const MetRules& rules, RuleCounts& counts) {
  Derivation d{raw,
               place,
               rules,
               counts,
               met::extraterrestrial_radiation(day, place.lat),
               met::clear_sky_transmissivity(place.surface.elevation_m)};
  MetDay met;
  const double mean = met[Met::air_temperature] = d.mean_temperature();
  met[Met::precipitation] = d.precipitation();
  const double sun = met[Met::shortwave] = d.shortwave(met[Met::precipitation]);
  d.extremes(met);
  met[Met::surface_pressure] = d.pressure();
  met[Met::vapour_pressure] = d.clipped(d.humidity(met), mean);
  met[Met::longwave] = d.longwave(met[Met::vapour_pressure], mean, met::cloud_fraction(sun, d.above * d.clear));
  met[Met::wind_speed] = d.wind();
  met[Met::co2] = d.co2();
  return met;
}

MetSteps derived(const RawSteps& raw, const GridPoint& place, Time day, const MetRules& rules, RuleCounts& counts) {
  MetRules plain = rules;
  plain.estimate_radiation = false;  // its formulas are of days
  const double above = met::extraterrestrial_radiation(day, place.lat);
  const double clear = met::clear_sky_transmissivity(place.surface.elevation_m);
  MetSteps out;
  out.per_day = raw.per_day;
  const auto each = [&](const auto& fill) {
    for (int s = 0; s < raw.per_day; ++s) {
      RawDay now = raw.at(s);
      now[Raw::vpd_day] = nan;  // a mean of daytime is no value of a step
      Derivation d{now, place, plain, counts, above, clear};
      fill(d, s);
    }
  };
  double sun = 0.0;
  each([&](Derivation& d, int s) {
    MetDay met;
    met[Met::air_temperature] = d.mean_temperature();
    met[Met::surface_pressure] = d.pressure();
    out.at(StepMet::air_temperature, s) = met[Met::air_temperature];
    out.at(StepMet::surface_pressure, s) = met[Met::surface_pressure];
    out.at(StepMet::vapour_pressure, s) = d.clipped(d.humidity(met), met[Met::air_temperature]);
    out.at(StepMet::precipitation, s) = d.precipitation();
    out.at(StepMet::shortwave, s) = d.shortwave(out.at(StepMet::precipitation, s));
    out.at(StepMet::wind_speed, s) = d.wind();
    out.at(StepMet::co2, s) = d.co2();
    sun += out.at(StepMet::shortwave, s) / raw.per_day;
  });
  const double cloud = met::cloud_fraction(sun, above * clear);  // of the day: the night has no sun to tell
  each([&](Derivation& d, int s) {
    out.at(StepMet::longwave, s) =
        d.longwave(out.at(StepMet::vapour_pressure, s), out.at(StepMet::air_temperature, s), cloud);
  });
  return out;
}

std::vector<std::string> sentences(const RuleCounts& counts, const MetRules& rules, const std::string& unit) {
  const std::array<std::string, int(Rule::count)> texts = {
      "mean temperature as the mean of minimum and maximum",
      "temperature range from shortwave (Bristow & Campbell 1984)",
      "shortwave from photosynthetic photon flux (2.04 umol J-1)",
      "shortwave from temperature range (Bristow & Campbell 1984)",
      "shortwave from wet and dry days (45 % and 85 % of clear sky)",
      "longwave from humidity and cloudiness (Prata 1996; Crawford & Duchon 1999)",
      "vapour pressure from specific humidity",
      "vapour pressure from relative humidity",
      "vapour pressure from saturation deficit at mean temperature",
      "vapour pressure from daytime saturation deficit at daytime temperature",
      "vapour pressure as saturation at the minimum temperature",
      "vapour pressure put between 3 % and 100 % of saturation",
      "pressure from elevation (standard atmosphere)",
      text("wind speed constant ", rules.wind_speed, " m s-1"),
      text("CO2 constant ", rules.co2, " umol mol-1"),
      "precipitation as the sum of rain and snow"};
  std::vector<std::string> out;
  for (std::size_t r = 0; r < texts.size(); ++r)
    if (counts[r] > 0) out.push_back(text(texts[r], " on ", counts[r], " ", unit));
  return out;
}

std::string shared_text(const Comm& comm, const std::string& path) {
  netcdf::require_readable(comm, path);
  std::string content;
  if (comm.root()) {
    std::ostringstream all;
    all << std::ifstream(path).rdbuf();
    content = all.str();
  }
  comm.broadcast(content);
  return content;
}

Co2Table::Co2Table(const Comm& comm, const std::string& path) {
  std::istringstream lines(shared_text(comm, path));
  std::string line;
  std::getline(lines, line);
  for (int number = 2; std::getline(lines, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    double year = 0.0, value = 0.0;
    char comma = ' ';
    std::istringstream fields(line);
    const bool ok = bool(fields >> year >> comma >> value) && comma == ',' && value > 100.0 && value < 5000.0 &&
                    (years_.empty() || year > years_.back());
    require(ok, path, " line ", number, ": '", line, "', expected `year,co2` with increasing years and umol mol-1");
    years_.push_back(year);
    values_.push_back(value);
  }
  require(!years_.empty(), path, ": no lines `year,co2`");
}

double Co2Table::at(Time time) const {
  const Date date = date_of(time);
  const double now = date.year + (date.day_of_year - 0.5) / days_in_year(date.year) - 0.5;  // of the middles of years
  if (now <= years_.front()) return values_.front();
  if (now >= years_.back()) return values_.back();
  const std::size_t i = std::size_t(std::upper_bound(years_.begin(), years_.end(), now) - years_.begin());
  const double share = (now - years_[i - 1]) / (years_[i] - years_[i - 1]);
  return values_[i - 1] + share * (values_[i] - values_[i - 1]);
}

void require_complete(const MetDay& met, const std::string& where, Time day, const std::string& gaps) {
  // What others are derived from comes first, so that the message names the cause.
  constexpr Met order[] = {
      Met::air_temperature,     Met::precipitation,   Met::shortwave, Met::surface_pressure, Met::air_temperature_min,
      Met::air_temperature_max, Met::vapour_pressure, Met::longwave,  Met::wind_speed,       Met::co2};
  static_assert(std::size(order) == met_count);
  for (const Met m : order) {
    const MetVariable& v = met_variables[std::size_t(m)];
    require(std::isfinite(met[m]), where, ": no ", v.name, " for ", format_time(day),
            gaps.empty() ? "" : ", where the file has gaps in " + gaps + ",",
            " and nothing to derive it from; add the variable, fill the gap or see the options of the forcing");
    require(met[m] >= v.lower && met[m] <= v.upper, where, ": ", v.name, " is ", met[m], " ", v.units, " on ",
            format_time(day), ", expected ", v.lower, " to ", v.upper);
  }
}

}  // namespace tilth
