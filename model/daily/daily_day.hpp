#pragma once

#include "core/physics/fluorescence.hpp"
#include "model/column/tile_pack.hpp"
#include "model/daily/daily_rows.hpp"
#include "model/p_model.hpp"
#include "model/soil_heat.hpp"

namespace tilth::daily {

using namespace tilth::column;
using namespace tilth::physics;

/// Weather of the day: means over 24 h and over the daylight hours.
template <class T>
struct Weather {
  T t, t_day;             ///< C
  T shortwave, longwave;  ///< W m-2, 24 h means
  T vapour, pressure;     ///< Pa
  T vpd, vpd_day;         ///< Pa
  Saturation<T> sat, sat_day;
  T wind, rain, snowfall, co2;  ///< m s-1, kg m-2, kg m-2, umol mol-1
  T rho_cp;                     ///< J m-3 K-1
  T latent, gamma;              ///< J kg-1, Pa K-1 (24 h)
  T longwave_net;               ///< of a black surface at air temperature, W m-2
  T longwave_net_day;
  double day_s = 43200.0;  ///< seconds of daylight, at least 2 h
};

/// One pack of members of a tile through a day: what the processes of the daily tier hand to each other.
template <class T>
struct Day : TilePack<T> {
  Weather<T> air;
  // canopy
  T cover, ground_shelter, fapar;
  T canopy_radiation, canopy_radiation_day, ground_radiation, ground_radiation_day, net_radiation;  ///< W m-2
  T air_resistance, soil_air_resistance;                                                            ///< s m-1
  T snow_shortwave, snow_longwave;  ///< absorbed; incoming, W m-2
  T apar, transport;
  T transpiration, interception, throughfall, sublimation;  ///< kg m-2 of the day
  T skin_temperature, snow_temperature;                     ///< C
};

}  // namespace tilth::daily
