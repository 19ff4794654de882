#pragma once

#include "assim/calibration/types.hpp"

namespace tilth::calibration {

/// A point of the unit cube for any point of space: the identity inside, quadratic within `margin` of a face, so that
/// the face itself is reached, and mirrored beyond (as in Hansen's pycma). Continuous with continuous slope.
Matrix folded_into_unit(const Matrix& x);
inline constexpr double fold_margin = 0.05;

/// A point of space that `folded_into_unit` maps to u.
Vector unfolded(const Vector& u);

}  // namespace tilth::calibration
