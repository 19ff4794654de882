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
TILTH_INLINE T snow_mass(const SnowLayers<T>& snow) {
  T mass = snow.ice[0] + snow.liquid[0];
  for (int j = 1; j < snow.layers; ++j) mass = mass + (snow.ice[j] + snow.liquid[j]);
  return mass;
}

/// Enthalpy of all layers, J m-2.
template <class T>
TILTH_INLINE T snow_enthalpy(const SnowLayers<T>& snow) {
  T sum = snow.enthalpy[0];
  for (int j = 1; j < snow.layers; ++j) sum = sum + snow.enthalpy[j];
  return sum;
}

/// Temperature of `enthalpy` (J m-2) in `mass` (kg m-2) of snow, C.
template <class T>
TILTH_INLINE T snow_temperature(T mass, T enthalpy) {
  return min(T(0.0), enthalpy) / (ice_heat_capacity * max(T(1e-9), mass));
}
template <class T>
TILTH_INLINE T snow_temperature(const SnowLayers<T>& snow, int j) {
  return snow_temperature(snow.ice[j] + snow.liquid[j], snow.enthalpy[j]);
}

/// Splits `mass` of layer j into ice and liquid as its enthalpy says.
template <class T>
TILTH_INLINE void split_phases(SnowLayers<T>& snow, int j, T mass) {
  snow.liquid[j] = min(mass, max(T(0.0), snow.enthalpy[j] * (1.0 / fusion_heat)));
  snow.ice[j] = mass - snow.liquid[j];
}

/// The pack as one layer, for what does not depend on depth.
template <class T>
TILTH_INLINE SnowPack<T> bulk(const SnowLayers<T>& snow) {
  SnowPack<T> pack{snow.ice[0], snow.liquid[0], snow.density, snow.albedo};
  for (int j = 1; j < snow.layers; ++j) {
    pack.ice = pack.ice + snow.ice[j];
    pack.liquid = pack.liquid + snow.liquid[j];
  }
  return pack;
}

/// Moves the bounds between three layers to fixed shares of the mass: the upper two thin enough to follow a day.
template <class T>
TILTH_INLINE void regrid(SnowLayers<T>& snow) {
  if (snow.layers == 1) return;
  constexpr double upper = 15.0, middle = 45.0;  // kg m-2 at most
  T mass[most_snow_layers], density[most_snow_layers], top[most_snow_layers];
  T total = 0.0, enthalpy = 0.0;
  for (int j = 0; j < most_snow_layers; ++j) {
    mass[j] = snow.ice[j] + snow.liquid[j];
    density[j] = snow.enthalpy[j] / max(T(1e-9), mass[j]);  // J kg-1
    top[j] = total;
    total = total + mass[j];
    enthalpy = enthalpy + snow.enthalpy[j];
  }
  const T first = min(T(upper), total * (1.0 / 3.0));
  const T second = min(T(middle), 0.5 * (total - first));
  const auto above = [&](T depth) {  // enthalpy above a depth given as mass
    T sum = 0.0;
    for (int j = 0; j < most_snow_layers; ++j) sum = sum + density[j] * min(mass[j], max(T(0.0), depth - top[j]));
    return sum;
  };
  const T upper_heat = above(first), both = above(first + second);
  snow.enthalpy[0] = upper_heat;
  snow.enthalpy[1] = both - upper_heat;
  snow.enthalpy[2] = enthalpy - both;
  split_phases(snow, 0, first);
  split_phases(snow, 1, second);
  split_phases(snow, 2, (total - first) - second);
}

/// Puts `snowfall` (kg m-2) of air temperature `t` (C) on top; returns its enthalpy (J m-2).
template <class T>
TILTH_INLINE T snow_falls(SnowLayers<T>& snow, T snowfall, T t, T wind) {
  const T heat = ice_heat_capacity * min(T(0.0), t) * snowfall;
  const simd::Mask<T> some = snowfall > 0.0;
  if (!any(some)) return heat;
  SnowPack<T> pack = bulk(snow);
  add_snowfall(pack, snowfall, fresh_density(t, wind));
  snow.density = pack.density;
  snow.albedo = pack.albedo;
  SnowLayers<T> next = snow;
  next.enthalpy[0] = snow.enthalpy[0] + heat;
  split_phases(next, 0, (snow.ice[0] + snow.liquid[0]) + snowfall);
  regrid(next);
  for (int j = 0; j < snow.layers; ++j) {
    snow.enthalpy[j] = select(some, next.enthalpy[j], snow.enthalpy[j]);
    snow.ice[j] = select(some, next.ice[j], snow.ice[j]);
    snow.liquid[j] = select(some, next.liquid[j], snow.liquid[j]);
  }
  return heat;
}

/// Takes `loss` (kg m-2) of ice from the top down, each layer's at its own temperature; deposition joins the top layer.
template <class T>
TILTH_INLINE void sublimate(SnowLayers<T>& snow, T loss, SnowBudget<T>& budget) {
  T wanted = loss;
  for (int j = 0; j < snow.layers; ++j) {
    const T mass = snow.ice[j] + snow.liquid[j];
    const T taken = min(snow.ice[j], j == 0 ? wanted : max(T(0.0), wanted));
    const T heat = taken * (min(T(0.0), snow.enthalpy[j]) / max(T(1e-9), mass));
    snow.ice[j] = snow.ice[j] - taken;
    snow.enthalpy[j] = snow.enthalpy[j] - heat;
    budget.sublimated = budget.sublimated + taken;
    budget.vapour_heat = budget.vapour_heat + heat;
    wanted = wanted - taken;
  }
}

