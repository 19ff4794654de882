#pragma once

#include "assim/calibration/types.hpp"

namespace tilth::calibration {

/// Largest dimension of `sobol_points`.
inline constexpr Index most_sobol_dimensions = 64;

/// Points first, ..., first + count - 1 of a Sobol' sequence (direction numbers of Joe & Kuo 2008), one per row, each
/// dimension randomised by Owen's (1995) nested scrambling. A point depends on its number, the dimension and the seed
/// only: a longer design has the shorter one at its start. In (0, 1).
/// @throws Error for more than `most_sobol_dimensions` or 2^32 points
Matrix sobol_points(std::int64_t first, Index count, Index dimensions, std::uint64_t seed);

}  // namespace tilth::calibration
