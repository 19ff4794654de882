#include "assim/solvers/krylov.hpp"

namespace tilth {

void make_conjugate_gradients(PetscKsp& ksp, Mat matrix, const char* preconditioner, const SolveOptions& options) {
  MPI_Comm comm = MPI_COMM_NULL;
  petsc_check(PetscObjectGetComm(reinterpret_cast<PetscObject>(matrix), &comm), "PetscObjectGetComm");
  petsc_check(KSPCreate(comm, &ksp.handle), "KSPCreate");
  petsc_check(KSPSetOperators(ksp, matrix, matrix), "KSPSetOperators");
  petsc_check(KSPSetType(ksp, KSPCG), "KSPSetType");
  petsc_check(KSPSetNormType(ksp, KSP_NORM_UNPRECONDITIONED), "KSPSetNormType");
  petsc_check(KSPSetInitialGuessNonzero(ksp, PETSC_TRUE), "KSPSetInitialGuessNonzero");
  constexpr double absolute = 1e-300, growth = 1e10;  // of the residual: no floor; what counts as divergence
  petsc_check(KSPSetTolerances(ksp, options.tolerance, absolute, growth, options.max_iterations), "KSPSetTolerances");
  PC pc = nullptr;
  petsc_check(KSPGetPC(ksp, &pc), "KSPGetPC");
  petsc_check(PCSetType(pc, preconditioner), "PCSetType");
}

SolveReport solve(KSP ksp, Vec b, Vec x, const SolveOptions& options, const std::string& what) {
  petsc_check(KSPSolve(ksp, b, x), "KSPSolve");
  KSPConvergedReason reason{};
  PetscInt iterations = 0;
  double residual = 0.0, right = 0.0;
  petsc_check(KSPGetConvergedReason(ksp, &reason), "KSPGetConvergedReason");
  petsc_check(KSPGetIterationNumber(ksp, &iterations), "KSPGetIterationNumber");
  petsc_check(KSPGetResidualNorm(ksp, &residual), "KSPGetResidualNorm");
  petsc_check(VecNorm(b, NORM_2, &right), "VecNorm");
  ensure(reason > 0, what, ": conjugate gradients stopped after ", iterations, " of ", options.max_iterations,
         " iterations with a relative residual of ", right > 0.0 ? residual / right : residual, " (wanted ",
         options.tolerance, "; PETSc: ", KSPConvergedReasons[reason],
         "); raise max_iterations or tolerance, or look for weights that make no positive definite matrix");
  return {int(iterations), right > 0.0 ? residual / right : residual};
}

}  // namespace tilth
