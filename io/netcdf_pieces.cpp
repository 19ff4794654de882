#include "io/netcdf_pieces.hpp"

#include <algorithm>

namespace tilth::netcdf {

std::vector<Piece> pieces_of(std::span<const std::int64_t> start, std::span<const std::int64_t> count,
                             std::int64_t most_bytes) {
  const Offsets first(start.begin(), start.end()), length(count.begin(), count.end());
  std::int64_t values = 1;
  for (const std::int64_t c : count) values *= c;
  if (values == 0) return {};
  if (length.empty()) return {{first, length, 0, 1}};
  std::size_t d = 0;  // the first dimension that can be cut
  while (d + 1 < length.size() && length[d] <= 1) ++d;
  const std::int64_t rows = length[d], row = values / rows;
  const std::int64_t fit = std::max<std::int64_t>(1, most_bytes / (8 * row));
  std::vector<Piece> pieces;
  for (std::int64_t done = 0; done < rows; done += fit) {
    Piece& piece = pieces.emplace_back(Piece{first, length, done * row, std::min(fit, rows - done) * row});
    piece.start[d] += done;
    piece.count[d] = std::min(fit, rows - done);
  }
  return pieces;
}

Piece empty_piece(std::size_t dimensions) { return {Offsets(dimensions, 0), Offsets(dimensions, 0), 0, 0}; }

}  // namespace tilth::netcdf
