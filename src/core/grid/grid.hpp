#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace tilth {

/// Number of plant functional types with bare ground (0).
inline constexpr int pft_count = 14;
/// Short names by index: BAR ENT ENB DNB EBT EBM DBT DBS SHR TUN GR3 GR4 CR3 CR4.
extern const std::array<std::string, pft_count> pft_names;
/// Index of a short name, or -1.
int pft_index(const std::string& name);

/// A part of a cell covered by one plant functional type; fractions of a cell add up to 1.
struct Tile {
  int pft = 0;
  double fraction = 0.0;
};
inline constexpr int max_tiles = 5;  ///< up to four vegetated and bare ground

/// Static surface data of one land cell.
struct Surface {
  double elevation_m = 0.0;
  double sand_percent = 40.0, clay_percent = 20.0;
  double organic_fraction = 0.0;                    ///< volumetric organic matter fraction of the soil, 0..1
  double soil_depth_m = 4.0;                        ///< to bedrock, at most 4
  double soil_red_dry = 0.20, soil_nir_dry = 0.32;  ///< background reflectance, dry soil
  double topographic_sd_m = 100.0;
  double canopy_height_m = -1.0;  ///< negative: the PFT default
  double wind_height_m = 10.0;    ///< height of the wind and temperature forcing above ground
  std::vector<Tile> tiles;        ///< one to max_tiles, sorted by PFT
};

/// One land cell.
struct GridPoint {
  std::int64_t id = 0;          ///< global id, 0 <= id < Grid::global_count
  std::int64_t cell = 0;        ///< index j * nx + i in the product grid (equal to id for a list of points)
  double lon = 0.0, lat = 0.0;  ///< degrees, -180 <= lon < 180
  double area_m2 = 0.0;         ///< land area
  std::string name;             ///< site name, or empty
  Surface surface;
};

/// The plant functional type that covers most of a point; of several, the first.
int dominant_pft(const GridPoint& point);

/// Shape of products: a regular longitude-latitude raster, or a list of points (ny = 0).
struct Raster {
  int nx = 0, ny = 0;
  std::vector<double> lon, lat;  ///< cell centres, degrees; lat ascending
  bool is_list() const { return ny == 0; }
  std::int64_t cells() const { return is_list() ? nx : std::int64_t{nx} * ny; }
};

/// Land points: the ones this rank holds, immutable once decomposed. Knows no ranks.
struct Grid {
  std::int64_t global_count = 0;
  Raster raster;
  std::vector<GridPoint> points;  ///< this rank's, ordered along the space-filling curve
};

}  // namespace tilth
