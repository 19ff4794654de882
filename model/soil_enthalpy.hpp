#pragma once

#include "model/soil_heat.hpp"

namespace tilth::physics {

/// Temperature and liquid water of a layer that follow from its enthalpy.
template <class T>
struct LayerHeat {
  T t;            ///< C
  T liquid, ice;  ///< m3 m-3 of water
  T slope;        ///< d t / d enthalpy, K m3 J-1; 0 where all freezing happens at one temperature
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

/// A layer at `t` C with `liquid` and `ice` (m3 m-3 of water) on the freezing curve, or near it.
template <class T>
TILTH_INLINE LayerHeat<T> layer_at(const SoilHeat<T>& soil, T t, T liquid, T ice) {
  const T capacity = soil_heat_capacity(soil, liquid, ice);
  const simd::Mask<T> freezing = (ice > 0.0) & (liquid > least_unfrozen);
  const T depression = max(T(1e-4), -t);
  const T fused = select(freezing, soil.inverse_b * liquid / depression, T(0.0));  // per K, d liquid / d t
  return {t, liquid, ice, 1.0 / (capacity + (fusion_per_volume - capacity_gain * depression) * fused)};
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

/// Search for the kelvin below 0 C at which the liquid left by the energy of a layer is the liquid of the freezing
/// curve.
///
/// Newton in the logarithm x of the suction, on the difference of liquid where cooling takes the heat and on that of
/// its logarithm (by a mean of both sides) where fusion does: nearly a line in both. Lanes stop one by one.
template <class T>
struct FreezingSearch {
  T fused, frozen;  ///< enthalpy beyond all ice at 0 C, J m-3; heat capacity of that
  T x, depression;  ///< ln suction; K
  simd::Mask<T> active;

  /// Starts at temperature `near` (C) where that is below 0, else where most of the heat suggests.
  TILTH_INLINE void begin(const FreezingCurve<T>& curve, T enthalpy, T water, T all_frozen, T near) {
    fused = enthalpy + fusion_per_volume * water;
    frozen = all_frozen;
    const T left = fused * (1.0 / fusion_per_volume);
    const simd::Mask<T> known = near<-1e-3, latent = left> 0.0;
    const T cooled = (curve.deep + max(T(0.0), -fused) / frozen) * suction_per_kelvin;
    const T guess = log(select(known, near * -suction_per_kelvin, select(latent, left, cooled)));
    x = select(known, guess, select(latent, min(curve.b * (curve.offset - guess), curve.deep_log), guess));
    depression = 1.0;
    active = enthalpy < 0.0;
  }
  TILTH_INLINE void advance(const FreezingCurve<T>& curve, T inverse_b) {
    x = min(T(9.8), x);  // 145 K
    const T below = exp(x) * (1.0 / suction_per_kelvin);
    const T liquid = exp(curve.offset - inverse_b * x);  // of the curve
    const T energy = fused + frozen * below;             // could fuse this much
    const T fusion = (fusion_per_volume - capacity_gain * below) * liquid;
    const T mean = 0.5 * (max(T(0.0), energy) + fusion);
    const T dx = (fusion - energy) / ((frozen + capacity_gain * liquid) * below + inverse_b * mean);
    x = select(active, x + dx, x);
    depression = select(active, below * (1.0 + dx * (1.0 + 0.5 * dx)), depression);
    active = active & (simd::abs(dx) > 2e-6);  // the next error is its square
  }
};

/// A layer without ice.
template <class T>
TILTH_INLINE LayerHeat<T> thawed_layer(const SoilHeat<T>& soil, T enthalpy, T water) {
  const T slope = 1.0 / soil_heat_capacity(soil, water, T(0.0));
  return {enthalpy * slope, water, T(0.0), slope};
}

/// `thawed` where a layer holds no ice, else what the energy leaves liquid at `depression` K below 0 C, at least
/// `least`.
template <class T>
TILTH_INLINE LayerHeat<T> icy_layer(const LayerHeat<T>& thawed, T enthalpy, T water, T frozen, T depression, T b,
                                    T least) {
  const T fused = enthalpy + fusion_per_volume * water;
  const T fusion = fusion_per_volume - capacity_gain * depression;
  const T left = (fused + frozen * depression) / fusion;
  const simd::Mask<T> icy = (enthalpy < 0.0) & (left < water);
  const simd::Mask<T> rigid = icy & (left < least);  // nothing more freezes
  const T span = b * depression;
  const T liquid = select(rigid, least, left);
  const T slope = select(rigid, T(1.0), span) / ((frozen + capacity_gain * liquid) * select(rigid, T(1.0), span) +
                                                 select(rigid, T(0.0), fusion * left));
  const T t = select(rigid, (fused - fusion_per_volume * least) * slope, -depression);
  return {select(icy, t, thawed.t), select(icy, liquid, water), select(icy, water - liquid, T(0.0)),
          select(icy, slope, thawed.slope)};
}

/// Temperature, liquid water and slope of every layer from its enthalpy (inversion of `soil_enthalpy`); `state[k].t` on
/// entry is where the search starts when below 0 (any number gives the same to 1e-9 K).
///
/// Continuous; the slope jumps where freezing begins and where the last water stays liquid.
template <class T, int N>
void soil_heat_state(const SoilHeat<T>& soil, const T* enthalpy, const T* water, LayerHeat<T>* state) {
  int cold_layers[N], colds = 0;
  for (int k = 0; k < N; ++k)
    if (any(enthalpy[k] < 0.0)) cold_layers[colds++] = k;
  T near[N];
  for (int k = 0; k < N; ++k) {
    near[k] = state[k].t;
    state[k] = thawed_layer(soil, enthalpy[k], water[k]);
  }
  if (colds == 0) return;
  FreezingSearch<T> search[N];
  FreezingCurve<T> curve{T(1.0), T(0.0), T(0.0), T(1.0)};
  if (!soil.sharp) curve = freezing_curve(soil);
  for (int i = 0; i < colds; ++i) {
    const int k = cold_layers[i];
    search[i].begin(curve, enthalpy[k], water[k], soil_heat_capacity(soil, T(0.0), water[k]), near[k]);
    if (soil.sharp) search[i].depression = 0.0;
  }
  constexpr int most_passes = 20;
  bool running = !soil.sharp;
  for (int pass = 0; pass < most_passes && running; ++pass) {  // layers side by side hide each other's latency
    running = false;
    for (int i = 0; i < colds; ++i) {
      if (!any(search[i].active)) continue;
      search[i].advance(curve, soil.inverse_b);
      running = true;
    }
  }
  for (int i = 0; i < colds; ++i) {
    const int k = cold_layers[i];
    const T least = soil.sharp ? T(0.0) : min(water[k], T(least_unfrozen));
    state[k] = icy_layer(state[k], enthalpy[k], water[k], search[i].frozen, search[i].depression, curve.b, least);
  }
}

}  // namespace tilth::physics
