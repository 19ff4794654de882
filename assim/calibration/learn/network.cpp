#include "assim/calibration/learn/network.hpp"

#include <cmath>

#include "assim/calibration/draws.hpp"
#include "core/base/error.hpp"

namespace tilth::calibration {
namespace {

using Weights = Eigen::Map<const Matrix>;

}  // namespace

Network::Network(std::vector<Index> sizes) : sizes_(std::move(sizes)) {
  require(sizes_.size() >= 2, "network of ", sizes_.size(), " layers: needs inputs and outputs");
  for (const Index n : sizes_) require(n >= 1, "network with a layer of ", n, " units, needs 1");
  weights_ = offset(sizes_.size() - 1);
}

// Layer l maps layer l to layer l + 1: a table (sizes[l] + 1) x sizes[l + 1] whose last row holds the offsets.
Index Network::offset(std::size_t layer) const {
  Index first = 0;
  for (std::size_t l = 0; l < layer; ++l) first += (sizes_[l] + 1) * sizes_[l + 1];
  return first;
}

Vector Network::first_weights(std::uint64_t seed, double last) const {
  const Draws draws(seed, Stream::network);
  Vector w = Vector::Zero(weights_);
  for (std::size_t l = 0; l + 1 < sizes_.size(); ++l) {
    const double limit = std::sqrt(6.0 / double(sizes_[l] + sizes_[l + 1])) * (l + 2 == sizes_.size() ? last : 1.0);
    for (Index k = 0; k < sizes_[l] * sizes_[l + 1]; ++k)
      w(offset(l) + k) = limit * (2.0 * draws.uniform(std::int64_t(l), k) - 1.0);
  }
  return w;
}

std::vector<Matrix> Network::layers(const Vector& weights, const Matrix& X) const {
  require(weights.size() == weights_ && X.cols() == inputs(), "network: ", weights.size(), " weights and ", X.cols(),
          " inputs, expected ", weights_, " and ", inputs());
  std::vector<Matrix> values{X};
  for (std::size_t l = 0; l + 1 < sizes_.size(); ++l) {
    const Weights W(weights.data() + offset(l), sizes_[l] + 1, sizes_[l + 1]);
    Matrix next = (values.back() * W.topRows(sizes_[l])).rowwise() + W.row(sizes_[l]);
    if (l + 2 < sizes_.size()) next = next.array().tanh();
    values.push_back(std::move(next));
  }
  return values;
}

Matrix Network::outputs(const Vector& weights, const Matrix& X) const { return layers(weights, X).back(); }

Vector Network::gradient(const Vector& weights, const Matrix& X, const Matrix& by_outputs) const {
  const std::vector<Matrix> values = layers(weights, X);
  Vector out(weights_);
  Matrix by_sums = by_outputs;  // derivatives by the weighted sums of layer l + 1
  for (std::size_t l = sizes_.size() - 1; l-- > 0;) {
    Eigen::Map<Matrix> G(out.data() + offset(l), sizes_[l] + 1, sizes_[l + 1]);
    G.topRows(sizes_[l]) = values[l].transpose() * by_sums;
    G.row(sizes_[l]) = by_sums.colwise().sum();
    if (l == 0) break;
    const Weights W(weights.data() + offset(l), sizes_[l] + 1, sizes_[l + 1]);
    by_sums = ((by_sums * W.topRows(sizes_[l]).transpose()).array() * (1.0 - values[l].array().square())).matrix();
  }
  return out;
}

void Adam::tell(const Vector& gradient) {
  constexpr double b1 = 0.9, b2 = 0.999, small = 1e-8;  // Kingma & Ba 2015, algorithm 1
  require(gradient.size() == x_.size() && gradient.allFinite(), "Adam: a gradient of ", gradient.size(), " for ",
          x_.size(), " weights, all must be finite");
  ++step_;
  m_ = b1 * m_ + (1.0 - b1) * gradient;
  v_ = b2 * v_ + (1.0 - b2) * gradient.cwiseAbs2();
  const double t = double(step_), c1 = 1.0 - std::pow(b1, t), c2 = 1.0 - std::pow(b2, t);
  x_ -= (rate_ * (m_.array() / c1) / ((v_.array() / c2).sqrt() + small)).matrix();
}

}  // namespace tilth::calibration
