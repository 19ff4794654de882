#include "assim/operators/tiles.hpp"

#include <algorithm>

namespace tilth {

void mix_tiles(const ObservedColumn& seen, std::string_view variable, std::span<double> hx) {
  const int row = seen.layout.row(variable);
  const auto& tiles = seen.point.surface.tiles;
  std::fill(hx.begin(), hx.end(), 0.0);
  for (int t = 0; t < seen.column.tiles(); ++t) {
    const double* x = seen.column.row(t, row);
    for (std::size_t k = 0; k < hx.size(); ++k) hx[k] += tiles[t].fraction * x[k];
  }
}

}  // namespace tilth
