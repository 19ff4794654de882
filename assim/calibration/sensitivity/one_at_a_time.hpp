#pragma once

#include "assim/calibration/types.hpp"

namespace tilth::calibration {

/// One parameter after the other over its range, the others at `base`: the first row is `base`, then `levels` rows per
/// parameter, equally spaced from 0 to 1 (unit cube). @pre levels >= 2
Matrix one_at_a_time_design(const Vector& base, int levels);

/// Effect of each parameter on one result.
struct OneAtATime {
  Vector range;               ///< largest minus smallest result while the parameter moves
  Vector lower;               ///< result at the lower end minus that at the base
  Vector upper;               ///< result at the upper end minus that at the base
  Vector curvature;           ///< largest departure from the straight line between the ends, over `range` (0: linear)
  std::vector<Index> failed;  ///< rows left out
};

/// Effects from the results of a `one_at_a_time_design`, one per row. A parameter whose ends failed has not-a-number.
OneAtATime one_at_a_time(const Vector& values, Index parameters);

}  // namespace tilth::calibration
