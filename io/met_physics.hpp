#pragma once

#include "core/base/time.hpp"

namespace tilth::met {

/// Saturation vapour pressure over water in Pa at a temperature in K (Alduchov & Eskridge 1996, eq. 21).
double saturation_pressure(double temperature_k);

/// Mean of a day of the solar radiation on a horizontal plane above the atmosphere in W m-2, of the day of year that
/// contains `day` (declination after Spencer 1971; daily integral e.g. Allen et al. 1998, eq. 21).
double extraterrestrial_radiation(Time day, double lat);

/// Clear-sky share of that radiation at an elevation in m (Allen et al. 1998, eq. 37).
double clear_sky_transmissivity(double elevation_m);

/// Emissivity of a clear sky from vapour pressure in Pa and temperature in K (Prata 1996, eq. 17).
double clear_sky_emissivity(double vapour_pressure, double temperature_k);

/// Downwelling longwave radiation in W m-2: clear sky of Prata (1996), clouds by the missing share of shortwave
/// (Crawford & Duchon 1999, eq. 3). `cloud_fraction` 0..1.
double longwave(double vapour_pressure, double temperature_k, double cloud_fraction);

/// Cloud fraction from shortwave and clear-sky shortwave; 0.6 where the sun is too low to tell.
double cloud_fraction(double shortwave, double clear_sky_shortwave);

/// Daily temperature range in K that goes with a transmissivity, and the reverse (Bristow & Campbell 1984, eq. 1, with
/// B = 0.006 and C = 2.4); the range lies between 2 and 22 K.
double temperature_range(double transmissivity, double clear_sky_transmissivity);
double transmissivity(double temperature_range_k, double clear_sky_transmissivity);

/// Pressure in Pa of the standard atmosphere at an elevation in m (ICAO 1993).
double standard_pressure(double elevation_m);

/// Vapour pressure in Pa from specific humidity in kg kg-1 and pressure in Pa.
double vapour_pressure(double specific_humidity, double pressure);

}  // namespace tilth::met
