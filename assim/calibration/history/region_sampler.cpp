#include "assim/calibration/history/region_sampler.hpp"

#include <algorithm>
#include <cmath>

#include "assim/calibration/draws.hpp"

namespace tilth::calibration {
namespace {

Matrix uniform_points(Index first, Index count, Index dimensions, std::uint64_t seed) {
  const Draws draws(seed, Stream::nroy_seed);
  Matrix u(count, dimensions);
  for (Index i = 0; i < count; ++i)
    for (Index d = 0; d < dimensions; ++d) u(i, d) = draws.uniform(first + i, d);
  return u;
}

Matrix selected(const Matrix& points, const std::vector<Index>& rows) {
  Matrix out(Index(rows.size()), points.cols());
  for (Index i = 0; i < out.rows(); ++i) out.row(i) = points.row(rows[std::size_t(i)]);
  return out;
}

std::vector<Index> rows_below(const Vector& values, double threshold) {
  std::vector<Index> rows;
  for (Index i = 0; i < values.size(); ++i)
    if (values(i) <= threshold) rows.push_back(i);
  return rows;
}

// A root of the covariance of the points, with a little of the unit matrix so that no direction is closed.
Eigen::MatrixXd spread_root(const Matrix& points) {
  constexpr double floor = 1e-12;
  const Matrix centred = points.rowwise() - points.colwise().mean();
  Eigen::MatrixXd C = centred.transpose() * centred / double(std::max<Index>(points.rows() - 1, 1));
  C.diagonal().array() += floor + 1e-3 * C.diagonal().maxCoeff();
  return C.llt().matrixL();
}

// The chord through u along a direction within the unit cube, as a range of multiples of the direction.
std::pair<double, double> chord(const Vector& u, const Vector& direction) {
  double low = -INFINITY, high = INFINITY;
  for (Index d = 0; d < u.size(); ++d) {
    if (direction(d) == 0.0) continue;
    const double a = -u(d) / direction(d), b = (1.0 - u(d)) / direction(d);
    low = std::max(low, std::min(a, b));
    high = std::min(high, std::max(a, b));
  }
  return {low, high};
}

// One slice step of all chains within {ratio <= threshold}: a chord is cut towards the point until a draw is inside.
void slice_step(const Ratio& ratio, double threshold, const Eigen::MatrixXd& root, std::int64_t step,
                std::uint64_t seed, Matrix& points, Vector& values) {
  constexpr int most_cuts = 100;
  const Draws draws(seed, Stream::slice);
  const Index n = points.rows(), d = points.cols();
  Matrix directions(n, d);
  std::vector<std::pair<double, double>> range(static_cast<std::size_t>(n));
  std::vector<Index> open;
  for (Index i = 0; i < n; ++i) {
    Vector z(d);
    for (Index k = 0; k < d; ++k) z(k) = draws.normal(step, i, k);
    const Vector direction = root * z;
    directions.row(i) = direction.transpose();
    range[std::size_t(i)] = chord(points.row(i).transpose(), direction);
    open.push_back(i);
  }
  for (int cut = 0; cut < most_cuts && !open.empty(); ++cut) {
    Matrix trial(Index(open.size()), d);
    std::vector<double> place(open.size());
    for (std::size_t k = 0; k < open.size(); ++k) {
      const auto& [low, high] = range[std::size_t(open[k])];
      place[k] = low + draws.uniform(step, open[k], cut) * (high - low);
      trial.row(Index(k)) = (points.row(open[k]) + place[k] * directions.row(open[k])).cwiseMax(0.0).cwiseMin(1.0);
    }
    const Vector value = ratio(trial, threshold);
    std::vector<Index> still;
    for (std::size_t k = 0; k < open.size(); ++k) {
      const Index i = open[k];
      if (value(Index(k)) <= threshold) {
        points.row(i) = trial.row(Index(k));
        values(i) = value(Index(k));
      } else {
        (place[k] < 0.0 ? range[std::size_t(i)].first : range[std::size_t(i)].second) = place[k];
        still.push_back(i);
      }
    }
    open = std::move(still);
  }
}

// Chains started at survivors in turn and moved within {ratio <= threshold}.
void refill(const Ratio& ratio, double threshold, const std::vector<Index>& survivors, Index chains, int level,
            const RegionOptions& options, Matrix& points, Vector& values) {
  const Eigen::MatrixXd root = spread_root(selected(points, survivors));
  Matrix next(chains, points.cols());
  Vector next_values(chains);
  for (Index i = 0; i < chains; ++i) {
    const Index from = survivors[std::size_t(i) % survivors.size()];
    next.row(i) = points.row(from);
    next_values(i) = values(from);
  }
  for (int s = 0; s < options.steps; ++s)
    slice_step(ratio, threshold, root, std::int64_t(level) * 1000 + s, options.seed, next, next_values);
  points = std::move(next);
  values = std::move(next_values);
}

RegionSample sample_tiny(const Ratio& ratio, Index count, const RegionOptions& options, Matrix points, Vector values) {
  RegionSample out;
  out.points = Matrix(0, points.cols());
  constexpr double least_progress = 1e-3;  // of the threshold per level; less is a region out of reach
  double volume = 1.0, squares = 0.0, last = INFINITY;
  for (out.levels = 1; out.levels <= options.most_levels; ++out.levels) {
    const std::vector<double> all(values.begin(), values.end());
    const double threshold = std::max(1.0, quantile(all, options.part));
    if (!std::isfinite(threshold) || threshold > (1.0 - least_progress) * last) return out;
    last = threshold;
    const auto survivors = rows_below(values, threshold);
    const double kept = double(survivors.size()) / double(values.size());
    volume *= kept;
    squares += (1.0 - kept) / (kept * double(values.size()));
    const bool reached = threshold <= 1.0;
    const Index chains = reached ? count : std::max(options.chains, Index{10});
    refill(ratio, threshold, survivors, chains, out.levels, options, points, values);
    if (!reached) continue;
    out.points = std::move(points);
    out.volume = volume;
    out.relative_error = std::sqrt(squares);
    return out;
  }
  return out;
}

}  // namespace

Matrix region_draws(Index dimensions, const RegionOptions& options) {
  return uniform_points(0, options.draws, dimensions, options.seed);
}

RegionSample sample_region(const Ratio& ratio, Index dimensions, Index count, const RegionOptions& options) {
  const Matrix draws = region_draws(dimensions, options);
  return sample_region(ratio, draws, ratio(draws, INFINITY), count, options);
}

RegionSample sample_region(const Ratio& ratio, const Matrix& draws, const Vector& ratios, Index count,
                           const RegionOptions& options) {
  const std::vector<Index> inside = rows_below(ratios, 1.0);
  if (Index(inside.size()) < options.least_hits) return sample_tiny(ratio, count, options, draws, ratios);
  const double hits = double(inside.size()), all = double(draws.rows());
  RegionSample out{selected(draws, inside), hits / all, std::sqrt((1.0 - hits / all) / hits), 0};
  for (Index drawn = draws.rows(); out.points.rows() < count; drawn += options.draws) {
    const Matrix points = uniform_points(drawn, options.draws, draws.cols(), options.seed);
    const Matrix more = selected(points, rows_below(ratio(points, 1.0), 1.0));
    Matrix both(out.points.rows() + more.rows(), draws.cols());
    both << out.points, more;
    out.points = std::move(both);
  }
  out.points.conservativeResize(count, Eigen::NoChange);
  return out;
}

}  // namespace tilth::calibration
