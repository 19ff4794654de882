#pragma once

#include <string>
#include <vector>

#include "core/config/schema.hpp"
#include "core/grid/grid.hpp"
#include "core/parallel/comm.hpp"

namespace tilth {

/// A region of a grid file and what counts as land.
struct GridFileOptions {
  std::string file;
  double land_threshold = 0.5;   ///< smallest land fraction of a cell that is modelled
  double ice_threshold = 0.5;    ///< cells with more ice than this are left out
  double tile_threshold = 0.05;  ///< vegetation types below this fraction of the land are merged into the others
  double west = -180.0, east = 180.0, south = -90.0, north = 90.0;  ///< degrees, cell centres inside
  void describe(Schema& s);                                         ///< all but `file`
};

/// Reads land cells from a NetCDF file (docs/file-formats.md: grid files): each rank the cells of a slab of rows, ids
/// in row-major order from the south-west. To be given to `decompose`. `Error` when no cell is land. Collective.
Grid read_grid(const Comm& comm, const GridFileOptions& options);

/// A list of sites from CSV files with a header line.
struct SiteListOptions {
  std::string file;          ///< columns site, lat, lon; optional elev_m, igbp, canopy_height_m, reference_height_m
  std::string surface_file;  ///< columns site, pft_percent, soil_layers_cm_sand/silt/clay_percent; optional
  std::vector<std::string> sites;  ///< which, in this order; empty: all
  void describe(Schema& s);        ///< all but `file`
};

/// Reads sites; each rank receives a contiguous part of the list, ids in list order. Collective.
Grid read_sites(const Comm& comm, const SiteListOptions& options);

}  // namespace tilth
