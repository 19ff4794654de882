#pragma once

#include <functional>

#include "assim/calibration/types.hpp"

namespace tilth::calibration {

/// A number per row of points in the unit cube; the region is where it is at most 1. Where it exceeds `enough` any
/// number above `enough` will do.
using Ratio = std::function<Vector(const Matrix& u, double enough)>;

struct RegionOptions {
  Index draws = 20000;     ///< uniform points for a region that is not tiny
  Index least_hits = 100;  ///< with fewer of them inside, the region is tiny
  Index chains = 1000;     ///< points of each level for a tiny region
  int steps = 12;          ///< moves of a chain per level
  double part = 0.2;       ///< of the points that a level keeps
  int most_levels = 60;
  std::uint64_t seed = 1;
};

/// Uniform points of a region of the unit cube, and its volume.
struct RegionSample {
  Matrix points;
  double volume = 0.0;
  double relative_error = 0.0;  ///< standard error of the volume over it; chains count as independent
  int levels = 0;               ///< 0: simple rejection
};

/// Draws uniformly from {u : ratio(u) <= 1}. A region that holds enough of the uniform draws is sampled by rejection. A
/// tiny one is reached through larger ones with falling thresholds (subset simulation, Au & Beck 2001), in each of
/// which chains move by slice sampling (Neal 2003) along directions scaled by the spread of the points; the volume is
/// the product of the parts kept. A region that cannot be reached has no points and volume 0.
RegionSample sample_region(const Ratio& ratio, Index dimensions, Index count, const RegionOptions& options = {});

/// The same with the first draws (`region_draws`) and their ratios already there.
RegionSample sample_region(const Ratio& ratio, const Matrix& draws, const Vector& ratios, Index count,
                           const RegionOptions& options = {});
/// The first uniform draws of `sample_region`.
Matrix region_draws(Index dimensions, const RegionOptions& options);

}  // namespace tilth::calibration
