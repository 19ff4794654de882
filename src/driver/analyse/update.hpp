#pragma once

#include <functional>

#include "driver/analyse/file_rows.hpp"

namespace tilth {

/// Runs the problem's method on the rows: once, or as often as an iterative method asks for. `predict` fills the table
/// of observations from the members as they are (pass 0, 1, ...). Collective.
void update_rows(const AnalyseProblem& options, FieldProblem& problem, FileRows& rows,
                 const std::function<void(int pass)>& predict);

}  // namespace tilth
