#include "core/state/ensemble.hpp"

#include <algorithm>
#include <cassert>

#include "core/base/error.hpp"

namespace tilth {

Ensemble::Ensemble(const Grid& grid, int rows, int members) : rows_(rows), members_(members), offset_{0} {
  require(members >= 1, "ensemble: size ", members, ", must be at least 1");
  require(rows >= 1, "ensemble: ", rows, " rows per tile; the state has no variables");
  for (const GridPoint& p : grid.points) {
    const std::size_t tiles = p.surface.tiles.size();
    require(tiles >= 1 && tiles <= std::size_t(max_tiles), "grid point ", p.id, ": ", tiles, " tiles, expected 1 to ",
            max_tiles);
    offset_.push_back(offset_.back() + std::int64_t(tiles));
  }
  data_.assign(std::size_t(offset_.back()) * std::size_t(rows) * std::size_t(padded(members)), 0.0);
}

ColumnView Ensemble::column(int c) {
  assert(c >= 0 && c < columns());
  return {data_.data() + first_tile(c) * rows_ * padded(members_), tiles(c), rows_, members_};
}

void Ensemble::fill_padding() {
  const auto stride = std::size_t(padded(members_));
  for (std::size_t row = 0; row < data_.size(); row += stride) {
    double* members = data_.data() + row;
    std::fill(members + members_, members + stride, members[members_ - 1]);
  }
}

}  // namespace tilth
