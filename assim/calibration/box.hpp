#pragma once

#include "assim/calibration/types.hpp"

namespace tilth::calibration {

/// Bounds of the parameters; algorithms work in the unit cube, models in the box.
struct Box {
  Vector lower, upper;

  /// The unit cube of n dimensions.
  static Box unit(Index n) { return {Vector::Zero(n), Vector::Ones(n)}; }
  Index size() const { return lower.size(); }
  Vector width() const { return upper - lower; }
  bool contains(const Vector& x) const;
  /// Rows of the unit cube as rows of the box, and back.
  Matrix from_unit(const Matrix& u) const;
  Matrix to_unit(const Matrix& x) const;
};

/// Throws `Error` unless every lower bound is finite and below its upper bound.
void check(const Box& box);

/// A start moved into the box, in the unit cube; throws `Error` unless it is finite and has the size of the box.
Vector unit_start(const Box& box, const Vector& start);

}  // namespace tilth::calibration
