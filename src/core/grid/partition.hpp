#pragma once

#include <cstdint>
#include <vector>

#include "core/grid/grid.hpp"
#include "core/parallel/comm.hpp"

namespace tilth {

/// Place of a point along the curve, then its id: a total order of all points.
using CurveKey = unsigned __int128;

/// Order of the points by curve and id; ids below `global_count`.
CurveKey curve_key(const GridPoint& point, std::int64_t global_count);

/// Part (0 .. parts-1) of each of this rank's keys: consecutive runs of the global order whose weights are equal to
/// within one point's weight, none empty. Found by bisection on the keys of all ranks at once: no sort, no table of
/// global size. Keys are unique over ranks; there are at least as many as parts; weights are positive, their sum below
/// 2^62. Collective.
std::vector<int> split_by_weight(const Comm& comm, const std::vector<CurveKey>& keys,
                                 const std::vector<std::int64_t>& weight, int parts);

/// Part of each of this rank's points by PT-Scotch on the graph of points within 1.5 cells. Throws `Error` when a part
/// stays empty. Works on any distribution; quick when `grid.points` are already compact. Collective.
std::vector<int> split_by_graph(const Comm& comm, const Grid& grid, const std::vector<std::int64_t>& weight, int parts);

/// Sends every point (and its weight) to the rank `part` says; points end up in curve order. Collective.
void move_points(const Comm& comm, Grid& grid, std::vector<std::int64_t>& weight, const std::vector<int>& part);

}  // namespace tilth
