#include "assim/calibration/learn/parameter_map.hpp"

#include <cmath>

namespace tilth::calibration {
namespace {

std::vector<Index> sizes_of(Index features, const std::vector<Index>& hidden, Index parameters) {
  std::vector<Index> sizes{features};
  sizes.insert(sizes.end(), hidden.begin(), hidden.end());
  sizes.push_back(parameters);
  return sizes;
}

Vector logits(const Box& box, const Vector& x) {
  constexpr double margin = 1e-6;  // a default on a bound has no logit
  const Eigen::ArrayXd u = (x - box.lower).cwiseQuotient(box.width()).array().max(margin).min(1.0 - margin);
  return (u / (1.0 - u)).log().matrix();
}

Matrix logistic(const Matrix& z) {
  return z.unaryExpr(
      [](double v) { return v >= 0.0 ? 1.0 / (1.0 + std::exp(-v)) : std::exp(v) / (1.0 + std::exp(v)); });
}

}  // namespace

ParameterMap::ParameterMap(const Box& box, const Vector& defaults, const Matrix& features,
                           const std::vector<Index>& hidden)
    : box_(box),
      shift_(logits(box, defaults)),
      standard_(Standardisation::of(features)),
      network_(sizes_of(features.cols(), hidden, box.size())) {
  check(box_);
  require(box_.contains(defaults), "map of parameters: a default lies outside of its bounds");
}

Matrix ParameterMap::parameters(const Vector& weights, const Matrix& features) const {
  return box_.from_unit(logistic(network_.outputs(weights, standard_(features)).rowwise() + shift_.transpose()));
}

Vector ParameterMap::gradient(const Vector& weights, const Matrix& features, const Matrix& by_parameters) const {
  const Matrix X = standard_(features);
  const Matrix u = logistic(network_.outputs(weights, X).rowwise() + shift_.transpose());
  const Matrix slope = (u.array() * (1.0 - u.array())).matrix() * box_.width().asDiagonal();
  return network_.gradient(weights, X, by_parameters.cwiseProduct(slope));
}

Vector fitted_weights(const ParameterMap& map, const Matrix& features, const Matrix& parameters,
                      const MapOptions& options) {
  const std::vector<Index> bad = failed_rows(parameters);
  const Matrix X = without_rows(features, bad), target = without_rows(parameters, bad);
  require(X.rows() >= 2, "map of parameters: ", X.rows(), " of ", parameters.rows(), " places are usable");
  const Vector scale = map.box().width().cwiseInverse();
  const ValueAndGradient loss = [&](const Vector& w, Vector& gradient) {
    const Matrix error = (map.parameters(w, X) - target) * scale.asDiagonal();
    const double n = double(error.size());
    gradient = map.gradient(w, X, 2.0 / n * error * scale.asDiagonal()) + options.decay * w;
    return error.squaredNorm() / n + 0.5 * options.decay * w.squaredNorm();
  };
  constexpr double far = 100.0;  // bounds of weights that no fit comes near
  const Index n = map.network().weights();
  const Box box{Vector::Constant(n, -far), Vector::Constant(n, far)};
  return minimised(loss, box, map.network().first_weights(options.seed),
                   {.gradient_tolerance = 1e-7, .value_tolerance = 1e-12, .max_iterations = options.iterations})
      .best();
}

EndToEnd::EndToEnd(ParameterMap map, Matrix features, const MapOptions& options)
    : map_(std::move(map)),
      features_(std::move(features)),
      options_(options),
      adam_(map_.network().first_weights(options.seed), options.rate),
      best_(adam_.ask()) {}

void EndToEnd::tell(const Vector& cost, const Matrix& by_parameters) {
  if (finished()) return;
  require(cost.size() == features_.rows() && by_parameters.rows() == cost.size() &&
              by_parameters.cols() == map_.box().size(),
          "map of parameters: ", cost.size(), " costs and derivatives of ", by_parameters.rows(), " x ",
          by_parameters.cols(), " for ", features_.rows(), " places and ", map_.box().size(), " parameters");
  Matrix by = by_parameters;
  double sum = 0.0;
  Index good = 0;
  for (Index i = 0; i < cost.size(); ++i) {
    if (std::isfinite(cost(i)) && by.row(i).allFinite()) {
      sum += cost(i);
      ++good;
    } else {
      by.row(i).setZero();
      failed_.push_back(double(step_));
      failed_.push_back(double(i));
    }
  }
  ensure(good > 0, "map of parameters: the runs of all ", cost.size(), " places failed in step ", step_);
  if (good == cost.size() && sum / double(good) < best_cost_) {
    best_cost_ = sum / double(good);
    best_ = adam_.ask();
  }
  const Vector& w = adam_.ask();
  adam_.tell(map_.gradient(w, features_, by / double(good)) + options_.decay * w);
  ++step_;
}

}  // namespace tilth::calibration
