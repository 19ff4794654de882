#pragma once

#include <array>

#include "core/grid/grid.hpp"

namespace tilth {

/// Soil layers of the column models, from the surface down; rows of `soil_moisture` and `soil_temperature`.
inline constexpr int soil_layers = 8;
inline constexpr std::array<double, soil_layers> soil_layer_m = {0.02, 0.05, 0.08, 0.15, 0.30, 0.50, 0.90, 2.00};

/// Pore volume of the soil, m3 m-3: mineral part after Cosby et al. (1984, Table 5), organic part 0.9 (Letts et al.
/// 2000).
inline double porosity(const Surface& surface) {
  const double mineral = 0.489 - 0.00126 * surface.sand_percent;
  return (1.0 - surface.organic_fraction) * mineral + surface.organic_fraction * 0.9;
}

}  // namespace tilth
