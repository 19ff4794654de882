#include "assim/parameter_space.hpp"

#include <cmath>

namespace tilth {

namespace {

double dot(const double* a, const double* b, int n) {
  double sum = 0.0;
  for (int k = 0; k < n; ++k) sum += a[k] * b[k];
  return sum;
}

}  // namespace

// Gram-Schmidt, each vector twice (twice is enough: Giraud et al. 2005).
ParameterSpace::ParameterSpace(std::span<const double* const> rows, int members) : members_(members) {
  constexpr double negligible = 1e-8;
  for (const double* row : rows) {
    std::vector<double> v(row, row + members);
    double mean = 0.0;
    for (const double x : v) mean += x / members;
    for (double& x : v) x -= mean;
    const double before = std::sqrt(dot(v.data(), v.data(), members));
    for (int twice = 0; twice < 2; ++twice)
      for (int b = 0; b < dimension_; ++b) {
        const double* q = basis_.data() + std::size_t(b) * members;
        const double along = dot(q, v.data(), members);
        for (int k = 0; k < members; ++k) v[k] -= along * q[k];
      }
    const double norm = std::sqrt(dot(v.data(), v.data(), members));
    if (!(norm > negligible * before) || before == 0.0) continue;
    for (const double x : v) basis_.push_back(x / norm);
    ++dimension_;
  }
}

double ParameterSpace::project(std::span<double> y) const {
  std::vector<double> inside(members_, 0.0);
  for (int b = 0; b < dimension_; ++b) {
    const double* q = basis_.data() + std::size_t(b) * members_;
    const double along = dot(q, y.data(), members_);
    for (int k = 0; k < members_; ++k) inside[k] += along * q[k];
  }
  double left = 0.0;
  for (int k = 0; k < members_; ++k) {
    left += (y[k] - inside[k]) * (y[k] - inside[k]);
    y[k] = inside[k];
  }
  return left / (members_ - 1);
}

}  // namespace tilth
