#include "assim/calibration/sensitivity/sobol_indices.hpp"

#include <cmath>

#include "assim/calibration/design/sobol_sequence.hpp"
#include "assim/calibration/draws.hpp"
#include "core/base/error.hpp"

namespace tilth::calibration {
namespace {

using Estimate = SobolIndices::Estimate;

// Indices of a set of base points: first, total, then second order of the pairs i < j.
struct Estimator {
  const SobolDesign& design;
  const Matrix& f;  // base point x row of the block
  FirstOrder first;
  double mean = 0.0, variance = 0.0;

  void moments(const std::vector<Index>& points) {
    double sum = 0.0, squares = 0.0;
    const Index b = f.cols() - 1;
    for (const Index j : points) sum += f(j, 0) + f(j, b);
    const double n = 2.0 * double(points.size());
    mean = sum / n;
    for (const Index j : points) squares += (f(j, 0) - mean) * (f(j, 0) - mean) + (f(j, b) - mean) * (f(j, b) - mean);
    variance = squares / n;
  }

  Vector indices(const std::vector<Index>& points) {
    moments(points);
    const Index k = design.parameters, b = f.cols() - 1;
    Vector out = Vector::Zero(2 * k + (design.second_order ? k * (k - 1) / 2 : 0));
    for (const Index j : points) {
      const double A = f(j, 0), B = f(j, b);
      for (Index i = 0; i < k; ++i) {
        const double AB = f(j, 1 + i);
        out(i) += first == FirstOrder::jansen ? (B - AB) * (B - AB) : B * (AB - A);
        out(k + i) += (A - AB) * (A - AB);
      }
      if (!design.second_order) continue;
      // BA_i and AB_j have columns i and j in common: their covariance is the variance closed in i and j.
      for (Index i = 0, p = 2 * k; i < k; ++i)
        for (Index l = i + 1; l < k; ++l) out(p++) += (f(j, 1 + k + i) - mean) * (f(j, 1 + l) - mean);
    }
    const double n = double(points.size());
    for (Index i = 0; i < k; ++i) {
      out(i) = first == FirstOrder::jansen ? 1.0 - out(i) / (2.0 * n * variance) : out(i) / (n * variance);
      out(k + i) /= 2.0 * n * variance;
    }
    for (Index i = 0, p = 2 * k; p < out.size() && i < k; ++i)
      for (Index l = i + 1; l < k; ++l, ++p) out(p) = out(p) / (n * variance) - out(i) - out(l);
    return out;
  }
};

// Complete blocks as rows.
Matrix complete_blocks(const SobolDesign& design, const Vector& values) {
  const Index block = design.block();
  require(values.size() % block == 0, "Sobol' indices: ", values.size(), " results, must be a multiple of ", block,
          " (rows per base point)");
  const Matrix all = Eigen::Map<const Matrix>(values.data(), values.size() / block, block);
  return without_rows(all, failed_rows(all));
}

}  // namespace

Matrix SobolDesign::rows(const Matrix& A, const Matrix& B) const {
  require(A.rows() == B.rows() && A.cols() == parameters && B.cols() == parameters, "Sobol' design: samples of ",
          A.rows(), " x ", A.cols(), " and ", B.rows(), " x ", B.cols(), " for ", parameters, " parameters");
  Matrix all(A.rows() * block(), parameters);
  for (Index j = 0; j < A.rows(); ++j) {
    Index row = j * block();
    all.row(row++) = A.row(j);
    for (Index i = 0; i < parameters; ++i, ++row) {
      all.row(row) = A.row(j);
      all(row, i) = B(j, i);
    }
    for (Index i = 0; second_order && i < parameters; ++i, ++row) {
      all.row(row) = B.row(j);
      all(row, i) = A(j, i);
    }
    all.row(row) = B.row(j);
  }
  return all;
}

Matrix SobolDesign::rows(Index first, Index count, std::uint64_t seed) const {
  Matrix base(count, 2 * parameters);
  if (2 * parameters <= most_sobol_dimensions) {
    base = sobol_points(first, count, 2 * parameters, seed);
  } else {
    const Draws draws(seed, Stream::candidates);
    for (Index j = 0; j < count; ++j)
      for (Index d = 0; d < base.cols(); ++d) base(j, d) = draws.uniform(first + j, d);
  }
  return rows(base.leftCols(parameters), base.rightCols(parameters));
}

SobolIndices sobol_indices(const SobolDesign& design, const Vector& values, const SobolOptions& options) {
  SobolIndices out = sobol_indices_of_draws(design, values.transpose(), options);
  out.failed = failed_rows(values);
  return out;
}

SobolIndices sobol_indices_of_draws(const SobolDesign& design, const Matrix& draws, const SobolOptions& options) {
  const Index k = design.parameters, count = draws.rows();
  std::vector<Matrix> blocks;
  for (Index d = 0; d < count; ++d) blocks.push_back(complete_blocks(design, draws.row(d).transpose()));
  require(count > 0, "Sobol' indices: no results");
  const Index n = blocks.front().rows();
  require(n >= 2, "Sobol' indices: ", n, " complete base points of ", draws.cols() / design.block(), ", needs 2");
  std::vector<Index> points(static_cast<std::size_t>(n));
  for (Index j = 0; j < n; ++j) points[std::size_t(j)] = j;
  SobolIndices out;
  Vector value;
  for (const Matrix& f : blocks) {
    Estimator estimator{design, f, options.first};
    const Vector one = estimator.indices(points) / double(count);
    value = value.size() == 0 ? one : Vector(value + one);
    out.mean += estimator.mean / double(count);
    out.variance += estimator.variance / double(count);
  }
  require(out.variance > 0.0, "Sobol' indices: all ", draws.cols(), " results are ", out.mean,
          "; the parameters have no effect on them");
  out.base_points = n;
  std::vector<std::vector<double>> drawn(static_cast<std::size_t>(value.size()));
  const Draws random(options.seed, Stream::bootstrap);
  for (int b = 0; b < options.resamples; ++b) {
    for (Index j = 0; j < n; ++j) points[std::size_t(j)] = random.below(n, b, j);
    Estimator estimator{design, blocks[std::size_t(b % count)], options.first};
    const Vector again = estimator.indices(points);
    for (Index p = 0; p < value.size(); ++p)
      if (std::isfinite(again(p))) drawn[std::size_t(p)].push_back(again(p));
  }
  const double tail = 0.5 * (1.0 - options.level);
  const auto estimate = [&](Index p) {
    const auto& d = drawn[std::size_t(p)];
    if (d.empty()) return Estimate{value(p), NAN, NAN};
    return Estimate{value(p), quantile(d, tail), quantile(d, 1.0 - tail)};
  };
  for (Index i = 0; i < k; ++i) out.first.push_back(estimate(i));
  for (Index i = 0; i < k; ++i) out.total.push_back(estimate(k + i));
  if (!design.second_order) return out;
  out.second.assign(std::size_t(k), std::vector<Estimate>(std::size_t(k), Estimate{NAN, NAN, NAN}));
  for (Index i = 0, p = 2 * k; i < k; ++i)
    for (Index l = i + 1; l < k; ++l) out.second[std::size_t(i)][std::size_t(l)] = estimate(p++);
  return out;
}

}  // namespace tilth::calibration
