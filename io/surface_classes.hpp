#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/grid/grid.hpp"

namespace tilth {

/// Fractions of the land of a cell per plant functional type.
using Cover = std::array<double, pft_count>;

/// Adds a vegetation class of a land-cover product to `cover`. Known are our own short names (ENT, GR3, ...), the
/// groups of grid files (tree_needleleaf_evergreen, savanna, ...), IGBP codes (ENF, WSA, ...) and the names of site
/// lists (NET boreal, C4 grass, ...). Classes that do not tell the climate are split by warmth: degrees of latitude
/// plus 1 for every 150 m of elevation (docs/file-formats.md). Returns false for a name that is none of these.
bool add_class(Cover& cover, const std::string& name, double fraction, double lat, double elevation_m);

/// At most four vegetated tiles and bare ground, sorted by type, fractions adding up to 1: types below `threshold` are
/// spread over the others in proportion.
std::vector<Tile> tiles_of(const Cover& cover, double threshold);

/// Texture of an ECMWF (FAO) soil class: percent of sand and clay, organic volume fraction. Index: coarse, medium,
/// medium fine, fine, very fine, organic, tropical organic.
struct Texture {
  std::string name;
  double sand_percent, clay_percent, organic_fraction;
};
extern const std::array<Texture, 7> soil_textures;

}  // namespace tilth
