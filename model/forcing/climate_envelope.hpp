#pragma once

#include <array>

#include "core/grid/grid.hpp"
#include "model/forcing/climate.hpp"

namespace tilth {

/// What bioclimatic limits are made of (Prentice et al. 1992; Sitch et al. 2003); temperatures in degrees Celsius.
struct Bioclimate {
  double coldest_c = 0.0, warmest_c = 0.0;  ///< months
  double growing_degree_days = 0.0;         ///< above 5 C
  double moisture = 0.0;                    ///< yearly precipitation over potential evapotranspiration
  double dry_months = 0.0;                  ///< warm months with less rain than half the potential evapotranspiration
  double dry_summer = 0.0;                  ///< 0..1: summer half year brings less than a third of the rain
  double c4 = 0.0;  ///< share of the growing season warmer than 22 C and rainy (Collatz et al. 1998)
};
Bioclimate bioclimate_of(const Climate& climate);

/// Natural vegetation and crops that the climate allows: share by plant functional type, adding up to 1 (round-off).
std::array<double, pft_count> potential_cover(const Bioclimate& b);

/// Tiles of a cover: bare ground and the four most common types, none below 0.05; multiples of 1/1024 that add up to 1
/// exactly, sorted by type.
std::vector<Tile> tiles_of(const std::array<double, pft_count>& cover);

/// Surface of a place from its climate: cover, and a plausible (not observed) soil; docs/model/forcing.md.
Surface surface_of(const Climate& climate);

}  // namespace tilth
