#pragma once

#include <string>
#include <vector>

namespace tilth {

struct Experiment;

/// A box in longitude and latitude, degrees. West of `west` is outside, `east` is outside; `south` is outside (but the
/// pole), `north` is inside: boxes that share an edge share no cell.
struct Region {
  std::string name;
  double west = -180.0, east = 180.0, south = -90.0, north = 90.0;
  /// Whether the point lies inside; longitudes may differ by whole turns, and `east` below `west` is across the date
  /// line.
  bool contains(double lon, double lat) const;
};

/// global, northern (above 23.5 N), tropics, southern (from 23.5 S).
std::vector<Region> standard_regions();

/// The standard regions, then those of `verification.regions` in the order of the file; a cell may lie in several.
std::vector<Region> regions_of(const Experiment& experiment);

}  // namespace tilth
