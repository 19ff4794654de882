#pragma once

#include <vector>

#include "model/land_model.hpp"

namespace tilth::daily {

/// Variables of a tile: prognostic ones first, then diagnostics. Rows as in `row::Row`.
std::vector<Variable> daily_variables();
/// Every parameter the daily tier and the operators on it read, in the order of `par::Parameter` (MODEL 7).
std::vector<ParameterDefinition> daily_parameters();
/// Traits of the daily tier.
ModelTraits daily_traits();

}  // namespace tilth::daily
