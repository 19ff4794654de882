#pragma once

#include "assim/operators/tile_operator.hpp"
#include "core/physics/microwave.hpp"

namespace tilth {

/// Water of leaves and wood as microwaves see it (MODEL 6.6).
struct VegetationWaterOptions {
  double leaf_water = 0.5, wood_water = 0.45, least_water_content = 0.6;
  void describe(Schema& s) {
    s.real("leaf_water", leaf_water)
        .in(0.05, 2.0)
        .units("kg m-2")
        .about("Water of turgid leaves and thin stems per leaf area (Wigneron et al. 2007: 0.06 optical depth).");
    s.real("wood_water", wood_water)
        .in(0.0, 3.0)
        .units("kg kg-1")
        .about("Water that is seen per carbon of wood above ground.");
    s.real("least_water_content", least_water_content)
        .in(0.0, 1.0)
        .about("Relative water content of plants under full water stress.");
  }
  physics::WaterContent content() const { return {leaf_water, wood_water, least_water_content}; }
};

/// What `l_band_depth` reads: the operator's first needs and its first parameter.
struct VegetationWater {
  enum Need { leaf_area, wood, stress, count };
  static inline const std::vector<std::string> needs = {"leaf_area_index", "carbon_wood", "water_stress_memory"};
  static inline const std::vector<std::string> parameters = {"vod_coefficient"};
};

/// Optical depth of a tile in L band, vertical; bare ground has none.
template <class T>
T l_band_depth(const MemberView<T>& m, int t, const physics::WaterContent& content) {
  const T water = physics::vegetation_water(content, m.value(t, VegetationWater::leaf_area),
                                            m.value(t, VegetationWater::wood), m.value(t, VegetationWater::stress));
  constexpr double default_coefficient = 0.12;  // m2 kg-1, Jackson & Schmugge 1991
  const T depth = m.parameter(t, 0, default_coefficient) * water;
  return m.tile(t).pft == 0 ? 0.0 * depth : depth;
}

}  // namespace tilth
