#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/random/random.hpp"

namespace tilth {

/// A random orthogonal N x N matrix U (row-major) with U 1 = 1: members' mean and covariance stay the same under X U
/// (Sakov & Oke 2008, section 3). Haar-distributed on the space orthogonal to 1; a function of the key alone.
std::vector<double> mean_preserving_rotation(const Random& random, std::int64_t cycle, int members);

/// row = mean + (row - mean) U; a row without spread keeps its bits. @pre U.size() == row.size()^2
void rotate_members(std::span<const double> U, std::span<double> row);

}  // namespace tilth
