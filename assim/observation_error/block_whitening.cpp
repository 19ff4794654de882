#include "assim/observation_error/block_whitening.hpp"

#include <cmath>
#include <utility>

#include "core/base/error.hpp"

namespace tilth {

// Golub & Van Loan (2013), algorithm 4.2.1.
BlockWhitening::BlockWhitening(std::span<const double> R, std::size_t n, std::vector<std::int64_t> block,
                               const std::string& where)
    : block_(std::move(block)), L_(block_.size() * block_.size(), 0.0) {
  constexpr double negligible = 1e-14;  // of the variance: nothing is left that is not round-off
  const std::size_t m = block_.size();
  const auto element = [&](std::size_t i, std::size_t j) {
    return R[std::size_t(block_[i]) * n + std::size_t(block_[j])];
  };
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      double left = element(i, j);
      for (std::size_t k = 0; k < j; ++k) left -= L_[i * m + k] * L_[j * m + k];
      if (i != j) {
        L_[i * m + j] = left / L_[j * m + j];
        continue;
      }
      const double variance = element(i, i);
      require(variance > 0.0 && left > negligible * variance, where,
              " is not positive definite: the pivot of observation ", block_[i], " is ", left, " (variance ", variance,
              "); correct it, or add a small variance to its diagonal");
      L_[i * m + i] = std::sqrt(left);
    }
}

void BlockWhitening::apply(std::span<double> rows, std::size_t width) const {
  const std::size_t m = block_.size();
  for (std::size_t i = 0; i < m; ++i) {
    double* row = rows.data() + std::size_t(block_[i]) * width;
    for (std::size_t k = 0; k < i; ++k) {
      const double* other = rows.data() + std::size_t(block_[k]) * width;
      for (std::size_t c = 0; c < width; ++c) row[c] -= L_[i * m + k] * other[c];
    }
    for (std::size_t c = 0; c < width; ++c) row[c] /= L_[i * m + i];
  }
}

}  // namespace tilth
