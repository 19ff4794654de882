#pragma once

#include <vector>

#include "core/grid/grid.hpp"

namespace tilth {

/// Appends a point to a byte buffer, for sending; every field is kept bit by bit.
void append_record(const GridPoint& point, std::vector<char>& bytes);

/// The points of a buffer written by `append_record`.
std::vector<GridPoint> points_of(const std::vector<char>& bytes);

}  // namespace tilth
