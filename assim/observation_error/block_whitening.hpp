#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tilth {

/// Turns observations whose error covariance R is given in full into ones with independent errors of unit variance:
/// values and predictions become L^-1 times themselves, with L L' = R (Cholesky). The update is that of the full R as
/// long as all observations of a block have the same taper.
class BlockWhitening {
 public:
  /// `R`: n x n for all observations, row-major, symmetric; `block`: those that are mixed, in the order of L.
  /// @throws Error, which `where` starts, when the block of R is not positive definite.
  BlockWhitening(std::span<const double> R, std::size_t n, std::vector<std::int64_t> block, const std::string& where);
  /// `rows`: [n][width], a value or the predictions of each observation; replaces the rows of the block.
  void apply(std::span<double> rows, std::size_t width) const;

 private:
  std::vector<std::int64_t> block_;
  std::vector<double> L_;  // lower, row-major
};

}  // namespace tilth
