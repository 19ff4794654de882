#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "assim/solvers/petsc_session.hpp"
#include "assim/solvers/solve_options.hpp"
#include "core/parallel/comm.hpp"

namespace tilth {

/// Rows of a sparse matrix that this rank holds, in compressed form; columns are global numbers, rank by rank.
struct SparseRows {
  std::vector<std::int64_t> offset{0}, column;
  std::vector<double> value;
  std::size_t rows() const { return offset.size() - 1; }
  /// Ends a row, whose entries were appended to `column` and `value`.
  void end_row() { offset.push_back(std::int64_t(column.size())); }
};

/// A symmetric positive definite sparse matrix over the ranks (PETSc), with its solver: conjugate gradients
/// preconditioned by the diagonal.
class SpdMatrix {
 public:
  /// Collective.
  SpdMatrix(const Comm& comm, const SparseRows& rows, const SolveOptions& options, std::string what);
  ~SpdMatrix();

  /// out = A in, this rank's parts. Collective.
  void multiply(std::span<const double> in, std::span<double> out) const;
  /// Solves A x = b from the guess in x; throws `Failure` when it does not converge. Collective.
  SolveReport solve(std::span<const double> b, std::span<double> x) const;

 private:
  struct Handles;
  PetscSession petsc_;
  SolveOptions options_;
  std::string what_;
  std::unique_ptr<Handles> own_;
};

}  // namespace tilth
