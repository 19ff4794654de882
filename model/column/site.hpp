#pragma once

#include <array>

#include "core/base/time.hpp"
#include "core/grid/grid.hpp"
#include "model/column/tile.hpp"

namespace tilth::column {

/// What a plant functional type is to the model, beyond its parameters.
struct PlantTraits {
  bool vegetated = true, woody = false, cold_deciduous = false, c4 = false;
  double stem_area = 0.1;
};
extern const std::array<PlantTraits, pft_count> plant_traits;

/// What all members of the tiles of a place share on a day.
class Site {
 public:
  Site(const GridPoint& point, bool zero_flux_bottom);
  /// The same place with its tile `t` alone.
  Site only(int t) const;
  /// Geometry of the sun on the UTC day of `begin`.
  void set_day(Time begin);
  void set_day_length(double hours);
  const TileSite& tile(int t) const { return tiles_[std::size_t(t)]; }
  int tiles() const { return count_; }
  const GridPoint& place() const { return *place_; }

 private:
  const GridPoint* place_;  ///< outlives the site
  int count_;
  std::array<TileSite, max_tiles> tiles_;
};

}  // namespace tilth::column
