#pragma once

#include <memory>

#include "assim/field/field_problem.hpp"
#include "assim/field/local_analysis.hpp"
#include "assim/solvers/spd_matrix.hpp"
#include "core/obs/halo.hpp"

namespace tilth {

/// The innovation covariance of a localised ensemble: S = C o (Y Y' / (N - 1)) + R, C the weights between observations
/// (LocalisationRules::between); rows on the ranks that own the observations.
class SchurSystem {
 public:
  /// Exchanges the observations and builds the matrix. Collective.
  SchurSystem(const FieldProblem& problem, const SolveOptions& options);

  const ObsTable& table() const { return table_; }  ///< own observations and those near, by id
  const ObsSearch& search() const { return search_; }
  const PreparedObs& prepared() const { return prepared_; }  ///< of `table`, with perturbations
  /// Indices of this rank's used observations in `table`, ascending.
  const std::vector<std::size_t>& own() const { return own_; }
  std::int64_t count() const { return count_; }  ///< over all ranks

  /// S z = b for the own observations. Collective.
  SolveReport solve(std::span<const double> b, std::span<double> z) const { return matrix_->solve(b, z); }
  /// Values of own observations ([own][stride]) as a table of all observations near, in the order of `table`.
  /// Collective.
  ObsTable spread(const AlignedVector<double>& values) const;

 private:
  SparseRows rows() const;

  const FieldProblem& problem_;
  std::vector<double> radius_km_;
  ObsTable table_;
  std::vector<std::int64_t> number_;  // of each observation of the table, rank by rank
  ObsSearch search_;
  PreparedObs prepared_;
  std::vector<std::size_t> own_;
  std::int64_t count_ = 0;
  std::unique_ptr<SpdMatrix> matrix_;
};

}  // namespace tilth
