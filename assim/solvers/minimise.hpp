#pragma once

#include <functional>
#include <span>
#include <string>

#include "assim/solvers/petsc_session.hpp"
#include "assim/solvers/solve_options.hpp"
#include "core/parallel/comm.hpp"

namespace tilth {

/// A function of a vector over the ranks: returns its value (the same on all ranks) and fills this rank's part of its
/// gradient. Collective.
using Objective = std::function<double(std::span<const double> x, std::span<double> gradient)>;

/// Minimises without constraints (PETSc, TAO's limited-memory variable metric method) from the guess in x, until the
/// gradient has shrunk by `tolerance`. Throws `Failure`, starting with `what`, when it does not converge. Collective.
SolveReport minimise(const Comm& comm, const Objective& objective, std::span<double> x, const SolveOptions& options,
                     const std::string& what);

}  // namespace tilth
