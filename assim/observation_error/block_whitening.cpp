#include "assim/observation_error/block_whitening.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"

namespace tilth {

namespace {

void check(const ObsTable& table, std::span<const std::size_t> indices, std::span<const double> R) {
  const std::size_t n = indices.size();
  require(R.size() == n * n, "error covariance of ", n, " observations: ", R.size(), " numbers, expected ", n * n);
  constexpr double round_off = 1e-10;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      const double a = R[i * n + j], b = R[j * n + i];
      const double size = std::sqrt(std::abs(R[i * n + i] * R[j * n + j]));
      require(std::isfinite(a) && std::isfinite(b) && std::abs(a - b) <= round_off * size, "error covariance of the ",
              "observations ", table.id[indices[i]], " and ", table.id[indices[j]], ": ", a, " and ", b,
              ", must be finite and the same");
    }
}

/// Lower factor of R, row-major (Golub & Van Loan 2013, algorithm 4.2.1).
std::vector<double> cholesky(const ObsTable& table, std::span<const std::size_t> indices, std::span<const double> R) {
  const std::size_t n = indices.size();
  std::vector<double> L(n * n, 0.0);
  constexpr double negligible = 1e-13;  // of the variance: nothing is left that is not round-off
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      double left = R[i * n + j];
      for (std::size_t k = 0; k < j; ++k) left -= L[i * n + k] * L[j * n + k];
      if (i != j) {
        L[i * n + j] = left / L[j * n + j];
        continue;
      }
      require(left > negligible * R[i * n + i] && R[i * n + i] > 0.0, "error covariance of ", n,
              " observations is not positive definite: of the variance ", R[i * n + i], " of observation ",
              table.id[indices[i]], " the observations before it in the block leave ", left,
              ", must be positive; remove observations that repeat others, or add a variance to the diagonal");
      L[i * n + i] = std::sqrt(left);
    }
  return L;
}

}  // namespace

void whiten_block(ObsTable& table, std::span<const std::size_t> indices, std::span<const double> R) {
  check(table, indices, R);
  const std::size_t n = indices.size(), stride = std::size_t(table.stride());
  const std::vector<double> L = cholesky(table, indices, R);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t row = indices[i];
    double* hx = table.predictions(row);
    for (std::size_t j = 0; j < i; ++j) {
      const double l = L[i * n + j];
      const double* done = table.predictions(indices[j]);
      table.value[row] -= l * table.value[indices[j]];
      for (std::size_t k = 0; k < stride; ++k) hx[k] -= l * done[k];
    }
    const double l = L[i * n + i];
    table.value[row] /= l;
    for (std::size_t k = 0; k < stride; ++k) hx[k] /= l;
    table.error_sd[row] = 1.0;
  }
}

}  // namespace tilth
