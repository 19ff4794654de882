#pragma once

#include <vector>

#include "assim/field/field_problem.hpp"

namespace tilth {

/// How far observations of each type must travel (km, for `exchange_halo`) so that every rank has those within reach of
/// its columns and those that interact with its own observations. Collective.
std::vector<double> interaction_radius(const FieldProblem& problem);

}  // namespace tilth
