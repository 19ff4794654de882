#pragma once

#include <functional>

#include "driver/analyse/problem.hpp"

namespace tilth {

/// Predicts the observations with the command of `observations.forward`: `write` writes the members to the path it is
/// given, the root runs the command, its predictions replace those of `observations`. `pass` numbers the runs. Throws
/// `Failure` when the command fails. Collective.
void run_forward(const Comm& comm, const AnalyseProblem& problem, int pass,
                 const std::function<void(const std::string&)>& write, PredictedObservations& observations);

/// Removes the files of the command unless they are to be kept. Collective.
void clear_forward(const Comm& comm, const AnalyseProblem& problem);

}  // namespace tilth
