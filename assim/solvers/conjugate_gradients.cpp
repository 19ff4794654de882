#include "assim/solvers/conjugate_gradients.hpp"

#include <algorithm>
#include <exception>

#include "assim/solvers/krylov.hpp"

namespace tilth {
namespace {

/// What the shell matrix calls, and what it threw: exceptions do not pass through PETSc.
struct Shell {
  const Apply& apply;
  std::exception_ptr failure;
};

PetscErrorCode multiply(Mat matrix, Vec in, Vec out) {
  Shell* shell = nullptr;
  PetscErrorCode code = MatShellGetContext(matrix, &shell);
  if (code != 0) return code;
  const double* x = nullptr;
  double* y = nullptr;
  PetscInt n = 0;
  VecGetLocalSize(in, &n);
  VecGetArrayRead(in, &x);
  VecGetArrayWrite(out, &y);
  try {
    shell->apply({x, std::size_t(n)}, {y, std::size_t(n)});
  } catch (...) {
    shell->failure = std::current_exception();
    code = PETSC_ERR_USER;
  }
  VecRestoreArrayRead(in, &x);
  VecRestoreArrayWrite(out, &y);
  return code;
}

}  // namespace

SolveReport conjugate_gradients(const Comm& comm, const Apply& apply, std::span<const double> b, std::span<double> x,
                                const SolveOptions& options, const std::string& what) {
  const PetscSession petsc;
  Shell shell{apply, {}};
  const auto n = PetscInt(b.size());
  PetscMat matrix;
  petsc_check(MatCreateShell(comm.handle(), n, n, PETSC_DETERMINE, PETSC_DETERMINE, &shell, &matrix.handle),
              "MatCreateShell");
  petsc_check(MatShellSetOperation(matrix, MATOP_MULT, reinterpret_cast<void (*)()>(multiply)), "MatShellSetOperation");
  PetscKsp ksp;
  make_conjugate_gradients(ksp, matrix, PCNONE, options);
  const VecView right(comm.handle(), b), left(comm.handle(), x);
  try {
    return solve(ksp, right, left, options, what);
  } catch (...) {
    if (shell.failure) std::rethrow_exception(shell.failure);
    throw;
  }
}

}  // namespace tilth
