#include "assim/calibration/optimise/multi_start.hpp"

#include <cmath>

#include "assim/calibration/design/latin_hypercube.hpp"

namespace tilth::calibration {

MultiStart::MultiStart(const Box& box, const Vector& start, const MultiStartOptions& options)
    : box_(box), options_(options) {
  check(box_);
  require(options_.starts >= 1, "multi-start: ", options_.starts, " starts, needs 1");
  Matrix starts = latin_hypercube(options_.starts, box_.size(), options_.seed);
  starts.row(0) = box_.to_unit(start.transpose());
  for (Index s = 0; s < options_.starts; ++s)
    searches_.emplace_back(Box::unit(box_.size()), starts.row(s).transpose(), options_.search);
  abandoned_.assign(searches_.size(), 0.0);
}

std::vector<Index> MultiStart::open() const {
  std::vector<Index> open;
  for (std::size_t s = 0; s < searches_.size(); ++s)
    if (abandoned_[s] == 0.0 && !searches_[s].finished()) open.push_back(Index(s));
  return open;
}

bool MultiStart::finished() const { return open().empty(); }

Matrix MultiStart::ask_points() const {
  const auto searches = open();
  Matrix points(Index(searches.size()), box_.size());
  for (Index i = 0; i < points.rows(); ++i) points.row(i) = searches_[std::size_t(searches[std::size_t(i)])].ask();
  return box_.from_unit(points);
}

Matrix MultiStart::ask() const {
  const auto searches = open();
  const Index n = box_.size(), block = 1 + 2 * n;
  Matrix points(Index(searches.size()) * block, n);
  for (std::size_t i = 0; i < searches.size(); ++i) {
    const Vector x = searches_[std::size_t(searches[i])].ask();
    points.middleRows(Index(i) * block, block) = x.transpose().replicate(block, 1);
    for (Index d = 0; d < n; ++d) {
      points(Index(i) * block + 1 + 2 * d, d) = std::min(x(d) + options_.step, 1.0);
      points(Index(i) * block + 2 + 2 * d, d) = std::max(x(d) - options_.step, 0.0);
    }
  }
  return box_.from_unit(points);
}

void MultiStart::advance(Index search, double value, const Vector& unit_gradient) {
  const auto s = std::size_t(search);
  const bool bad = !std::isfinite(value) || !unit_gradient.allFinite();
  if (bad && searches_[s].evaluations() == 0) {
    abandoned_[s] = 1.0;
    return;
  }
  searches_[s].tell(value, unit_gradient);
}

void MultiStart::tell(const Vector& values) {
  const auto searches = open();
  const Matrix points = ask(), unit = box_.to_unit(points);
  record_.note(points, values);
  const Index n = box_.size(), block = 1 + 2 * n;
  for (std::size_t i = 0; i < searches.size(); ++i) {
    const Index row = Index(i) * block;
    Vector gradient(n);
    for (Index d = 0; d < n; ++d) {
      Index up = row + 1 + 2 * d, down = up + 1;
      if (!std::isfinite(values(up))) up = row;
      if (!std::isfinite(values(down))) down = row;
      gradient(d) = (values(up) - values(down)) / (unit(up, d) - unit(down, d));
    }
    advance(searches[i], values(row), gradient);
  }
}

void MultiStart::tell_gradients(const Vector& values, const Matrix& gradients) {
  const auto searches = open();
  record_.note(ask_points(), values);
  for (std::size_t i = 0; i < searches.size(); ++i)
    advance(searches[i], values(Index(i)), gradients.row(Index(i)).transpose().cwiseProduct(box_.width()));
}

Matrix MultiStart::optima() const {
  Matrix all(Index(searches_.size()), box_.size());
  for (Index s = 0; s < all.rows(); ++s) all.row(s) = searches_[std::size_t(s)].best();
  return box_.from_unit(all);
}

Vector MultiStart::optimum_values() const {
  Vector all(Index(searches_.size()));
  for (Index s = 0; s < all.size(); ++s) all(s) = searches_[std::size_t(s)].value();
  return all;
}

std::vector<double> MultiStart::numbers() const {
  Writer writer;
  auto copy = *this;
  writer(copy.searches_, copy.abandoned_, copy.record_);
  return std::move(writer.numbers);
}

void MultiStart::restore(std::span<const double> numbers) {
  Reader reader(numbers);
  std::size_t expected = searches_.size();
  double count = 0.0;
  reader(count);
  require(count == double(expected), "state of a multi-start search: ", count, " starts, ", expected, " expected");
  for (QuasiNewton& search : searches_) reader(search);
  reader(abandoned_, record_);
  require(reader.at_end(), "state of a multi-start search: ", numbers.size(), " numbers, fewer were expected");
}

}  // namespace tilth::calibration
