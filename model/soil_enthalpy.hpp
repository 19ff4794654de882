#pragma once

#include "model/soil_heat.hpp"

namespace tilth::physics {

/// Temperature and liquid water of a layer that follow from its enthalpy.
template <class T>
struct LayerHeat {
  T t;       ///< C
  T liquid;  ///< m3 m-3 (water equivalent, as is ice = total - liquid)
  T slope;   ///< d t / d enthalpy, K m3 J-1; 0 where all freezing happens at one temperature
};

/// What the freezing curve needs that layers of one soil share.
template <class T>
struct FreezingCurve {
  T b;               ///< exponent of Clapp & Hornberger
  T offset;          ///< ln theta_s + ln(-psi_s) / b: ln liquid = offset - ln suction / b
  T deep, deep_log;  ///< K below 0 C where little but the curve is left to freeze, half-filled pores; ln of its suction
};

/// Heat capacity (J m-3 K-1) of soil with `liquid` and `ice` (m3 m-3 of water).
template <class T>
TILTH_INLINE T soil_heat_capacity(const SoilHeat<T>& soil, T liquid, T ice) {
  return (1.0 - soil.theta_s) * soil.solid_capacity + (water_density * water_heat_capacity) * liquid +
         (water_density * ice_heat_capacity) * ice;
}

/// Enthalpy (J m-3; 0 = all water liquid at 0 C) of soil at `t` C with `liquid` of `water` unfrozen (m3 m-3).
template <class T>
TILTH_INLINE T soil_enthalpy(const SoilHeat<T>& soil, T t, T liquid, T water) {
  const T ice = water - liquid;
  return soil_heat_capacity(soil, liquid, ice) * t - (water_density * fusion_heat) * ice;
}

/// Enthalpy at `temperature` K with the liquid water of the freezing curve, which is returned in `liquid`.
template <class T>
TILTH_INLINE T soil_enthalpy_at(const SoilHeat<T>& soil, T temperature, T water, T& liquid) {
  if (soil.sharp)
    liquid = select(temperature < freezing_k, T(0.0), water);
  else
    liquid = unfrozen_water(temperature, water, max(soil.theta_s, water), soil.log_psi_s, soil.inverse_b);
  return soil_enthalpy(soil, temperature - freezing_k, liquid, water);
}

/// Constants of the freezing curve; once per soil and step.
template <class T>
FreezingCurve<T> freezing_curve(const SoilHeat<T>& soil);

/// Inversion of `soil_enthalpy` (one layer).
///
/// Above 0 and until the water begins to freeze, t = H / C; below, Newton on ln(liquid left by the energy) = ln(liquid
/// of the curve) in the logarithm of the suction, which is nearly a line both where fusion and where cooling takes the
/// heat. Lanes stop one by one. Continuous; the slope jumps where freezing begins and where the last water stays
/// liquid.
template <class T>
LayerHeat<T> layer_heat(const SoilHeat<T>& soil, const FreezingCurve<T>& curve, T enthalpy, T water);

/// Liquid water that moved during a step, m of water: `into[k]` down into layer k from above, into[0] through the
/// surface, into[N] out at the foot.
template <class T, int N>
struct WaterMoved {
  T into[N + 1];
  T taken[N];   ///< by roots, and by evaporation from the first layer
  T surface_t;  ///< temperature of what infiltrates, C
};

/// Movements between layers from the water before and after, which holds however the water was moved.
/// `infiltration` (m) less than 0 where water returns to the surface.
template <class T, int N>
void water_moved(const double* dz, const T* before, const T* after, const T* taken, T infiltration,
                 WaterMoved<T, N>& m) {
  m.into[0] = infiltration;
  for (int k = 0; k < N; ++k) {
    m.taken[k] = taken[k];
    m.into[k + 1] = (m.into[k] - taken[k]) - (after[k] - before[k]) * dz[k];
  }
}

/// One step of soil heat.
template <class T, int N>
struct SoilHeatStep {
  double duration = 3600.0;                 ///< s
  const T* water = nullptr;                 ///< [N] liquid and ice at the end of the step, m3 m-3
  const T* k_layer = nullptr;               ///< [N] W m-1 K-1
  T top_flux;                               ///< conduction into the first layer, W m-2
  double bottom_flux = 0.0;                 ///< into the last layer from below (geothermal), W m-2
  const WaterMoved<T, N>* moved = nullptr;  ///< null: water stood still
};

/// Where the heat of a step went, J m-2: sum of H dz changes by top + bottom + infiltrated - taken - drained.
template <class T>
struct SoilHeatBudget {
  T top, bottom;                  ///< conduction into the column
  T infiltrated, taken, drained;  ///< with liquid water
};

/// Temperature, liquid water and slope of every layer.
template <class T, int N>
void soil_heat_state(const SoilHeat<T>& soil, const T* enthalpy, const T* water, LayerHeat<T>* state);

/// Implicit step of conduction and of heat carried by water: changes `enthalpy` by the fluxes it returns and leaves
/// `state` in agreement with it.
template <class T, int N>
SoilHeatBudget<T> advance_soil_enthalpy(const SoilHeat<T>& soil, const SoilHeatStep<T, N>& step, T* enthalpy,
                                        LayerHeat<T>* state);

}  // namespace tilth::physics
