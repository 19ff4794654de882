#pragma once

#include "assim/calibration/types.hpp"

namespace tilth::calibration {

/// A Latin hypercube of `count` points in (0, 1): one point per interval of width 1 / count in every dimension (McKay
/// et al. 1979), at a random place in it.
Matrix latin_hypercube(Index count, Index dimensions, std::uint64_t seed);

/// The Latin hypercube with the largest least distance between points among `tries`.
Matrix maximin_latin_hypercube(Index count, Index dimensions, std::uint64_t seed, int tries = 50);

/// `count` more points for a design in the unit cube: in every dimension they fill intervals of width
/// 1 / (rows + count) that no point lies in. Together they are a Latin hypercube when the old points are one and the
/// new number is a multiple of the old. @pre existing values in [0, 1]
Matrix more_latin_points(const Matrix& existing, Index count, std::uint64_t seed);

/// Rows of `candidates` chosen one after the other, each farthest from `taken` and from those chosen before; their
/// numbers in the order chosen. @pre count <= candidates.rows()
std::vector<Index> spread_choice(const Matrix& candidates, const Matrix& taken, Index count);

}  // namespace tilth::calibration
