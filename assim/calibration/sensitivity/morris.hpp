#pragma once

#include "assim/calibration/types.hpp"

namespace tilth::calibration {

/// Trajectories first, ..., first + count - 1 of Morris (1991) in the unit cube, parameters + 1 rows each: from a point
/// of a grid with `levels` values one parameter after the other, in random order, moves by
/// levels / (2 (levels - 1)), up or down as the grid allows. A trajectory depends on its number and the seed only.
/// @pre levels even, at least 2
Matrix morris_design(Index first, Index count, Index parameters, int levels, std::uint64_t seed);

/// Elementary effects of each parameter, per unit of the unit cube (Campolongo et al. 2007).
struct Morris {
  Vector mu, mu_star, sigma;  ///< mean, mean of magnitudes, standard deviation (n - 1)
  Vector low, high;           ///< 95 % bootstrap interval of mu_star
  Eigen::VectorXi count;      ///< effects used
  std::vector<Index> failed;  ///< rows whose runs failed: the effects on both sides are left out
};

/// Statistics of effects from any design made of trajectories of columns + 1 rows in which two neighbours differ in one
/// parameter (as of `morris_design`, or read from a file), with one result per row. `resamples` of 0: no intervals.
/// @throws Error for a design that is not made of trajectories
Morris morris(const Matrix& design, const Vector& values, int resamples = 200, std::uint64_t seed = 1);

}  // namespace tilth::calibration
