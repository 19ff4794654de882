#pragma once

#include "model/hourly/hourly_pack.hpp"

namespace tilth::hourly {

/// Weather of the step: that of the place, with the difference or factor by which the member's day departs from it.
template <class T>
void read_hour(Hour<T>& d) {
  const StepWeather& w = *d.hour->weather;
  HourWeather<T>& a = d.air;
  using namespace column;
  a.kelvin = w.air_temperature + (d.met(weather::air_temperature) - w.day_air_temperature);
  a.t = a.kelvin - freezing_k;
  d.air_t = a.t;
  a.shortwave = w.shortwave * (d.met(weather::shortwave) * w.per_shortwave);
  a.longwave = w.longwave * (d.met(weather::longwave) * w.per_longwave);
  const Saturation<T> saturated = saturation_water(a.t);
  a.vapour = min(saturated.pressure, w.vapour_pressure * (d.met(weather::vapour_pressure) * w.per_vapour));
  a.pressure = w.surface_pressure * (d.met(weather::surface_pressure) * w.per_pressure);
  a.wind = max(T(0.5), w.wind_speed * (d.met(weather::wind_speed) * w.per_wind));
  a.co2 = w.co2 * (d.met(weather::co2) * w.per_co2);
  a.vpd = saturated.pressure - a.vapour;
  const T total = w.precipitation * (d.met(weather::precipitation) * w.per_precipitation) * w.duration;
  a.snowfall = 0.0;
  if (w.precipitation > 0.0) {
    const T wet_bulb = a.t - a.vpd / (saturated.slope + psychrometric(a.pressure, vaporisation_heat(a.t)));
    a.snowfall = total * snow_fraction(wet_bulb, d.p(cpar::snow_threshold));
  }
  a.rain = total - a.snowfall;
}

}  // namespace tilth::hourly
