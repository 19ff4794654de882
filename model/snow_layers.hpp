#pragma once

#include "model/snow.hpp"

namespace tilth::physics {

inline constexpr int most_snow_layers = 3;
inline constexpr double vanishing_snow = 1e-3;  ///< kg m-2; the last gram runs off

/// Snow per unit area of tile in 1 or 3 layers, top first. Temperature follows from mass and enthalpy: below 0 when
/// enthalpy < 0 (then nothing is liquid), else 0 C with liquid = enthalpy / fusion heat.
template <class T>
struct SnowLayers {
  int layers = 1;                                     ///< 1 or 3; the same for all members
  T ice[most_snow_layers], liquid[most_snow_layers];  ///< kg m-2
  T enthalpy[most_snow_layers];                       ///< J m-2; 0 = ice at 0 C
  T density, albedo;                                  ///< kg m-3; visible
};

/// What acts on the snow during a step, per unit area of tile.
template <class T>
struct SnowForcing {
  double duration = 3600.0;  ///< s
  T rain, rain_t;            ///< kg m-2 onto the snow, C
  T sublimation;             ///< kg m-2 leaving (deposition < 0)
  T into[most_snow_layers];  ///< conduction into layer j from above, W m-2
  T to_soil;                 ///< conduction out of the lowest layer, W m-2
  T melt;                    ///< heat the energy balance leaves at the surface, W m-2, >= 0
  T dry_rate, least_albedo;  ///< ageing of the albedo per day, its lower bound
};

/// What left the snow in a step. Enthalpy of the snow changes by conduction + melt heat + rain_heat - vapour_heat -
/// fusion_heat * outflow - soil_heat (snow's reference, ice at 0 C). In the soil's reference (liquid at 0 C) the
/// outflow carries nothing, and `soil_heat` goes to the first soil layer.
template <class T>
struct SnowBudget {
  T outflow;      ///< water at 0 C, kg m-2
  T soil_heat;    ///< J m-2
  T sublimated;   ///< kg m-2, what of the sublimation the ice could give
  T rain_heat;    ///< J m-2
  T vapour_heat;  ///< of the ice that sublimated, J m-2
};

/// Mass of all layers, kg m-2.
template <class T>
T snow_mass(const SnowLayers<T>& snow);
/// Enthalpy of all layers, J m-2.
template <class T>
T snow_enthalpy(const SnowLayers<T>& snow);
/// Temperature of layer j, C; 0 where there is none.
template <class T>
T snow_temperature(const SnowLayers<T>& snow, int j);

/// Puts `snowfall` (kg m-2) of air temperature `t` (C) on top; returns its enthalpy (J m-2).
template <class T>
T snow_falls(SnowLayers<T>& snow, T snowfall, T t, T wind);

/// Heat and mass of the snow through a step; lanes without snow keep their bits.
template <class T>
SnowBudget<T> advance_snow(SnowLayers<T>& snow, const SnowForcing<T>& forcing);

}  // namespace tilth::physics
