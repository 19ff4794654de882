#pragma once

#include "core/physics/humidity.hpp"

namespace tilth::physics {

/// Water the canopy can hold, kg m-2, from `storage` per leaf and stem area (kg m-2); never 0.
template <class T>
TILTH_INLINE T interception_capacity(T storage, T plant_area) {
  constexpr double least = 1e-6;  // keeps ratios defined without a canopy
  return storage * plant_area + least;
}

/// Share of rain that meets leaves and stems.
template <class T>
TILTH_INLINE T intercepted_share(T plant_area) {
  return 1.0 - exp(-0.5 * plant_area);
}

/// Share of leaves and stems that is wet: (water / capacity)^(2/3), at most 1 (Deardorff 1978); linear below 1e-6, so
/// that its slope stays finite.
template <class T>
TILTH_INLINE T wet_fraction(T water, T capacity) {
  const T filled = min(T(1.0), max(T(0.0), water / capacity));
  const T power = exp((2.0 / 3.0) * log(max(T(1e-6), filled)));
  return select(filled < 1e-6, 100.0 * filled, power);
}

/// Water on the canopy and the water that leaves it.
template <class T>
struct CanopyWater {
  T water, drip;  ///< kg m-2
};

/// Adds `gain` (kg m-2; negative evaporates, at most what is there) and lets what the canopy cannot hold drip:
/// 0 <= water <= capacity, with a smooth corner.
template <class T>
TILTH_INLINE CanopyWater<T> fill_canopy(T water, T gain, T capacity) {
  constexpr double corner = 0.999;
  const T offered = max(T(0.0), water + gain);
  const T held = min(min(offered, capacity), smooth_min(offered, capacity, corner));
  return {held, offered - held};
}

}  // namespace tilth::physics
