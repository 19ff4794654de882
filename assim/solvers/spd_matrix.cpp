#include "assim/solvers/spd_matrix.hpp"

#include <limits>

#include "assim/solvers/krylov.hpp"

namespace tilth {

struct SpdMatrix::Handles {
  MPI_Comm comm;
  PetscMat matrix;
  PetscKsp ksp;
};

SpdMatrix::SpdMatrix(const Comm& comm, const SparseRows& rows, const SolveOptions& options, std::string what)
    : options_(options), what_(std::move(what)), own_(new Handles{comm.handle(), {}, {}}) {
  ensure(rows.column.size() <= std::size_t(std::numeric_limits<PetscInt>::max()), what_, ": ", rows.column.size(),
         " entries on a rank are more than this PETSc can count; use more ranks");
  const std::vector<PetscInt> offset(rows.offset.begin(), rows.offset.end()),
      column(rows.column.begin(), rows.column.end());
  const auto n = PetscInt(rows.rows());
  petsc_check(MatCreateMPIAIJWithArrays(comm.handle(), n, n, PETSC_DETERMINE, PETSC_DETERMINE, offset.data(),
                                        column.data(), rows.value.data(), &own_->matrix.handle),
              "MatCreateMPIAIJWithArrays");
  petsc_check(MatSetOption(own_->matrix, MAT_SPD, PETSC_TRUE), "MatSetOption");
  make_conjugate_gradients(own_->ksp, own_->matrix, PCJACOBI, options_);
}

SpdMatrix::~SpdMatrix() = default;

void SpdMatrix::multiply(std::span<const double> in, std::span<double> out) const {
  const VecView x(own_->comm, in), y(own_->comm, out);
  petsc_check(MatMult(own_->matrix, x, y), "MatMult");
}

SolveReport SpdMatrix::solve(std::span<const double> b, std::span<double> x) const {
  const VecView right(own_->comm, b), left(own_->comm, x);
  return tilth::solve(own_->ksp, right, left, options_, what_);
}

}  // namespace tilth
