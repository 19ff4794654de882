#pragma once

#include <array>
#include <span>

namespace tilth {

/// Climate normals of a well-known place, towards which the formulas are drawn.
struct Anchor {
  double lat, lon, elevation_m;
  double january_c, july_c;                ///< mean temperature at the place
  std::array<double, 4> precipitation_mm;  ///< of January, April, July, October
};

std::span<const Anchor> anchors();

}  // namespace tilth
