#pragma once

#include <functional>
#include <span>
#include <string>

#include "assim/solvers/petsc_session.hpp"
#include "assim/solvers/solve_options.hpp"
#include "core/parallel/comm.hpp"

namespace tilth {

/// Applies a symmetric positive definite matrix to this rank's part of a vector: `out = A in`. Collective.
using Apply = std::function<void(std::span<const double> in, std::span<double> out)>;

/// Solves A x = b without the matrix (PETSc, KSPCG); x holds the first guess. Throws `Failure`, starting with `what`,
/// when it does not converge. Collective.
SolveReport conjugate_gradients(const Comm& comm, const Apply& apply, std::span<const double> b, std::span<double> x,
                                const SolveOptions& options, const std::string& what);

}  // namespace tilth
