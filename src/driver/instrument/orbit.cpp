#include "driver/instrument/orbit.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/sphere.hpp"

namespace tilth {

namespace {

constexpr double pi = std::numbers::pi;
constexpr double gravity_km3_s2 = 398600.4418;    // of the Earth
constexpr double equator_km = 6378.137;           // radius that altitudes are given against
constexpr double sun_synchronous_km = 12352.0;    // a polar radius at which cos(inclination) = -1 would keep the sun
constexpr double regression_deg_per_day = 9.964;  // of the node of a satellite at the surface (J2, Vallado 2013, ch. 9)
constexpr double mean_sun_deg_per_day = 360.0 / 365.2422;
constexpr double day_s = double(seconds_per_day);

double wrapped(double turns) { return turns - std::floor(turns + 0.5); }  // to -0.5 .. 0.5

}  // namespace

Orbit Orbit::sun_synchronous(int repeat_days, int revolutions, double ascending_local_h, double phase) {
  Orbit o;
  o.repeat_days_ = repeat_days;
  o.revolutions_ = revolutions;
  o.period_s_ = repeat_days * day_s / revolutions;
  const double radius_km = std::cbrt(gravity_km3_s2 * std::pow(o.period_s_ / (2.0 * pi), 2));
  o.altitude_km_ = radius_km - equator_km;
  o.cos_inclination_ = -std::pow(radius_km / sun_synchronous_km, 3.5);
  o.sin_inclination_ = std::sqrt(1.0 - o.cos_inclination_ * o.cos_inclination_);
  o.local_turn_ = ascending_local_h / 24.0;
  o.phase_ = phase / repeat_days;  // tracks of a cycle are 1 / revolutions of a turn apart, passed in steps of a day
  return o;
}

Orbit Orbit::inclined(double altitude_km, double inclination_deg, double phase) {
  Orbit o;
  const double radius_km = altitude_km + equator_km;
  o.altitude_km_ = altitude_km;
  o.period_s_ = 2.0 * pi * std::sqrt(radius_km * radius_km * radius_km / gravity_km3_s2);
  o.cos_inclination_ = std::cos(inclination_deg * pi / 180.0);
  o.sin_inclination_ = std::sin(inclination_deg * pi / 180.0);
  const double node_deg_per_day = -regression_deg_per_day * std::pow(equator_km / radius_km, 3.5) * o.cos_inclination_;
  o.local_turn_per_day_ = (node_deg_per_day - mean_sun_deg_per_day) / 360.0;
  o.phase_ = phase;
  return o;
}

double Orbit::inclination_deg() const { return std::atan2(sin_inclination_, cos_inclination_) * 180.0 / pi; }

// Turns of the satellite since an ascending node, without whole ones of earlier days.
double Orbit::turns(Time day, double second) const {
  const std::int64_t number = day.seconds / seconds_per_day;
  double before = 0.0;
  if (repeat_days_ > 0)  // exact, so that a cycle repeats exactly
    before = double(number % repeat_days_ * revolutions_ % repeat_days_) / repeat_days_;
  else
    before = wrapped(double(number) * day_s / period_s_);
  return before + second / period_s_ + phase_;
}

double Orbit::node_turn(Time day) const {
  return local_turn_ + local_turn_per_day_ * double(day.seconds / seconds_per_day);
}

Orbit::Place Orbit::below(Time day, double second) const {
  const double u = 2.0 * pi * wrapped(turns(day, second));
  const double x = std::cos(u), y = std::sin(u) * cos_inclination_, z = std::sin(u) * sin_inclination_;
  const double local = node_turn(day) + local_turn_per_day_ * second / day_s + std::atan2(y, x) / (2.0 * pi);
  return {360.0 * wrapped(local - second / day_s), std::asin(std::clamp(z, -1.0, 1.0)) * 180.0 / pi};
}

// The place in the frame of the orbital plane: its local time against that of the node is its angle from the node.
Orbit::Seen Orbit::seen(double node, double lon, double sin_lat, double cos_lat, double second) const {
  const double angle = 2.0 * pi * wrapped(second / day_s * (1.0 - local_turn_per_day_) + lon / 360.0 - node);
  const double x = cos_lat * std::cos(angle), y = cos_lat * std::sin(angle);
  const double along = y * cos_inclination_ + sin_lat * sin_inclination_;
  const double across = sin_lat * cos_inclination_ - y * sin_inclination_;
  return {std::atan2(along, x) / (2.0 * pi), std::asin(std::clamp(across, -1.0, 1.0))};
}

void Orbit::passes(Time day, double lon, double lat, double reach_km, std::vector<Pass>& out) const {
  const double sin_lat = std::sin(lat * pi / 180.0), cos_lat = std::cos(lat * pi / 180.0), node = node_turn(day);
  const double reach = reach_km / earth_radius_km;
  // The first guess is at most half a revolution off, in which the Earth turns by half of this angle.
  const double turned = 2.0 * pi * period_s_ / day_s;
  constexpr int most_steps = 8;
  constexpr double close_s = 1e-3;
  for (double guess = -period_s_; guess < day_s + period_s_;) {
    double t = guess;
    Seen s = seen(node, lon, sin_lat, cos_lat, t);
    double step = -period_s_ * wrapped(turns(day, t) - s.turn);
    if (std::abs(s.across) <= reach + 0.5 * turned) {
      for (int i = 0; i < most_steps; ++i) {
        t += step;
        s = seen(node, lon, sin_lat, cos_lat, t);
        if (std::abs(step) < close_s) break;
        step = -period_s_ * wrapped(turns(day, t) - s.turn);
      }
      const bool north = std::abs(s.turn) < 0.25;
      if (std::abs(s.across) <= reach && t >= 0.0 && t < day_s) out.push_back({t, earth_radius_km * s.across, north});
    } else {
      t += step;
    }
    guess = std::max(t, guess - 0.5 * period_s_) + period_s_;
  }
}

double Orbit::view_zenith_deg(double across_km) const {
  const double angle = std::abs(across_km) / earth_radius_km, radius = 1.0 + altitude_km_ / earth_radius_km;
  const double nadir = std::atan2(std::sin(angle), radius - std::cos(angle));
  return (nadir + angle) * 180.0 / pi;
}

}  // namespace tilth
