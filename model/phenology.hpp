#pragma once

#include "core/physics/humidity.hpp"

namespace tilth::physics {

/// Fraction of plants in active phenology (Knorr et al. 2010): memory temperature `t` (C) and day length (h).
template <class T>
TILTH_INLINE T active_fraction(T t, T t_phi, T t_r, double day_length_h, T t_c) {
  constexpr double spread_h = 0.5;  // t_r of day length
  return normal_cdf((t - t_phi) / t_r) * normal_cdf((day_length_h - t_c) * (1.0 / spread_h));
}

/// Leaf area the water supply sustains: plant-available water (kg m-2) over the demand of `time_d` days at the
/// remembered transpiration (kg m-2 d-1), per present leaf area (Knorr et al. 2010).
template <class T>
TILTH_INLINE T sustainable_leaf_area(T leaf_area, T available, T time_d, T transpiration) {
  constexpr double least_lai = 0.1, least_use = 0.02;  // kg m-2 d-1 per leaf area
  const T lai = max(T(least_lai), leaf_area);
  return clamp(lai * available / (time_d * max(least_use * lai, transpiration)), 0.01, 12.0);
}

/// Moves `memory` towards `value` by a day with time constant `days`.
template <class T, class D>
TILTH_INLINE T remember(T memory, T value, D days) {
  return memory + (value - memory) * (1.0 / (days + 0.5));
}

}  // namespace tilth::physics
