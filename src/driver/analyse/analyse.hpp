#pragma once

#include "core/parallel/comm.hpp"
#include "driver/analyse/problem.hpp"

namespace tilth {

/// One analysis of the files of a problem; the output file appears whole at the end, or not at all. `comm` has at most
/// as many ranks as the file has points. Collective.
void analyse_files(const Comm& comm, const AnalyseProblem& problem);

}  // namespace tilth
