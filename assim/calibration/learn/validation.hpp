#pragma once

#include <functional>

#include "assim/calibration/types.hpp"

namespace tilth::calibration {

/// A number of fold 0, ..., folds - 1 for every place. Each stratum (e.g. plant functional type; empty: one) is spread
/// over the folds as evenly as possible. @pre folds between 2 and the number of places
std::vector<int> k_folds(Index places, int folds, std::uint64_t seed, const std::vector<int>& strata = {});

/// Places inside and outside of a fold, ascending.
struct FoldSplit {
  std::vector<Index> training, held_out;
};
FoldSplit split(const std::vector<int>& fold_of, int fold);

/// How much worse a loss gets when the values of a feature are exchanged between places (Breiman 2001).
struct Importance {
  Vector mean, sd;  ///< per feature, over the repeats
};
Importance permutation_importance(const std::function<double(const Matrix& features)>& loss, const Matrix& features,
                                  int repeats = 10, std::uint64_t seed = 1);

}  // namespace tilth::calibration
