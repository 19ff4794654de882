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

}  // namespace tilth::physics
