#pragma once

#include <array>

#include "model/forcing/exposure.hpp"

namespace tilth {

/// Land around a place at two scales: 800 km (weather of a few days) and 3000 km (air masses).
struct Surroundings {
  Exposure near, far;                ///< of land
  Exposure near_frozen, far_frozen;  ///< of land and winter ice
};
Surroundings surroundings_of(double lon, double lat);

/// Zonal temperature at sea level, degrees Celsius: mean of the year, and half the difference between the warmest and
/// the coldest month (positive when the hemisphere's summer is the warmer half of the year).
struct SeaLevelTemperature {
  double mean_c = 0.0, half_range_k = 0.0;
};

/// Formulas for an Earth-like climate, before the correction by anchors; docs/model/forcing.md has them in words.
SeaLevelTemperature formula_temperature(double lat, const Surroundings& s);

/// Precipitation of a month (0 January to 11, fractions allowed), mm per month: intertropical and monsoon convection,
/// mid-latitude fronts and summer showers, damped by subtropical subsidence and cold coastal currents.
double formula_precipitation(double lon, double lat, const Surroundings& s, double month);

/// How much a place lies off a cold current: west coasts of the subtropics, 0..1.
double cold_current(double lat, const Exposure& near);

}  // namespace tilth
