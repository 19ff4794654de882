#include "core/physics/solar.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tilth {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double radians = pi / 180.0;
constexpr double hours_per_day = 24.0;
constexpr double minutes_per_day = 1440.0;
constexpr std::int64_t half_day_s = seconds_per_day / 2;

/// Julian centuries since 2000-01-01T12:00 (J2000.0 is day 10957.5 since 1970).
double julian_centuries(Time t) { return (double(t.seconds) / double(seconds_per_day) - 10957.5) / 36525.0; }

/// Apparent solar hour angle at a time, rad: 0 when the sun is highest.
double hour_angle(const Sun& sun, Time t, double lon) {
  const double utc_min = double(t - midnight(t)) / 60.0;
  const double solar_min = utc_min + sun.equation_of_time_min + 4.0 * lon;
  return 2.0 * pi * (solar_min / minutes_per_day - 0.5);
}

}  // namespace

Sun sun_at(Time t) {
  const double T = julian_centuries(t);
  const double mean_longitude = 280.46646 + T * (36000.76983 + 0.0003032 * T);       // Meeus 25.2, degrees
  const double anomaly = (357.52911 + T * (35999.05029 - 0.0001537 * T)) * radians;  // 25.3
  const double e = 0.016708634 - T * (0.000042037 + 0.0000001267 * T);               // 25.4
  const double centre = std::sin(anomaly) * (1.914602 - T * (0.004817 + 0.000014 * T)) +
                        std::sin(2.0 * anomaly) * (0.019993 - 0.000101 * T) + std::sin(3.0 * anomaly) * 0.000289;
  const double node = (125.04 - 1934.136 * T) * radians;
  const double longitude = (mean_longitude + centre - 0.00569 - 0.00478 * std::sin(node)) * radians;
  const double mean_obliquity = 23.0 + (26.0 + (21.448 - T * (46.815 + T * (0.00059 - T * 0.001813))) / 60.0) / 60.0;
  const double obliquity = (mean_obliquity + 0.00256 * std::cos(node)) * radians;  // 25.8

  Sun sun;
  sun.declination = std::asin(std::sin(obliquity) * std::sin(longitude));                            // 25.7
  sun.distance_au = 1.000001018 * (1.0 - e * e) / (1.0 + e * std::cos(anomaly + centre * radians));  // 25.5
  const double y = std::tan(0.5 * obliquity) * std::tan(0.5 * obliquity);  // 28.3 (Smart 1956)
  const double l = mean_longitude * radians;
  const double eot = y * std::sin(2.0 * l) - 2.0 * e * std::sin(anomaly) +
                     4.0 * e * y * std::sin(anomaly) * std::cos(2.0 * l) - 0.5 * y * y * std::sin(4.0 * l) -
                     1.25 * e * e * std::sin(2.0 * anomaly);
  sun.equation_of_time_min = 4.0 * eot / radians;  // the Earth turns one degree in four minutes
  return sun;
}

SolarDay solar_day(const Sun& noon_sun, double lat) {
  const double sin_product = std::sin(lat * radians) * std::sin(noon_sun.declination);
  const double cos_product = std::cos(lat * radians) * std::cos(noon_sun.declination);
  // cos of the sunset hour angle; at the poles cos_product is 0 up to round-off and the sign of sin_product decides
  const double h0 = std::acos(std::clamp(-sin_product / std::max(cos_product, 1e-12), -1.0, 1.0));
  SolarDay day;
  day.declination = noon_sun.declination;
  day.distance_au = noon_sun.distance_au;
  day.day_length_h = hours_per_day * h0 / pi;
  day.noon_cos_zenith = std::max(0.0, sin_product + cos_product);
  const double mean_cos = (h0 * sin_product + cos_product * std::sin(h0)) / pi;  // Liou 2002, eq. 2.2.21
  day.toa_mean_w_m2 = solar_constant_w_m2 / (noon_sun.distance_au * noon_sun.distance_au) * std::max(0.0, mean_cos);
  return day;
}

SolarDay solar_day(Time day, double lat) { return solar_day(sun_at(midnight(day) + half_day_s), lat); }

double cos_zenith(Time t, double lon, double lat) {
  const Sun sun = sun_at(t);
  return std::sin(lat * radians) * std::sin(sun.declination) +
         std::cos(lat * radians) * std::cos(sun.declination) * std::cos(hour_angle(sun, t, lon));
}

Sun SunDay::at(Time t) const {
  const double share = double(t - day) / double(seconds_per_day);
  const auto between = [share](double a, double b) { return a + share * (b - a); };
  return {between(begin.declination, end.declination), between(begin.equation_of_time_min, end.equation_of_time_min),
          between(begin.distance_au, end.distance_au)};
}

SunDay sun_day(Time day) {
  const Time begin = midnight(day);
  return {begin, sun_at(begin), sun_at(begin + seconds_per_day)};
}

SunStep sun_step(const Sun& sun, Time begin, std::int64_t length_s, double lon, double lat) {
  const double sin_product = std::sin(lat * radians) * std::sin(sun.declination);
  const double cos_product = std::cos(lat * radians) * std::cos(sun.declination);
  const double h0 = std::acos(std::clamp(-sin_product / std::max(cos_product, 1e-12), -1.0, 1.0));
  double h1 = std::fmod(hour_angle(sun, begin, lon), 2.0 * pi);
  if (h1 < -pi) h1 += 2.0 * pi;
  if (h1 >= pi) h1 -= 2.0 * pi;
  const double width = 2.0 * pi * double(length_s) / double(seconds_per_day);
  double sunlit = 0.0, integral = 0.0;
  for (const double noon : {0.0, 2.0 * pi}) {  // a step that begins in the evening may reach the next morning
    const double from = std::max(h1, noon - h0), to = std::min(h1 + width, noon + h0);
    if (to <= from) continue;
    sunlit += to - from;
    const double half = 0.5 * (to - from);
    integral += 2.0 * (half * sin_product + cos_product * std::cos(from + half) * std::sin(half));
  }
  SunStep step;
  if (sunlit <= 0.0) return step;
  integral = std::max(integral, 0.0);
  step.sunlit_fraction = std::min(sunlit / width, 1.0);
  step.sunlit_cos_zenith = std::min(integral / sunlit, 1.0);
  step.toa_w_m2 = solar_constant_w_m2 / (sun.distance_au * sun.distance_au) * integral / width;
  return step;
}

SunStep sun_step(const SunDay& sun, Time begin, std::int64_t length_s, double lon, double lat) {
  return sun_step(sun.at(begin + length_s / 2), begin, length_s, lon, lat);
}

void spread_shortwave(double mean, std::span<const double> toa_w_m2, std::span<double> out) {
  double above = 0.0;
  for (const double toa : toa_w_m2) above += toa;
  above /= double(toa_w_m2.size());
  const double transmissivity = above > 0.0 ? std::min(mean / above, 1.0) : 0.0;
  const double rest = above > 0.0 ? std::max(mean - above, 0.0) : mean;
  for (std::size_t s = 0; s < out.size(); ++s) out[s] = transmissivity * toa_w_m2[s] + rest;
}

}  // namespace tilth
