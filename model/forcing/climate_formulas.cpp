#include "model/forcing/climate_formulas.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tilth {
namespace {

constexpr double pi = std::numbers::pi;

double bell(double x, double centre, double width) { return std::exp(-std::pow((x - centre) / width, 2)); }

// Season of the northern hemisphere, -1 to 1, largest `lag` months after mid-July.
double season(double month, double lag) { return std::cos(2.0 * pi * (month - 6.0 - lag) / 12.0); }

// South and East Asia, where the heated plateau draws the monsoon in and keeps winters dry.
double monsoon_asia(double lon, double lat) { return lat > 0.0 ? std::exp(-std::pow((lon - 102.0) / 33.0, 4)) : 0.0; }

// Rain of the intertropical convergence zone, which follows the sun further over land (mm per month).
double convection(double lat, double asia, const Surroundings& s, double month) {
  const double centre = 4.0 + (8.0 + 5.36 * s.far.poleward) * season(month, 0.5);
  return std::exp(5.78) * bell(lat, centre, 13.0) * std::exp(-1.4 * s.far.east * (1.0 - 0.5 * asia));
}

}  // namespace

Surroundings surroundings_of(double lon, double lat) {
  constexpr double near_km = 800.0, near_reach_km = 2400.0, far_km = 3000.0, far_reach_km = 9000.0;
  return {exposure_of(lon, lat, near_km, near_reach_km, land_share),
          exposure_of(lon, lat, far_km, far_reach_km, land_share),
          exposure_of(lon, lat, near_km, near_reach_km, land_or_ice_share),
          exposure_of(lon, lat, far_km, far_reach_km, land_or_ice_share)};
}

double cold_current(double lat, const Exposure& near) {
  return (1.0 - near.west) * near.east * bell(std::abs(lat), 22.0, 15.0);
}

SeaLevelTemperature formula_temperature(double lat, const Surroundings& s) {
  const double sine = std::abs(std::sin(lat * pi / 180.0)), s2 = sine * sine, s4 = s2 * s2;
  const double south = lat < 0.0 ? 1.0 : 0.0;
  const Exposure &near = s.near_frozen, &far = s.far_frozen;
  const double desert = near.west * near.east * bell(std::abs(lat), 25.0, 9.0);
  SeaLevelTemperature t;
  t.mean_c = 27.80 - 13.36 * s2 - 15.32 * s4 + s2 * (-16.15 * far.west + 6.37 * far.east - 8.42 * far.poleward) -
             3.71 * cold_current(lat, near) + 5.95 * desert + south * (-10.03 * s2 + 2.35 * s4);
  const double windward = near.west * far.west;  // land the westerlies have crossed
  t.half_range_k = sine * (12.47 - 4.17 * 0.5 * (near.west + near.east) + 11.91 * windward * (1.0 - south)) +
                   s2 * (-11.03 + windward * (1.72 + 1.92 * far.east) + 11.95 * near.mean()) +
                   3.82 * sine * near.mean();
  return t;
}

double formula_precipitation(double lon, double lat, const Surroundings& s, double month) {
  const double hemisphere = lat >= 0.0 ? 1.0 : -1.0, degrees = std::abs(lat);
  const double asia = monsoon_asia(lon, lat);
  const double summer = hemisphere * season(month, 0.5);  // of this hemisphere, -1 to 1
  const double warm = 0.5 + 0.5 * summer;
  const double east_coast = s.near.west * (1.0 - s.far.east);
  const double monsoon = std::exp(6.67) * warm * warm * bell(degrees, 23.9, 7.85) * asia * (1.0 - s.near.equatorward);
  const double dry_winter = std::exp(-0.2 * asia * (1.0 - warm));

  // subsidence moves poleward in summer; it spares east coasts and the summer monsoon
  const double dry_belt =
      2.87 * bell(degrees, 28.0 + 7.0 * summer, 11.0) * (1.0 - 0.85 * east_coast) * (1.0 - 0.34 * asia * warm);
  const double subsidence = std::exp(-dry_belt - 1.2 * (1.0 - s.near.west) * s.near.east * bell(degrees, 22.0, 14.0));

  const double storms = hemisphere * season(month, 1.2);
  const double front = std::exp(4.39) * bell(degrees, 44.0 + 2.0 * storms, 20.0) *
                       (1.0 + 0.5 * std::exp(-4.0 * s.far.west) * s.near.east) *
                       std::exp(-1.5 * s.far.west * s.near.west) * (1.0 + 2.5 * east_coast) *
                       (1.0 - 0.75 * asia * (1.0 - warm));
  const double showers = std::exp(3.42) * std::pow(warm, 1.5) * bell(degrees, 56.0, 22.0) *
                         std::exp(-0.3 * (1.0 - s.near.west)) * (1.0 + 0.78 * asia * (1.0 - s.far.east));
  const double dry_summer = std::exp(-0.3 * bell(degrees, 33.0 + 4.0 * summer, 8.0) * warm * (1.0 - s.far.west));
  const double cold_air = bell(std::max(degrees - 45.0, 0.0), 0.0, 45.0);
  return (convection(lat, asia, s, month) * dry_winter + monsoon) * subsidence +
         (front + showers) * dry_summer * cold_air * std::sqrt(subsidence);
}

}  // namespace tilth
