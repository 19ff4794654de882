#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "assim/methods/analysis_method.hpp"
#include "core/base/aligned.hpp"

namespace tilth {

/// The observations that a batch of local problems sees, side by side in a small table, and each problem's list of
/// them.
class ObsPool {
 public:
  /// A problem with at least one observation of positive taper and at least one row. Lists reach to the next multiple
  /// of eight with row 0 and weight 0.
  struct List {
    int problem = 0;        ///< index in the batch
    int p = 0;              ///< observations of positive taper
    std::size_t first = 0;  ///< where the list starts in `index` and `weight`, a multiple of eight
  };

  void gather(const ObsSpace& space, std::span<const LocalProblem> batch);

  const std::vector<List>& lists() const { return lists_; }
  /// Rows of the table: anomalies in the basis of ensemble_basis.hpp, the departure, zeros.
  const double* table() const { return table_.data(); }
  int stride() const { return stride_; }
  int size() const { return int(used_.size()); }
  /// Row of each observation of a list, ascending, and where it starts in the table.
  const int* index(const List& list) const { return index_.data() + list.first; }
  const std::int64_t* offset(const List& list) const { return offset_.data() + list.first; }
  /// taper / variance of each observation of a list, and its root.
  const double* weight(const List& list) const { return weight_.data() + list.first; }
  const double* root_weight(const List& list) const { return root_weight_.data() + list.first; }

 private:
  void list_problems(std::span<const LocalProblem> batch);
  void copy_rows(const ObsSpace& space);

  std::vector<List> lists_;
  std::vector<std::int32_t> used_;    // observations, ascending: one row each
  std::vector<std::int32_t> row_of_;  // of every observation of the space, -1: none
  std::vector<int> index_;
  std::vector<std::int64_t> offset_;
  std::vector<double> inverse_variance_;
  AlignedVector<double> table_, weight_, root_weight_;
  int stride_ = 0;
};

}  // namespace tilth
