#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/parallel/comm.hpp"

namespace tilth::netcdf {

using Offsets = std::vector<MPI_Offset>;

/// A part of a hyperslab that one request moves.
struct Piece {
  Offsets start, count;
  std::int64_t first = 0, values = 0;  ///< of the slab's values, in their order
};

/// A hyperslab cut along its first dimension longer than 1 into pieces of at most `most_bytes` at 8 bytes a value (a
/// row of the other dimensions is not cut); an empty slab has none.
std::vector<Piece> pieces_of(std::span<const std::int64_t> start, std::span<const std::int64_t> count,
                             std::int64_t most_bytes);

/// No values of a variable with so many dimensions: for ranks that take part in a collective request only.
Piece empty_piece(std::size_t dimensions);

}  // namespace tilth::netcdf
