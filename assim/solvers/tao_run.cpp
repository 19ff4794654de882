#include "assim/solvers/tao_run.hpp"

#include <cmath>

#include "core/base/error.hpp"

namespace tilth {

using Eigen::VectorXd;

const TaoEvaluation& TaoRun::at(const VectorXd& point) {
  for (auto seen = seen_.rbegin(); seen != seen_.rend(); ++seen)
    if (seen->point == point) return *seen;
  if (stops_ || asked_ == options_.max_evaluations) return bottom(point, Stop::too_long);
  if (in_vain_ == options_.patience) return bottom(point, Stop::no_decrease);
  const TaoEvaluation* answer = answer_(point);
  if (!answer) return bottom(point, Stop::no_answer);
  ++asked_;
  count(answer->value);
  if (!std::isfinite(answer->value) || !answer->gradient.allFinite()) return seen_.emplace_back(wall(point));
  seen_.push_back(*answer);
  seen_.back().point = point;  // bit for bit, to be found again
  return seen_.back();
}

// At a kink of the function a line search and those after it find ever smaller decreases for many points.
void TaoRun::count(double value) {
  ++in_vain_;
  if (!(least_ - value > options_.value_tolerance * (options_.value_floor + std::abs(value)))) return;
  least_ = value;
  in_vain_ = 0;
}

double TaoRun::offset(const TaoEvaluation& first) {
  constexpr double first_step = 0.1;  // of the cube, so that a start is not thrown across it
  if (!offset_) offset_ = first.value - 0.5 * first_step * first.gradient.norm();
  return *offset_;
}

bool TaoRun::ends_at(const VectorXd& point) {
  if (stops_) return true;
  const TaoEvaluation& here = at(point);
  const double decrease = iterate_ ? iterate_->value - here.value : double(INFINITY);
  iterate_ = &here;
  const VectorXd step = (point - here.gradient).cwiseMax(0.0).cwiseMin(1.0) - point;
  if (step.cwiseAbs().maxCoeff() <= options_.gradient_tolerance)
    stops_ = Stop::no_slope;
  else if (decrease <= options_.value_tolerance * (options_.value_floor + std::abs(here.value)))
    stops_ = Stop::no_decrease;
  else if (++iterations_ > options_.max_iterations)
    stops_ = Stop::too_long;
  return stops_.has_value();
}

// For a point without an answer: so low and flat that TAO takes the step at once and asks `ends_at`, which ends it. An
// error from a callback would end it too, but PETSc promises nothing about objects that an error went through.
const TaoEvaluation& TaoRun::bottom(const VectorXd& point, Stop why) {
  constexpr double low = -1e300;
  const Eigen::Index n = point.size();
  if (!stops_) {
    stops_ = why;
    question_ = point;
  }
  seen_.push_back({point, least_squares() ? 0.0 : low, VectorXd::Zero(n), {}, {}});
  if (!least_squares()) return seen_.back();
  seen_.back().residuals = VectorXd::Zero(n + 1);
  seen_.back().jacobian.setZero(n + 1, n);
  return seen_.back();
}

// For a failed run: along the step a parabola that rises at its end by as much as the function falls at first, and
// that is least at a quarter of the step; from not-a-number or infinity the line search would make a step of zero.
TaoEvaluation TaoRun::wall(const VectorXd& point) const {
  ensure(iterate_ != nullptr, "search: the run at its start failed");
  constexpr double end_slope = -3.0;  // by the slope at the start
  const Eigen::Index n = point.size();
  const double rise = std::abs(iterate_->gradient.dot(point - iterate_->point));
  TaoEvaluation wall{point, iterate_->value + rise, end_slope * iterate_->gradient, {}, {}};
  if (!least_squares()) return wall;
  wall.residuals = VectorXd::Zero(n + 1);
  wall.jacobian.setZero(n + 1, n);
  wall.residuals(0) = std::sqrt(2.0 * wall.value);
  wall.jacobian.row(0) = wall.gradient.transpose() / wall.residuals(0);
  return wall;
}

}  // namespace tilth
