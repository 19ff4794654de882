#pragma once

#include "model/surface_fluxes.hpp"

namespace tilth::physics {

// The balance in conductances: heat in W m-2 K-1, vapour in kg m-2 s-1 Pa-1.

/// What stays the same through all iterates.
template <class T>
struct BalanceTerms {
  T vaporisation, sublimation;                   // J kg-1
  T canopy_heat, ground_heat;                    // to the canopy air
  T heat_share;                                  // 1 / sum of heat conductances
  T canopy_sensible, ground_sensible, exchange;  // H_v = canopy_sensible T_v - exchange T_g, T above the air
  T air, leaves, wet, dew, soil, snow;           // vapour, to the canopy air
  T storage;                                     // canopy heat capacity over time step
  T canopy_emission, canopy_from_ground;         // times T^4
  T ground_emission, ground_from_canopy;         // times T^4
  T canopy_gain, ground_gain;                    // absorbed shortwave and sky, W m-2
  T melt;                                        // W m-2 K-1
};

template <class T>
TILTH_INLINE BalanceTerms<T> balance_terms(const Surface<T>& s) {
  constexpr double least_area = 1e-4;         // couples the temperature of no canopy to the air
  constexpr double melt_conductance = 500.0;  // W m-2 K-1: holds melting snow within 1 K of its melting point
  BalanceTerms<T> b;
  b.vaporisation = vaporisation_heat(s.air_temperature - freezing_k);
  b.sublimation = b.vaporisation + fusion_heat;
  const T density = s.pressure / (dry_air_gas_constant * s.air_temperature);
  const T rho_cp = air_heat_capacity * density;
  const T plant = s.leaf_area + s.stem_area;
  const T air_speed = 1.0 / s.air_resistance, ground_speed = 1.0 / s.ground_resistance;
  const T air_heat = rho_cp * air_speed;
  b.canopy_heat = 2.0 * rho_cp * (plant + least_area) * s.leaf_conductance;
  b.ground_heat = rho_cp * ground_speed;
  b.heat_share = 1.0 / (air_heat + b.canopy_heat + b.ground_heat);
  b.exchange = b.canopy_heat * b.ground_heat * b.heat_share;
  b.canopy_sensible = b.canopy_heat * air_heat * b.heat_share + b.exchange;
  b.ground_sensible = b.ground_heat * air_heat * b.heat_share + b.exchange;
  const T scale = epsilon_water * density / s.pressure;
  b.air = scale * air_speed;
  b.dew = scale * plant * s.leaf_conductance;
  b.wet = s.wet_fraction * b.dew;
  b.leaves = scale * s.leaf_conductance * s.leaf_area;
  b.soil = scale * (1.0 - s.snow_cover) / (s.ground_resistance + s.soil_resistance);
  b.snow = scale * s.snow_cover * ground_speed;
  b.storage = s.canopy_heat * (1.0 / s.time_step);
  const T e_v = 1.0 - s.gap, e_g = s.ground_emissivity;  // MODEL 4.5; LW_up follows by difference
  b.canopy_emission = stefan_boltzmann * e_v * (2.0 - e_v * (1.0 - e_g));
  b.canopy_from_ground = stefan_boltzmann * e_v * e_g;
  b.ground_emission = stefan_boltzmann * e_g;
  b.ground_from_canopy = b.canopy_from_ground;
  b.canopy_gain = s.canopy_shortwave + e_v * (1.0 + s.gap * (1.0 - e_g)) * s.longwave;
  b.ground_gain = s.ground_shortwave + e_g * s.gap * s.longwave;
  b.melt = melt_conductance * s.snow_cover;
  return b;
}

/// Fluxes at an iterate and their slopes by the temperatures there.
template <class T>
struct BalancePoint {
  T canopy, ground;                      // K
  T leaf_vapour, leaf_slope;             // at saturation, Pa, Pa K-1
  T soil_vapour, soil_slope;             // times the humidity of the pores
  T snow_vapour, snow_slope;             // 0 without snow
  T stomata;                             // vapour conductance of dry leaves
  T canopy_radiation, ground_radiation;  // net, W m-2
  T canopy_cooling, ground_cooling;      // 4 T^3, K3
};

template <class T>
TILTH_INLINE BalancePoint<T> balance_point(const Surface<T>& s, const BalanceTerms<T>& b, T canopy, T ground,
                                           T stomatal_conductance) {
  BalancePoint<T> p;
  p.canopy = canopy;
  p.ground = ground;
  const Saturation<T> leaf = saturation_water(canopy - freezing_k), soil = saturation_water(ground - freezing_k);
  p.leaf_vapour = leaf.pressure;
  p.leaf_slope = leaf.slope;
  p.soil_vapour = s.soil_humidity * soil.pressure;
  p.soil_slope = s.soil_humidity * soil.slope;
  p.snow_vapour = 0.0;
  p.snow_slope = 0.0;
  const auto snowy = s.snow_cover > 0.0;
  if (any(snowy)) {
    const Saturation<T> ice = saturation_ice(ground - freezing_k);
    p.snow_vapour = select(snowy, ice.pressure, T(0.0));
    p.snow_slope = select(snowy, ice.slope, T(0.0));
  }
  // Stomata and leaf boundary layer in series, on the dry part of the leaves.
  const T layer = s.leaf_conductance * s.leaf_area;
  p.stomata = (1.0 - s.wet_fraction) * b.leaves * stomatal_conductance / max(T(1e-12), stomatal_conductance + layer);
  const T v3 = canopy * canopy * canopy, g3 = ground * ground * ground;
  p.canopy_cooling = 4.0 * v3;
  p.ground_cooling = 4.0 * g3;
  const T v4 = v3 * canopy, g4 = g3 * ground;
  p.canopy_radiation = b.canopy_gain + (b.canopy_from_ground * g4 - b.canopy_emission * v4);
  p.ground_radiation = b.ground_gain + (b.ground_from_canopy * v4 - b.ground_emission * g4);
  return p;
}

/// Which fluxes are held at their limit instead of following the temperatures.
template <class T>
struct BalanceState {
  simd::Mask<T> dew;                                // on the leaves: all of their area takes part, stomata do not
  simd::Mask<T> transpiration, canopy_water, soil;  // water runs out
  simd::Mask<T> snow;                               // ice runs out by sublimation
  simd::Mask<T> sublimating;                        // not rime: what sublimates cannot melt
  simd::Mask<T> melting, melted;                    // melt follows the temperature; takes all ice that is left
};

/// Temperatures one Newton step further and what they are solved with.
template <class T>
struct BalanceStep {
  T canopy, ground;                            // change of temperature, K
  T vapour;                                    // of the canopy air, Pa
  T leaf_deficit, soil_deficit, snow_deficit;  // vapour pressure above that of the canopy air, Pa
};

}  // namespace tilth::physics
