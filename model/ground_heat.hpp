#pragma once

#include "model/snow_layers.hpp"
#include "model/soil_enthalpy.hpp"

namespace tilth::physics {

/// Heat flux into the ground, linear in the temperature of its surface: conductance * (T_g - reference).
template <class T>
struct GroundResponse {
  T conductance;  ///< W m-2 K-1
  T reference;    ///< K
};

/// Column under the surface at the start of a step.
template <class T, int N>
struct GroundColumn {
  double duration = 3600.0;             ///< s
  const T* k_layer = nullptr;           ///< [N] W m-1 K-1
  const LayerHeat<T>* state = nullptr;  ///< [N]
  double bottom_flux = 0.0;             ///< W m-2
  const SnowLayers<T>* snow = nullptr;
  T snow_cover;  ///< share of the tile under snow
  T surface;     ///< temperature of the surface in the last step, K; decides melting or freezing
};

/// Temperatures as lines in the surface temperature (C): t = base + slope * t_g.
template <class T>
struct GroundSolution {
  T snow_base[most_snow_layers], snow_slope[most_snow_layers];
  T soil_base, soil_slope;
  T into_snow[most_snow_layers];  ///< conductance above layer j, W m-2 K-1 of tile
  T to_soil, bare;                ///< conductances snow - soil and bare surface - soil
};

/// Fluxes of a step, W m-2 of tile.
template <class T>
struct GroundFluxes {
  T into_snow[most_snow_layers];  ///< from above into layer j
  T snow_to_soil, bare_to_soil;
};

/// The soil eliminated from below and the snow above its share of the tile, all linear about the start of the step.
template <class T, int N>
GroundResponse<T> ground_response(const SoilHeat<T>& soil, const GroundColumn<T, N>& column,
                                  GroundSolution<T>& solution);

/// The fluxes when the surface is at `surface` (K) and takes `flux` (W m-2) from above; they sum to `flux` exactly.
template <class T>
GroundFluxes<T> ground_fluxes(const SnowLayers<T>& snow, const GroundSolution<T>& solution, T surface, T flux);

}  // namespace tilth::physics
