#include "assim/solvers/minimise.hpp"

#include <petsctao.h>

#include <exception>

#include "assim/solvers/krylov.hpp"

namespace tilth {
namespace {

/// What TAO calls, and what it threw: exceptions do not pass through PETSc.
struct Call {
  const Objective& objective;
  std::exception_ptr failure;
};

PetscErrorCode evaluate(Tao, Vec at, PetscReal* value, Vec gradient, void* context) {
  auto& call = *static_cast<Call*>(context);
  const double* x = nullptr;
  double* g = nullptr;
  PetscInt n = 0;
  PetscErrorCode code = 0;
  VecGetLocalSize(at, &n);
  VecGetArrayRead(at, &x);
  VecGetArrayWrite(gradient, &g);
  try {
    *value = call.objective({x, std::size_t(n)}, {g, std::size_t(n)});
  } catch (...) {
    call.failure = std::current_exception();
    code = PETSC_ERR_USER;
  }
  VecRestoreArrayRead(at, &x);
  VecRestoreArrayWrite(gradient, &g);
  return code;
}

void run(Tao tao, Call& call) {
  const PetscErrorCode code = TaoSolve(tao);
  if (call.failure) std::rethrow_exception(call.failure);
  petsc_check(code, "TaoSolve");
}

}  // namespace

SolveReport minimise(const Comm& comm, const Objective& objective, std::span<double> x, const SolveOptions& options,
                     const std::string& what) {
  const PetscSession petsc;
  Call call{objective, {}};
  const VecView solution(comm.handle(), x);
  PetscOwned<Tao, TaoDestroy> tao;
  petsc_check(TaoCreate(comm.handle(), &tao.handle), "TaoCreate");
  petsc_check(TaoSetType(tao, TAOLMVM), "TaoSetType");
  petsc_check(TaoSetSolution(tao, solution), "TaoSetSolution");
  petsc_check(TaoSetObjectiveAndGradient(tao, nullptr, evaluate, &call), "TaoSetObjectiveAndGradient");
  petsc_check(TaoSetTolerances(tao, 0.0, 0.0, options.tolerance), "TaoSetTolerances");
  petsc_check(TaoSetMaximumIterations(tao, options.max_iterations), "TaoSetMaximumIterations");
  run(tao, call);
  PetscInt iterations = 0;
  double value = 0.0, gradient = 0.0;
  TaoConvergedReason reason{};
  petsc_check(TaoGetSolutionStatus(tao, &iterations, &value, &gradient, nullptr, nullptr, &reason),
              "TaoGetSolutionStatus");
  ensure(reason > 0, what, ": the minimisation stopped after ", iterations, " of ", options.max_iterations,
         " iterations with a gradient of ", gradient, " (TAO: ", TaoConvergedReasons[reason],
         "); raise max_iterations or tolerance");
  return {int(iterations), gradient};
}

}  // namespace tilth
