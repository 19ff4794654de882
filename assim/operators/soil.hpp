#pragma once

#include <array>

#include "core/base/simd/math.hpp"
#include "core/grid/grid.hpp"
#include "core/physics/humidity.hpp"

namespace tilth {

/// Soil layers of the column models, from the surface down; rows of `soil_moisture` and `soil_temperature`.
inline constexpr int soil_layers = 8;
inline constexpr std::array<double, soil_layers> soil_layer_m = {0.02, 0.05, 0.08, 0.15, 0.30, 0.50, 0.90, 2.00};

/// Share of each layer in a mean.
struct LayerWeights {
  std::array<double, soil_layers> of{};
  double mean_depth_m = 0.0;
};
/// Weights that fall as exp(-z / depth).
LayerWeights sensing_weights(double depth_m);
/// Even weights down to a depth, from `top_m`.
LayerWeights depth_weights(double depth_m, double top_m = 0.0);

/// Pore volume of the soil, m3 m-3: mineral part after Cosby et al. (1984, Table 5), organic part 0.9 (Letts et al.
/// 2000).
inline double porosity(const Surface& surface) {
  const double mineral = 0.489 - 0.00126 * surface.sand_percent;
  return (1.0 - surface.organic_fraction) * mineral + surface.organic_fraction * 0.9;
}

/// Retention of the soil at a place (Cosby et al. 1984, Table 5; organic: Letts et al. 2000), for its freezing.
struct Retention {
  double pores, entry_m, exponent;  ///< m3 m-3; suction at air entry, positive; b of Clapp & Hornberger
  explicit Retention(const Surface& surface);
};

/// Share of the soil water that is liquid: below 0 C the curve of retention at the suction of the freezing point
/// (Fuchs et al. 1978; MODEL 4.9).
template <class T>
T liquid_fraction(const Retention& soil, T kelvin, T moisture) {
  using namespace physics;
  const T depression = max(1e-3, freezing_k - kelvin);
  const T suction = fusion_heat / gravity * depression / max(200.0, kelvin);
  const T liquid = soil.pores * exp((-1.0 / soil.exponent) * log(suction / soil.entry_m));
  return min(T(1.0), liquid / max(1e-3, moisture));
}

}  // namespace tilth