/// Water beyond the capacity, and heat beyond what melts a layer, run down from layer to layer and out.
template <class T>
TILTH_INLINE void drain(SnowLayers<T>& snow, SnowBudget<T>& budget) {
  T water = 0.0, heat = 0.0;  // from the layer above: water at 0 C, and heat no ice was left for
  for (int j = 0; j < snow.layers; ++j) {
    const T mass = (snow.ice[j] + snow.liquid[j]) + water;
    snow.enthalpy[j] = snow.enthalpy[j] + (fusion_heat * water + heat);
    heat = max(T(0.0), snow.enthalpy[j] - fusion_heat * mass);
    split_phases(snow, j, mass);
    water = max(T(0.0), snow.liquid[j] - snow_liquid_capacity * snow.ice[j]);
    snow.liquid[j] = snow.liquid[j] - water;
    snow.enthalpy[j] = snow.enthalpy[j] - (fusion_heat * water + heat);
  }
  budget.outflow = water;
  budget.soil_heat = heat;
}

/// The last gram runs off; what it lacks to be water at 0 C comes from the soil.
template <class T>
TILTH_INLINE void vanish(SnowLayers<T>& snow, SnowBudget<T>& budget) {
  const T mass = snow_mass(snow);
  const simd::Mask<T> gone = !(mass > vanishing_snow);
  budget.outflow = budget.outflow + select(gone, mass, T(0.0));
  budget.soil_heat = budget.soil_heat + select(gone, snow_enthalpy(snow) - fusion_heat * mass, T(0.0));
  for (int j = 0; j < snow.layers; ++j) {
    snow.ice[j] = select(gone, T(0.0), snow.ice[j]);
    snow.liquid[j] = select(gone, T(0.0), snow.liquid[j]);
    snow.enthalpy[j] = select(gone, T(0.0), snow.enthalpy[j]);
  }
}

/// Settling and ageing of the whole pack.
template <class T>
TILTH_INLINE void age_snow(SnowLayers<T>& snow, const SnowForcing<T>& forcing) {
  T cold = 0.0;
  for (int j = 0; j < snow.layers; ++j) cold = cold + min(T(0.0), snow.enthalpy[j]);
  const SnowPack<T> pack = bulk(snow);
  snow.density = settled_density(pack, snow_temperature(pack.ice + pack.liquid, cold), forcing.duration);
  const simd::Mask<T> melting = snow.enthalpy[0] > 0.0;
  snow.albedo = aged_albedo(snow.albedo, forcing.dry_rate, forcing.least_albedo, melting, forcing.duration);
}

/// Heat and mass of the snow through a step. Lanes without snow pass rain and heat on to the soil and keep their bits.
template <class T>
SnowBudget<T> advance_snow(SnowLayers<T>& snow, const SnowForcing<T>& forcing) {
  const double dt = forcing.duration;
  const T warm = water_heat_capacity * forcing.rain_t * forcing.rain;  // above water at 0 C, J m-2
  const T rain_heat = fusion_heat * forcing.rain + warm;
  const T conducted = (forcing.into[0] + forcing.melt - forcing.to_soil) * dt;
  SnowBudget<T> budget{forcing.rain, warm + conducted, 0.0, rain_heat, 0.0};
  const simd::Mask<T> snowy = snow_mass(snow) > 0.0;
  if (!any(snowy)) return budget;
  SnowLayers<T> next = snow;
  SnowBudget<T> b{0.0, 0.0, 0.0, rain_heat, 0.0};
  sublimate(next, forcing.sublimation, b);
  for (int j = 0; j < snow.layers; ++j) {
    const T out = j + 1 < snow.layers ? forcing.into[j + 1] : forcing.to_soil;
    next.enthalpy[j] = next.enthalpy[j] + (forcing.into[j] - out) * dt;
  }
  next.liquid[0] = next.liquid[0] + forcing.rain;
  next.enthalpy[0] = next.enthalpy[0] + (rain_heat + forcing.melt * dt);
  age_snow(next, forcing);
  drain(next, b);
  vanish(next, b);
  regrid(next);
  for (int j = 0; j < snow.layers; ++j) {
    snow.ice[j] = select(snowy, next.ice[j], snow.ice[j]);
    snow.liquid[j] = select(snowy, next.liquid[j], snow.liquid[j]);
    snow.enthalpy[j] = select(snowy, next.enthalpy[j], snow.enthalpy[j]);
  }
  snow.density = select(snowy, next.density, snow.density);
  snow.albedo = select(snowy, next.albedo, snow.albedo);
  return {select(snowy, b.outflow, budget.outflow), select(snowy, b.soil_heat, budget.soil_heat),
          select(snowy, b.sublimated, T(0.0)), rain_heat, select(snowy, b.vapour_heat, T(0.0))};
}

}  // namespace tilth::physics
