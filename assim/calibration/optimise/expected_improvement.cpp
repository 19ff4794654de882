#include "assim/calibration/optimise/expected_improvement.hpp"

#include <cmath>

#include "assim/calibration/design/latin_hypercube.hpp"
#include "assim/calibration/draws.hpp"
#include "core/base/normal.hpp"

namespace tilth::calibration {

double expected_improvement(double least, double mean, double variance) {
  if (variance <= 0.0) return std::max(least - mean, 0.0);
  const double sd = std::sqrt(variance), z = (least - mean) / sd;
  return std::max(sd * (z * normal_cdf(z) + normal_density(z)), 0.0);
}

BayesSearch::BayesSearch(const Box& box, const Vector& start, const BayesOptions& options)
    : box_(box), options_(options), points_(0, box.size()) {
  calibration::check(box_);
  constexpr Index per_parameter = 5;
  if (options_.first <= 0) options_.first = per_parameter * box_.size();
  asked_ = box_.from_unit(maximin_latin_hypercube(options_.first, box_.size(), options_.seed));
  asked_.row(0) = start.transpose();
}

void BayesSearch::tell(const Vector& values) {
  if (finished()) return;
  record_.note(asked_, values);
  const Index before = points_.rows();
  points_.conservativeResize(before + asked_.rows(), Eigen::NoChange);
  points_.bottomRows(asked_.rows()) = asked_;
  values_.conservativeResize(before + values.size());
  values_.tail(values.size()) = values;
  ++step_;
  choose();
}

// A Latin hypercube, and points about the best at shrinking distances.
Matrix BayesSearch::candidates() const {
  const Draws draws(options_.seed, Stream::candidates);
  const Index n = options_.candidates, far = n / 2;
  Matrix u(n, box_.size());
  u.topRows(far) = latin_hypercube(far, box_.size(), options_.seed + std::uint64_t(step_));
  const Matrix best = box_.to_unit(record_.best.transpose());
  for (Index i = far; i < n; ++i) {
    const double scale = std::pow(10.0, -1.0 - 3.0 * double(i - far) / double(n - far));  // 0.1 to 0.0001 of the box
    for (Index d = 0; d < u.cols(); ++d) u(i, d) = best(0, d) + scale * draws.normal(step_, i, d);
  }
  return box_.from_unit(u.cwiseMax(0.0).cwiseMin(1.0));
}

void BayesSearch::choose() {
  if (!std::isfinite(record_.value)) {  // nothing to learn from yet
    asked_ = box_.from_unit(latin_hypercube(options_.batch, box_.size(), options_.seed + std::uint64_t(step_)));
    return;
  }
  const Matrix field = candidates();
  Matrix X = points_;
  Vector y = values_;
  asked_.resize(options_.batch, box_.size());
  for (Index b = 0; b < options_.batch; ++b) {
    const Emulator emulator(box_, X, y, options_.emulator);
    const Prediction p = emulator.predict(field);
    Index chosen = 0;
    double most = -1.0;
    for (Index i = 0; i < field.rows(); ++i) {
      const double gain = expected_improvement(record_.value, p.mean(i), p.variance(i));
      if (gain <= most) continue;
      most = gain;
      chosen = i;
    }
    asked_.row(b) = field.row(chosen);
    X.conservativeResize(X.rows() + 1, Eigen::NoChange);
    X.bottomRows(1) = field.row(chosen);
    y.conservativeResize(y.size() + 1);
    y(y.size() - 1) = p.mean(chosen);
  }
}

}  // namespace tilth::calibration
