#pragma once

#include "core/physics/humidity.hpp"

namespace tilth::physics {

inline constexpr double reference_apar = 20.0;  ///< mol m-2 d-1, where light saturation leaves the yield as it is
inline constexpr double reference_cloud = 0.4;  ///< cloudiness that leaves the yield as it is
inline constexpr double least_clear_sky = 5.0;  ///< W m-2; below it the day counts as clear

/// Cloudiness of a day, 0 clear to 1 dark: what is missing of the shortwave of a clear sky (W m-2, 24 h means).
template <class T>
TILTH_INLINE T cloudiness(T shortwave, double clear_sky) {
  if (clear_sky < least_clear_sky) return T(0.0);
  return 1.0 - clamp(shortwave * (1.0 / clear_sky), 0.0, 1.0);
}

/// Factor on the light use efficiency of a day for the light that leaves absorb (`apar`, mol m-2): hyperbolic
/// saturation (Makela et al. 2008, eq. 3) and a linear gain under diffuse light (Turner et al. 2006); 1 with
/// `saturation` (m2 d mol-1) and `gain` 0, and for the reference light under the reference sky.
template <class T>
TILTH_INLINE T light_response(T apar, T cloud, T saturation, T gain) {
  const T saturated = (1.0 + saturation * reference_apar) / (1.0 + saturation * apar);
  return saturated * max(T(0.0), 1.0 + gain * (cloud - reference_cloud));
}

}  // namespace tilth::physics
