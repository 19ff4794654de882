#pragma once

#include <cstdint>
#include <span>

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

/// The sun through one UTC day: linear between its two midnights. Cosines of the zenith angle from it are within 3e-5
/// of those of `sun_at` at the time itself (within 4e-3 with the sun of noon).
struct SunDay {
  Time day;        ///< 00:00 UTC
  Sun begin, end;  ///< at 00:00 and 24:00 UTC
  Sun at(Time t) const;
};
SunDay sun_day(Time day);

/// The sun over one step, with its declination at the middle of the step.
struct SunStep {
  double sunlit_fraction = 0.0;    ///< of the step: sun's centre above a flat horizon, no refraction
  double sunlit_cos_zenith = 0.0;  ///< mean over the sunlit part; 0 at night
  double toa_w_m2 = 0.0;           ///< mean over the whole step on a horizontal plane at the top of the atmosphere
};

/// Step [begin, begin + length_s) at a place (degrees): the integral over the hour angles above the horizon.
/// @pre 0 < length_s <= one day
SunStep sun_step(const Sun& sun, Time begin, std::int64_t length_s, double lon, double lat);
/// The same with the sun of the middle of the step.
SunStep sun_step(const SunDay& sun, Time begin, std::int64_t length_s, double lon, double lat);

/// Spreads a mean of shortwave radiation (W m-2) over equal steps in proportion to the radiation above the atmosphere:
/// every step gets the same transmissivity. What exceeds a transmissivity of 1 (twilight, polar night) is spread
/// evenly. The mean of `out` is `mean` up to round-off.
/// @pre toa_w_m2.size() == out.size() > 0, mean >= 0
void spread_shortwave(double mean, std::span<const double> toa_w_m2, std::span<double> out);

}  // namespace tilth
