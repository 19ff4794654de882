#pragma once

#include <vector>

#include "assim/field/envar_operator.hpp"
#include "assim/field/observation_term.hpp"
#include "assim/solvers/solve_options.hpp"

namespace tilth {

/// The control vector that minimises J(v) = |v|^2 / 2 + sum over observations of cost((d - (G v)) / sd): matrix-free
/// conjugate gradients on the Hessian 1 + G' R^-1 G where the cost is quadratic, TAO where it is not.
struct EnvarMinimum {
  std::vector<double> v;  ///< this rank's part
  int iterations = 0;
  double cost_before = 0.0, cost_after = 0.0;
};

/// `departures`: of this rank's used observations. Collective.
EnvarMinimum minimise(const FieldProblem& problem, const EnvarOperator& G, std::span<const double> departures,
                      const ObservationTerm& term, const SolveOptions& options);

}  // namespace tilth
