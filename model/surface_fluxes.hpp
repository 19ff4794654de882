#pragma once

#include "core/physics/humidity.hpp"

namespace tilth::physics {

/// What the energy balance of canopy and ground is solved for, per area of tile; constant over the step.
template <class T>
struct Surface {
  double time_step = 3600.0;             ///< s
  T air_temperature;                     ///< K, at the reference height
  T vapour, pressure;                    ///< Pa
  T longwave;                            ///< down, W m-2
  T canopy_shortwave, ground_shortwave;  ///< absorbed, W m-2

  T air_resistance;     ///< canopy air to the reference height, s m-1
  T ground_resistance;  ///< ground to canopy air, s m-1
  T leaf_conductance;   ///< boundary layer of a leaf, m s-1 per leaf area
  T leaf_area, stem_area;
  T gap;                ///< exp(-(leaf_area + stem_area)): 1 - emissivity of the canopy
  T wet_fraction;       ///< of leaves and stems
  T snow_cover;         ///< fraction of the ground
  T ground_emissivity;  ///< `ground_emissivity(snow_cover)`
  T soil_resistance;    ///< of the soil's surface to vapour, s m-1
  T soil_humidity;      ///< relative, of air in its pores

  T canopy_temperature, ground_temperature;  ///< K, at the begin of the step
  T canopy_heat;                             ///< J m-2 K-1, `canopy_heat_capacity`
  T ground_conductance, ground_reference;    ///< flux into snow and soil = conductance (T_g - reference); W m-2 K-1, K

  // Water there is to evaporate, kg m-2 s-1, >= 0.
  T transpiration_limit, canopy_water_limit, soil_water_limit, snow_ice_limit;  ///< the last also for melt
};

/// Fluxes of a step; upwards is positive, ground heat is positive downwards. Each balance closes to round-off:
/// canopy: net_radiation = sensible + latent + canopy_storage; ground: net_radiation = sensible + latent + ground_heat
/// + melt_heat; evaporation is never above its limit, condensation has none.
template <class T>
struct SurfaceFluxes {
  T canopy_net_radiation, ground_net_radiation;  ///< W m-2
  T canopy_sensible, ground_sensible;            ///< W m-2
  T canopy_latent, ground_latent;                ///< W m-2
  T transpiration;                               ///< kg m-2 s-1, >= 0
  T canopy_evaporation;                          ///< of intercepted water, negative: dew; kg m-2 s-1
  T soil_evaporation;                            ///< kg m-2 s-1, negative: dew
  T sublimation;                                 ///< kg m-2 s-1, negative: rime
  T ground_heat;                                 ///< into the column below T_g, W m-2
  T melt_heat;                                   ///< taken by melting snow, W m-2, >= 0
  T canopy_storage;                              ///< W m-2
  T upward_longwave;                             ///< W m-2
  T canopy_temperature, ground_temperature;      ///< K, at the end of the step
  T canopy_air_temperature, canopy_air_vapour;   ///< K, Pa
  T vaporisation;                                ///< J kg-1; sublimation takes fusion_heat more
};

/// Emissivity of ground with a fraction of snow (0.96 soil, 0.97 snow).
template <class T>
TILTH_INLINE T ground_emissivity(T snow_cover) {
  return 0.96 + 0.01 * snow_cover;
}

/// Heat capacity of leaves (0.2 kg of water per area), stems (3 kg of water per area: twigs of 1 cm) and `canopy_water`
/// (kg m-2), J m-2 K-1; never 0.
template <class T>
TILTH_INLINE T canopy_heat_capacity(T leaf_area, T stem_area, T canopy_water) {
  constexpr double water_heat = 4188.0, leaf_mass = 0.2, stem_mass = 3.0, least_mass = 1e-3;
  return water_heat * (leaf_mass * leaf_area + stem_mass * stem_area + canopy_water + least_mass);
}

/// Resistance of the soil's surface to vapour, s m-1 (Sellers et al. 1992): `intercept` ln(s m-1), wetness 0..1 of
/// pores.
template <class T>
TILTH_INLINE T soil_surface_resistance(T intercept, T wetness) {
  return exp(intercept - 4.2 * wetness);
}

/// Relative humidity of the air in soil at matric head psi (m, <= 0) and temperature (K) (Philip 1957).
template <class T>
TILTH_INLINE T pore_humidity(T psi, T kelvin) {
  constexpr double vapour_gas_constant = 461.5;  // J kg-1 K-1
  return exp(gravity / vapour_gas_constant * psi / kelvin);
}

}  // namespace tilth::physics
