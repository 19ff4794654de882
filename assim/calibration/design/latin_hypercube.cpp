#include "assim/calibration/design/latin_hypercube.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "assim/calibration/draws.hpp"
#include "core/base/error.hpp"

namespace tilth::calibration {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double least_distance(const Matrix& points) {
  double least = infinity;
  for (Index i = 0; i < points.rows(); ++i)
    for (Index j = 0; j < i; ++j) least = std::min(least, (points.row(i) - points.row(j)).squaredNorm());
  return least;
}

// Intervals of width 1 / total without a point, in a random order.
std::vector<Index> free_intervals(const Vector& taken, Index total, const Draws& order, std::int64_t dimension) {
  std::vector<bool> used(std::size_t(total), false);
  for (const double x : taken) used[std::size_t(std::clamp(Index(x * double(total)), Index{0}, total - 1))] = true;
  std::vector<Index> free;
  for (Index i = 0; i < total; ++i)
    if (!used[std::size_t(i)]) free.push_back(i);
  std::vector<double> key(static_cast<std::size_t>(total));
  for (const Index i : free) key[std::size_t(i)] = order.uniform(total, dimension, i);
  std::sort(free.begin(), free.end(), [&](Index a, Index b) { return key[std::size_t(a)] < key[std::size_t(b)]; });
  return free;
}

}  // namespace

Matrix more_latin_points(const Matrix& existing, Index count, std::uint64_t seed) {
  const Draws order(seed, Stream::latin_order), place(seed, Stream::latin_place);
  const Index total = existing.rows() + count;
  Matrix points(count, existing.cols());
  for (Index d = 0; d < existing.cols(); ++d) {
    const auto free = free_intervals(existing.col(d), total, order, d);
    for (Index i = 0; i < count; ++i)
      points(i, d) = (double(free[std::size_t(i)]) + place.uniform(total, d, i)) / double(total);
  }
  return points;
}

Matrix latin_hypercube(Index count, Index dimensions, std::uint64_t seed) {
  require(count >= 1 && dimensions >= 1, "Latin hypercube of ", count, " points in ", dimensions,
          " dimensions, needs at least one of both");
  return more_latin_points(Matrix(0, dimensions), count, seed);
}

Matrix maximin_latin_hypercube(Index count, Index dimensions, std::uint64_t seed, int tries) {
  constexpr std::uint64_t step = 0x9E3779B97F4A7C15;  // an odd number: seeds of the tries differ
  Matrix best;
  double distance = -1.0;
  for (int i = 0; i < std::max(tries, 1); ++i) {
    Matrix points = latin_hypercube(count, dimensions, seed + std::uint64_t(i) * step);
    const double d = least_distance(points);
    if (d > distance) {
      distance = d;
      best = std::move(points);
    }
  }
  return best;
}

std::vector<Index> spread_choice(const Matrix& candidates, const Matrix& taken, Index count) {
  require(count <= candidates.rows(), "choice of ", count, " points among ", candidates.rows(), "; draw more");
  Vector distance = Vector::Constant(candidates.rows(), infinity);
  const auto meet = [&](const auto& point) {
    for (Index i = 0; i < candidates.rows(); ++i)
      distance(i) = std::min(distance(i), (candidates.row(i) - point).squaredNorm());
  };
  for (Index i = 0; i < taken.rows(); ++i) meet(taken.row(i));
  std::vector<Index> chosen;
  for (Index k = 0; k < count; ++k) {
    Index farthest = 0;
    distance.maxCoeff(&farthest);
    chosen.push_back(farthest);
    meet(candidates.row(farthest));
    distance(farthest) = -1.0;
  }
  return chosen;
}

}  // namespace tilth::calibration
