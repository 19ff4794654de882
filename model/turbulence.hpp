#pragma once

#include "core/physics/humidity.hpp"

namespace tilth::physics {

/// A stand of plants as the wind meets it.
template <class T>
struct Stand {
  double wind_height = 10.0;  ///< of the forcing, m
  double leaf_width = 0.04;   ///< m
  T height;                   ///< m
  T roughness_ratio;          ///< roughness over height
  T heat_excess;              ///< kB^-1 = ln(roughness for momentum / for heat) of the canopy
  T gap;                      ///< exp(-(leaf area + stem area)): towards the bare ground
  T snow_cover;
};

/// Where the profiles of wind and temperature start and where they are known, m.
template <class T>
struct Profile {
  T displacement, momentum_roughness, heat_roughness, ground_roughness;
  T reference;  ///< height of the forcing above the displacement
};

/// Turbulence of the surface layer.
template <class T>
struct SurfaceLayer {
  T inverse_length;     ///< 1 / Obukhov length, m-1
  T friction_velocity;  ///< m s-1
  T air_resistance;     ///< to heat and vapour, s m-1
};

/// Air among the leaves.
template <class T>
struct CanopyAir {
  T top_wind;           ///< m s-1
  T leaf_conductance;   ///< m s-1 per leaf area
  T ground_resistance;  ///< s m-1
};

/// Roughness and displacement of a stand, between those of the ground and of a closed canopy.
template <class T>
Profile<T> wind_profile(const Stand<T>& stand);

/// Monin-Obukhov similarity from the last step's `inverse_length`; `excess` is air minus surface temperature (K).
template <class T>
SurfaceLayer<T> surface_layer(const Profile<T>& profile, T wind, T air_temperature, T excess, T inverse_length,
                              int iterations = 3);

/// Wind, leaf boundary layer and resistance below the top of a stand.
template <class T>
CanopyAir<T> canopy_air(const Stand<T>& stand, const Profile<T>& profile, T friction_velocity);

}  // namespace tilth::physics
