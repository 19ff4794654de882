#include "assim/calibration/optimise/quasi_newton.hpp"

#include <cmath>

namespace tilth::calibration {

QuasiNewton::QuasiNewton(const Box& box, const Vector& start, const QuasiNewtonOptions& options)
    : box_(box), options_(options) {
  require(start.size() == box.size() && start.allFinite(), "start of a search: ", start.size(), " values for ",
          box.size(), " parameters, all must be finite");
  trial_ = projected(start);
  x_ = trial_;
  gradient_ = direction_ = Vector::Zero(start.size());
}

Eigen::Array<bool, Eigen::Dynamic, 1> QuasiNewton::free_variables() const {
  return !((x_.array() <= box_.lower.array() && gradient_.array() > 0.0) ||
           (x_.array() >= box_.upper.array() && gradient_.array() < 0.0));
}

void QuasiNewton::tell(double value, const Vector& gradient) {
  if (finished_) return;
  ++evaluations_;
  const bool good = std::isfinite(value) && gradient.allFinite();
  if (!started_) {
    require(good, "start of a search: the value is ", value, "; start where the function is finite");
    started_ = true;
    accept(value, gradient);
    return;
  }
  constexpr double sufficient = 1e-4;  // Nocedal & Wright 2006, eq. 3.4
  if (good && value <= value_ + sufficient * gradient_.dot(trial_ - x_))
    accept(value, gradient);
  else
    shorten();
}

void QuasiNewton::accept(double value, const Vector& gradient) {
  constexpr double curvature = 1e-10;
  const Vector s = trial_ - x_, y = gradient - gradient_;
  if (evaluations_ > 1 && s.dot(y) > curvature * s.norm() * y.norm()) {
    steps_.push_back(s);
    changes_.push_back(y);
    if (int(steps_.size()) > options_.memory) {
      steps_.erase(steps_.begin());
      changes_.erase(changes_.begin());
    }
  }
  const double decrease = value_ - value;
  x_ = trial_;
  value_ = value;
  gradient_ = gradient;
  ++iterations_;
  const Vector projected_step = projected(x_ - gradient_) - x_;
  finished_ = projected_step.cwiseAbs().maxCoeff() <= options_.gradient_tolerance ||
              decrease <= options_.value_tolerance * (1.0 + std::abs(value)) || iterations_ > options_.max_iterations;
  if (!finished_) next_direction();
}

void QuasiNewton::next_direction() {
  const auto free = free_variables();
  const auto masked = [&free](const Vector& v) { return Vector(free.select(v.array(), 0.0).matrix()); };
  Vector q = masked(gradient_);
  std::vector<double> a(steps_.size(), 0.0);
  double scale = 1.0 / std::max(q.norm(), 1e-300);
  if (!steps_.empty()) scale = steps_.back().dot(changes_.back()) / changes_.back().squaredNorm();
  for (std::size_t k = steps_.size(); k-- > 0;) {
    a[k] = steps_[k].dot(q) / steps_[k].dot(changes_[k]);
    q -= a[k] * changes_[k];
  }
  q *= scale;
  for (std::size_t k = 0; k < steps_.size(); ++k)
    q += (a[k] - changes_[k].dot(q) / steps_[k].dot(changes_[k])) * steps_[k];
  direction_ = masked(-q);
  if (!(direction_.dot(gradient_) < 0.0)) {  // steepest descent again
    steps_.clear();
    changes_.clear();
    direction_ = masked(-gradient_) / std::max(masked(gradient_).norm(), 1e-300);
  }
  // The first step has no scale: a part of the box, so that a start is not thrown across it.
  step_ = steps_.empty() ? 0.1 * std::min(1.0, box_.width().minCoeff()) : 1.0;
  halvings_ = 0;
  trial_ = projected(x_ + step_ * direction_);
}

void QuasiNewton::shorten() {
  constexpr int most_halvings = 30;
  step_ *= 0.5;
  if (++halvings_ <= most_halvings) {
    trial_ = projected(x_ + step_ * direction_);
    return;
  }
  if (steps_.empty()) {
    finished_ = true;
    return;
  }
  steps_.clear();
  changes_.clear();
  next_direction();
}

QuasiNewton minimised(const ValueAndGradient& function, const Box& box, const Vector& start,
                      const QuasiNewtonOptions& options) {
  QuasiNewton search(box, start, options);
  Vector gradient(box.size());
  while (!search.finished()) {
    const double value = function(search.ask(), gradient);
    search.tell(value, gradient);
  }
  return search;
}

}  // namespace tilth::calibration
