#pragma once

#include "assim/calibration/types.hpp"

namespace tilth::calibration {

/// A network of fully connected layers with tanh between them and linear outputs; weights are one flat vector.
class Network {
 public:
  /// Numbers of inputs, of units per hidden layer, of outputs: e.g. {12, 16, 16, 8}. @pre at least two
  explicit Network(std::vector<Index> sizes);

  Index weights() const { return weights_; }
  Index inputs() const { return sizes_.front(); }
  Index outputs() const { return sizes_.back(); }
  /// Glorot & Bengio (2010), keyed; the last layer is `last` times smaller, so that outputs start near zero.
  Vector first_weights(std::uint64_t seed, double last = 0.1) const;
  /// Outputs of rows of inputs.
  Matrix outputs(const Vector& weights, const Matrix& X) const;
  /// Gradient with respect to the weights of a function whose derivatives by the outputs of the rows are given
  /// (back-propagation).
  Vector gradient(const Vector& weights, const Matrix& X, const Matrix& by_outputs) const;

 private:
  std::vector<Matrix> layers(const Vector& weights, const Matrix& X) const;  // values of all layers, inputs first
  Index offset(std::size_t layer) const;

  std::vector<Index> sizes_;
  Index weights_ = 0;
};

/// Adam (Kingma & Ba 2015).
class Adam {
 public:
  explicit Adam(Vector start, double rate = 0.01) : x_(std::move(start)), rate_(rate) {
    m_ = v_ = Vector::Zero(x_.size());
  }
  const Vector& ask() const { return x_; }
  void tell(const Vector& gradient);

  template <class A>
  void fields(A& archive) {
    archive(x_, m_, v_, step_);
  }

 private:
  Vector x_, m_, v_;
  double rate_;
  std::int64_t step_ = 0;
};

}  // namespace tilth::calibration
