#pragma once

#include <petscksp.h>

#include <span>
#include <string>

#include "assim/solvers/petsc_handles.hpp"
#include "assim/solvers/solve_options.hpp"

namespace tilth {

using PetscVec = PetscOwned<Vec, VecDestroy>;
using PetscMat = PetscOwned<Mat, MatDestroy>;
using PetscKsp = PetscOwned<KSP, KSPDestroy>;

/// A PETSc vector on memory of the caller.
class VecView {
 public:
  VecView(MPI_Comm comm, std::span<double> values) {
    petsc_check(VecCreateMPIWithArray(comm, 1, PetscInt(values.size()), PETSC_DETERMINE, values.data(), &vec_.handle),
                "VecCreateMPIWithArray");
  }
  VecView(MPI_Comm comm, std::span<const double> values)  // PETSc only reads what is a right-hand side
      : VecView(comm, std::span(const_cast<double*>(values.data()), values.size())) {}
  operator Vec() const { return vec_; }

 private:
  PetscVec vec_;
};

/// Conjugate gradients for `matrix` with the preconditioner `preconditioner` (a PCType).
void make_conjugate_gradients(PetscKsp& ksp, Mat matrix, const char* preconditioner, const SolveOptions& options);
/// Solves from the first guess in `x`; throws `Failure`, starting with `what`, when it does not converge.
SolveReport solve(KSP ksp, Vec b, Vec x, const SolveOptions& options, const std::string& what);

}  // namespace tilth
