#pragma once

#include "core/base/time.hpp"

namespace tilth {

/// Solar irradiance at the mean distance of the Earth, W m-2 (Kopp & Lean 2011).
inline constexpr double solar_constant_w_m2 = 1361.0;

/// The sun as seen from the centre of the Earth.
struct Sun {
  double declination = 0.0;           ///< rad
  double equation_of_time_min = 0.0;  ///< apparent minus mean solar time, minutes
  double distance_au = 1.0;
};

/// Position of the sun at a time (Meeus 1998, chapter 25, low precision, as used by the NOAA solar calculator):
/// declination within 0.01 degrees from 1800 to 2200.
Sun sun_at(Time t);

/// Radiation geometry of one day at one latitude, with the declination and distance of 12:00 UTC.
struct SolarDay {
  double declination = 0.0;    ///< rad
  double day_length_h = 12.0;  ///< sun's centre above a flat horizon, no refraction: 0 in polar night, 24 in polar day
  double toa_mean_w_m2 = 0.0;  ///< daily mean on a horizontal plane at the top of the atmosphere
  double noon_cos_zenith = 0.0;  ///< at the highest sun; 0 when it stays below the horizon
  double distance_au = 1.0;
};

/// Geometry of the UTC day that contains `day`; latitude in degrees, -90 to 90.
SolarDay solar_day(Time day, double lat);
/// The same with the sun already known (one `sun_at` serves all places of a day).
SolarDay solar_day(const Sun& noon_sun, double lat);

/// Cosine of the solar zenith angle at a time and place (degrees); negative when the sun is below the horizon.
double cos_zenith(Time t, double lon, double lat);

}  // namespace tilth
