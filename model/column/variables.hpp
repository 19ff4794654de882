#pragma once

#include <vector>

#include "core/state/parameter_set.hpp"
#include "core/state/state_layout.hpp"

namespace tilth::column {

/// Variables of a tile that both tiers have: prognostic ones first, then diagnostics. Rows as in `row::Row`.
std::vector<Variable> column_variables();
/// Every parameter that both tiers and the operators on them read, in the order of `par::Parameter` (MODEL 7).
std::vector<ParameterDefinition> column_parameters();

}  // namespace tilth::column
