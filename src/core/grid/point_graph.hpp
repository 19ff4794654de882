#pragma once

#include <cstdint>
#include <vector>

#include "core/grid/grid.hpp"
#include "core/parallel/comm.hpp"

namespace tilth {

/// Which points are near which, in compressed rows: the neighbours of this rank's point i are
/// `neighbour[offset[i]] .. neighbour[offset[i + 1] - 1]`, ascending. Points are numbered rank by rank.
struct PointGraph {
  std::int64_t first = 0;  ///< number of this rank's first point
  std::vector<std::int64_t> offset, neighbour;
};

/// Distance that counts as adjacent: 1.5 raster cells; for a list of points 1.5 times the spacing they would have if
/// spread over all land.
double adjacency_km(const Grid& grid);

/// All pairs of points within `radius_km`, of any ranks. Collective.
PointGraph point_graph(const Comm& comm, const std::vector<GridPoint>& points, double radius_km);

}  // namespace tilth
