#pragma once

#include <vector>

namespace tilth {

/// A land cell of the embedded topography.
///
/// Source: the half-degree topography and land-sea mask built into CDO, the Climate Data Operators of the Max Planck
/// Institute for Meteorology (elevations from ETOPO, NOAA National Geophysical Data Center, public domain); averaged to
/// 2 degrees by tools/make_topography.py. Licences: NOTICE.
struct CoarseCell {
  double lon = 0.0, lat = 0.0;     ///< centre, degrees, -180 <= lon < 180
  double land_fraction = 0.0;      ///< 0..1; lakes are not land
  double elevation_m = 0.0;        ///< mean of the land
  double elevation_sd_m = 0.0;     ///< standard deviation of half-degree means within the cell (not of single hills)
  double continentality_km = 0.0;  ///< mean distance of the land from the sea
  bool ice = false;                ///< Greenland's ice sheet (its box above 1000 m)
};

/// Cells of `resolution_deg` counted from the corner (lon_w, lat_s) with a land fraction of at least `least_land`, row
/// by row from the south, each row from the west. Antarctica (south of 60 S) is left out.
///
/// Where the cells are made of whole 2-degree cells of the table (resolution and corner multiples of 2), values are
/// means weighted by area, and by land area; otherwise each cell takes the table cell that contains its centre. A
/// region may cross the date line (lon_e > 180). Throws `Error` unless -180 <= lon_w < lon_e <= lon_w + 360, lon_w <=
/// 180, -90 <= lat_s < lat_n <= 90, 0 < least_land <= 1 and the resolution divides the region.
std::vector<CoarseCell> land_cells(double resolution_deg, double lon_w, double lon_e, double lat_s, double lat_n,
                                   double least_land = 0.5);

}  // namespace tilth
