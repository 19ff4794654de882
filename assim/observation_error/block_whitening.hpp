#pragma once

#include <span>

#include "core/obs/obs_table.hpp"

namespace tilth {

/// Turns observations whose error covariance is given in full into ones with independent errors of unit variance:
/// value and predictions become L^-1 times themselves, with L L' = R (Cholesky).
///
/// `indices`: rows of the table, n of them in the order of R; `R`: n x n, row-major, in the units of the values. Rows
/// keep id, place and type; the update is that of the full R as long as all rows of a block have the same taper.
///
/// @throws Error when R has another size, is not finite, not symmetric or not positive definite; the table is then
/// unchanged.
void whiten_block(ObsTable& table, std::span<const std::size_t> indices, std::span<const double> R);

}  // namespace tilth
