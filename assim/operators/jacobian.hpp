#pragma once

#include <string>
#include <vector>

#include "assim/operators/observation_operator.hpp"

namespace tilth {

/// Derivative of a prediction with respect to one thing the operator reads.
struct InputSlope {
  std::string name;  ///< variable or parameter
  bool parameter = false;
  int tile = 0, layer = 0;
  std::vector<double> members;  ///< padded
};

/// Derivatives with respect to every row and parameter the operator reads, tile by tile; one tangent each. Applied with
/// weights of observations they are the adjoint.
std::vector<InputSlope> jacobian(const ObservationOperator& op, const ObservedColumn& seen);

}  // namespace tilth
