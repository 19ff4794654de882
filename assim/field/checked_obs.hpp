#pragma once

#include "assim/field/field_problem.hpp"

namespace tilth {

/// Refuses what no analysis can use: fewer than two members, values, errors or predictions that are not finite, an
/// observation id twice. Collective: every rank throws.
void check_observations(const FieldProblem& problem);
/// For methods that update rows of columns only.
void refuse_shared_rows(const FieldProblem& problem);

}  // namespace tilth
