#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/grid/grid.hpp"
#include "io/netcdf.hpp"

namespace tilth {

/// Cell centres of a regular longitude-latitude file as they are stored; degrees.
struct CellAxes {
  std::vector<double> lon, lat;
  bool operator==(const CellAxes&) const = default;
};

/// Reads the axes `lat`/`latitude`/`y` and `lon`/`longitude`/`x`; `Error` unless both are monotone and in degrees.
CellAxes read_cell_axes(const netcdf::File& file);

/// Whether the last two dimensions of a variable are those of latitude and longitude, in this order.
bool over_cells(const netcdf::File& file, int variable);

/// A rectangle of stored cells: [row, row + rows) x [column, column + columns).
struct Box {
  std::int64_t row = 0, rows = 0, column = 0, columns = 0;
  std::int64_t cells() const { return rows * columns; }
};

/// Smallest box with every cell within `reach_km` of one of the points; empty without points.
Box box_around(const CellAxes& axes, std::span<const GridPoint> points, double reach_km);

/// Per point the nearest cell of `box` that `valid` (by place in the box), within reach: place in the box, or -1.
/// Ties go to the lower cell.
std::vector<std::int64_t> nearest_cells(const CellAxes& axes, const Box& box, const std::vector<char>& valid,
                                        std::span<const GridPoint> points, double reach_km);

}  // namespace tilth
