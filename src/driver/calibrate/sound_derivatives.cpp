#include "driver/calibrate/sound_derivatives.hpp"

#include <algorithm>
#include <cmath>

namespace tilth {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

namespace {

bool failed(const SiteDerivatives& run) { return !run.predictions.allFinite() || !run.jacobian.allFinite(); }

SiteDerivatives by_differences(const SiteRuns& runs, const RunTask& task, double step) {
  const Matrix sets = difference_sets(runs.box(task.site), task.z, step);
  const Matrix values = runs.run(task.site, sets, RunReach::training).predictions;
  const Vector predictions = values.row(0).transpose();
  if (!predictions.allFinite()) return {predictions, Matrix::Constant(values.cols(), task.z.size(), NAN)};
  return {predictions, difference_slopes(sets, values)};
}

// Change of the whitened predictions by a prior standard deviation of each parameter.
Vector reach(const SiteCost& cost, const Matrix& jacobian) {
  return cost.whitened(jacobian).colwise().norm().transpose();
}

double misfit(const SiteCost& cost, const Vector& predictions) {
  return std::max(cost.departures(predictions).norm(), std::sqrt(double(cost.used())));
}

}  // namespace

SoundDerivatives sound_derivatives(const SiteRuns& runs, const SiteCost& cost, const RunTask& task) {
  constexpr double suspicious = 10.0, agreement = 3.0;
  if (!runs.without_derivatives().empty()) return {by_differences(runs, task, narrow_difference), false};
  SoundDerivatives out{runs.run_with_derivatives(task.site, task.z)};
  if (failed(out.run)) {
    const bool runs_well = runs.run(task.site, task.z.transpose(), RunReach::training).predictions.allFinite();
    return runs_well ? SoundDerivatives{by_differences(runs, task, wide_difference), false} : out;
  }
  if (cost.used() == 0) return out;
  const Vector exact = reach(cost, out.run.jacobian);
  const double far = suspicious * misfit(cost, out.run.predictions);
  if (exact.maxCoeff() <= far) return out;
  SiteDerivatives wide = by_differences(runs, task, wide_difference);
  const Vector seen = reach(cost, wide.jacobian);
  for (Index k = 0; k < exact.size(); ++k)
    if (exact(k) > far && exact(k) > agreement * seen(k)) return {std::move(wide), false};
  return out;
}

Matrix difference_sets(const calibration::Box& box, const Vector& z, double step) {
  Matrix sets = z.transpose().replicate(1 + 2 * z.size(), 1);
  for (Index j = 0; j < z.size(); ++j) {
    sets(1 + 2 * j, j) = std::min(z(j) + step, box.upper(j));
    sets(2 + 2 * j, j) = std::max(z(j) - step, box.lower(j));
  }
  return sets;
}

Matrix difference_slopes(const Matrix& sets, const Matrix& values) {
  Matrix out = Matrix::Zero(values.cols(), sets.cols());
  for (Index j = 0; j < sets.cols(); ++j) {
    Index up = 1 + 2 * j, down = up + 1;
    if (!values.row(up).allFinite()) up = 0;
    if (!values.row(down).allFinite()) down = 0;
    if (up == down) continue;
    out.col(j) = (values.row(up) - values.row(down)).transpose() / (sets(up, j) - sets(down, j));
  }
  return out;
}

}  // namespace tilth
