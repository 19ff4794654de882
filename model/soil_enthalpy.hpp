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
  T b;         ///< exponent of Clapp & Hornberger
  T offset;    ///< ln theta_s + ln(-psi_s) / b: ln liquid = offset - ln suction / b
  T deep_log;  ///< ln of the suction at which half-filled pores have lost as much heat as fuses all their water
  T deep;      ///< the same in K below 0 C
};

inline constexpr double fusion_per_volume = water_density * fusion_heat;  ///< J m-3 of water
/// Heat capacity of liquid beyond that of ice, J m-3 K-1 of water.
inline constexpr double capacity_gain = water_density * (water_heat_capacity - ice_heat_capacity);

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
  return soil_heat_capacity(soil, liquid, ice) * t - fusion_per_volume * ice;
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
TILTH_INLINE FreezingCurve<T> freezing_curve(const SoilHeat<T>& soil) {
  FreezingCurve<T> c;
  c.b = 1.0 / soil.inverse_b;
  c.offset = log(soil.theta_s) + soil.inverse_b * soil.log_psi_s;
  const T cooling = soil_heat_capacity(soil, T(0.0), 0.5 * soil.theta_s);
  c.deep_log = (c.offset - log(cooling * (1.0 / (fusion_per_volume * suction_per_kelvin)))) / (1.0 + soil.inverse_b);
  c.deep = exp(c.deep_log) * (1.0 / suction_per_kelvin);
  return c;
}

/// Kelvin below 0 C at which the liquid left by the energy is the liquid of the freezing curve, for lanes in `active`.
///
/// Newton in the logarithm x of the suction, on the difference of liquid where cooling takes the heat and on that of
/// its logarithm (by a mean of both sides) where fusion does: nearly a line in both. Lanes stop one by one.
template <class T>
TILTH_INLINE T freezing_depression(const SoilHeat<T>& soil, const FreezingCurve<T>& curve, T enthalpy, T water,
                                   T frozen, simd::Mask<T> active) {
  constexpr int most_passes = 16;
  const T fused = enthalpy + fusion_per_volume * water;  // what the energy leaves if nothing had cooled
  const T left = fused * (1.0 / fusion_per_volume);
  const simd::Mask<T> latent = left > 0.0;
  const T cooled = (curve.deep + max(T(0.0), -fused) / frozen) * suction_per_kelvin;
  const T guess = log(select(latent, left, cooled));
  T x = select(latent, min(curve.b * (curve.offset - guess), curve.deep_log), guess);
  T depression = 1.0;
  for (int pass = 0; pass < most_passes && any(active); ++pass) {
    x = min(T(9.8), x);  // 145 K
    const T below = exp(x) * (1.0 / suction_per_kelvin);
    const T liquid = exp(curve.offset - soil.inverse_b * x);  // of the curve
    const T energy = fused + frozen * below;                  // could fuse this much
    const T fusion = (fusion_per_volume - capacity_gain * below) * liquid;
    const T mean = 0.5 * (max(T(0.0), energy) + fusion);
    const T dx = (fusion - energy) / ((frozen + capacity_gain * liquid) * below + soil.inverse_b * mean);
    x = select(active, x + dx, x);
    depression = select(active, below * (1.0 + dx * (1.0 + 0.5 * dx)), depression);
    active = active & (simd::abs(dx) > 1e-6);  // the next error is its square
  }
  return depression;
}

/// Temperature and liquid water from enthalpy (inversion of `soil_enthalpy`).
///
/// Continuous; the slope jumps where freezing begins and where the last water stays liquid.
template <class T>
TILTH_INLINE LayerHeat<T> layer_heat(const SoilHeat<T>& soil, const FreezingCurve<T>& curve, T enthalpy, T water) {
  const T thawed = 1.0 / soil_heat_capacity(soil, water, T(0.0));
  LayerHeat<T> state{enthalpy * thawed, water, thawed};
  const simd::Mask<T> cold = enthalpy < 0.0;
  if (!any(cold)) return state;
  const T frozen = soil_heat_capacity(soil, T(0.0), water);
  T depression = 0.0, left = water + enthalpy * (1.0 / fusion_per_volume), least = 0.0, curve_slope = 0.0;
  if (!soil.sharp) {
    depression = freezing_depression(soil, curve, enthalpy, water, frozen, cold);
    const T fusion = fusion_per_volume - capacity_gain * depression;
    left = (enthalpy + fusion_per_volume * water + frozen * depression) / fusion;
    least = min(water, T(least_unfrozen));
    const T span = curve.b * depression;
    curve_slope = span / ((frozen + capacity_gain * left) * span + fusion * left);
  }
  const simd::Mask<T> icy = cold & (left < water);
  const simd::Mask<T> rigid = icy & (left < least);  // nothing more freezes
  const T rigid_slope = 1.0 / (frozen + capacity_gain * least);
  const T rigid_t = (enthalpy + fusion_per_volume * (water - least)) * rigid_slope;
  state.t = select(icy, select(rigid, rigid_t, -depression), state.t);
  state.liquid = select(icy, select(rigid, least, left), state.liquid);
  state.slope = select(icy, select(rigid, rigid_slope, curve_slope), state.slope);
  return state;
}

/// Temperature, liquid water and slope of every layer.
template <class T, int N>
void soil_heat_state(const SoilHeat<T>& soil, const T* enthalpy, const T* water, LayerHeat<T>* state) {
  simd::Mask<T> cold = enthalpy[0] < 0.0;
  for (int k = 1; k < N; ++k) cold = cold | (enthalpy[k] < 0.0);
  FreezingCurve<T> curve{1.0, 0.0, 0.0, 1.0};
  if (any(cold)) curve = freezing_curve(soil);
  for (int k = 0; k < N; ++k) state[k] = layer_heat(soil, curve, enthalpy[k], water[k]);
}

}  // namespace tilth::physics
