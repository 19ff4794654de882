#pragma once

#include "core/physics/humidity.hpp"

namespace tilth::physics {

/// Suction (m) that balances water frozen at a kelvin below 0 C (Clausius-Clapeyron).
inline constexpr double suction_per_kelvin = fusion_heat / (gravity * freezing_k);
/// Liquid water that never freezes, m3 m-3.
inline constexpr double least_unfrozen = 0.01;

/// Freezing curve: liquid water that stays unfrozen at temperature `t` (K), at most `total` (Niu & Yang 2006), with
/// pores theta_s, entry head psi_s = -e^log_psi_s (m) and exponent b of Clapp & Hornberger.
template <class T>
TILTH_INLINE T unfrozen_water(T t, T total, T theta_s, T log_psi_s, T inverse_b) {
  const T below = max(T(1e-4), freezing_k - t);
  const T log_head = log(below * suction_per_kelvin);
  const T most = theta_s * exp(min(T(0.0), -(inverse_b * (log_head - log_psi_s))));
  return select(t < freezing_k, min(total, max(most, min(total, T(least_unfrozen)))), total);
}

/// Soil for the heat equation; the same for all members of a tile but what is T.
template <class T>
struct SoilHeat {
  const double* dz = nullptr;  ///< m
  T theta_s, log_psi_s, inverse_b;
  double solid_capacity = 0.0;               ///< J m-3 K-1 of solid matter
  T k_dry, k_saturated, k_saturated_frozen;  ///< W m-1 K-1
  bool sharp = false;                        ///< all water freezes at 0 C (for tests against Stefan's problem)
};

/// Conductances between the middles of neighbouring layers, resistances in series: `interface[k]` between k and k + 1.
template <class T, int N>
TILTH_INLINE void layer_conductances(const double* dz, const T* k_layer, T* interface) {
  for (int k = 0; k + 1 < N; ++k)
    interface[k] = 2.0 * k_layer[k] * k_layer[k + 1] / (dz[k] * k_layer[k + 1] + dz[k + 1] * k_layer[k]);
}

/// Conductivity of a layer (Johansen 1975): `kersten_liquid` is 1 + log10(saturation) when unfrozen.
template <class T>
TILTH_INLINE T conductivity(const SoilHeat<T>& soil, T saturation, T log_saturation, T frozen) {
  const T kersten = clamp(1.0 + 0.43429448190325182765 * log_saturation, 0.02, 1.0);
  const T thawed = kersten * (soil.k_saturated - soil.k_dry);
  const T ice = saturation * (soil.k_saturated_frozen - soil.k_dry);
  return soil.k_dry + thawed + frozen * (ice - thawed);
}

/// Implicit conduction over `duration` s with freezing through an apparent heat capacity (secant, four passes when any
/// lane freezes). `top_temperature` (K) acts on the middle of the first layer through `top_conductance` (W m-2 K-1); no
/// flux at the bottom. `temperature` is advanced, `liquid` holds the liquid water before and after.
template <class T, int N>
void advance_soil_heat(const SoilHeat<T>& soil, double duration, const T* water, const T* k_layer, T top_temperature,
                       T top_conductance, T* temperature, T* liquid) {
  T interface[N], base[N], latent[N], next[N], gamma[N];
  layer_conductances<T, N>(soil.dz, k_layer, interface);
  simd::Mask<T> freezing = top_temperature < freezing_k;
  for (int k = 0; k < N; ++k) {
    freezing = freezing | (temperature[k] < freezing_k);
    const T ice = water[k] - liquid[k];
    base[k] = (1.0 - soil.theta_s) * soil.solid_capacity + 4.188e6 * liquid[k] + 1.94e6 * ice;
    latent[k] = 0.0;
  }
  const int passes = any(freezing) ? 4 : 1;
  for (int pass = 0; pass < passes; ++pass) {
    T before = top_conductance;
    for (int k = 0; k < N; ++k) {
      const T after = k + 1 < N ? interface[k] : T(0.0);
      const T storage = (base[k] + latent[k]) * (soil.dz[k] / duration);
      const T right = storage * temperature[k] + (k == 0 ? before * top_temperature : before * next[k - 1]);
      const T diagonal = storage + before + after;
      const T pivot = k == 0 ? 1.0 / diagonal : 1.0 / (diagonal - before * gamma[k - 1]);
      gamma[k] = after * pivot;
      next[k] = right * pivot;
      before = after;
    }
    for (int k = N - 2; k >= 0; --k) next[k] = next[k] + gamma[k] * next[k + 1];
    if (pass + 1 == passes) break;
    for (int k = 0; k < N; ++k) {  // heat of fusion per kelvin between start and this iterate
      T secant = 0.0;
      const simd::Mask<T> cold = (next[k] < freezing_k) | (temperature[k] < freezing_k);
      if (any(cold)) {  // a thawed lane would get 0 as well
        const T after = unfrozen_water(next[k], water[k], soil.theta_s, soil.log_psi_s, soil.inverse_b);
        const T change = next[k] - temperature[k];
        const T span = select(change < 0.0, min(T(-0.02), change), max(T(0.02), change));
        secant = max(T(0.0), (water_density * fusion_heat) * (after - liquid[k]) / span);
      }
      latent[k] = select(freezing, 0.5 * (latent[k] + secant), T(0.0));  // thawed lanes do not see the passes
    }
  }
  for (int k = 0; k < N; ++k) {
    temperature[k] = next[k];
    const simd::Mask<T> frozen = next[k] < freezing_k;
    liquid[k] = water[k];
    if (any(frozen)) liquid[k] = unfrozen_water(next[k], water[k], soil.theta_s, soil.log_psi_s, soil.inverse_b);
  }
}

}  // namespace tilth::physics
