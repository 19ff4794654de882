#include "assim/observation_error/block_whitening.hpp"

#include <algorithm>
#include <cmath>

#include "assim/observation_error/linear_row.hpp"
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
  const std::size_t n = indices.size();
  const std::vector<double> L = cholesky(table, indices, R);
  std::vector<std::vector<double>> white;
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> row = linear_row(table, indices[i]);
    for (std::size_t j = 0; j < i; ++j)
      for (std::size_t k = 0; k < row.size(); ++k) row[k] -= L[i * n + j] * white[j][k];
    for (double& x : row) x /= L[i * n + i];
    set_linear_row(table, indices[i], row);
    table.error_sd[indices[i]] = 1.0;
    white.push_back(std::move(row));
  }
}

}  // namespace tilth
