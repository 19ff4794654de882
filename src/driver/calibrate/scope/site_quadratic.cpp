#include "driver/calibrate/scope/site_quadratic.hpp"

#include <cmath>

namespace tilth {
namespace {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

constexpr double difference = 1e-4;  // prior standard deviations

// Triangular factor of [slope, residual] row by row, after the number of observations.
Vector packed(const Matrix& slope, const Vector& residual, double used) {
  const Index p = slope.cols();
  Eigen::MatrixXd both(std::max(slope.rows(), p + 1), p + 1);
  both.setZero();
  both.topLeftCorner(slope.rows(), p) = slope;
  both.topRightCorner(slope.rows(), 1) = residual;
  const Eigen::MatrixXd R = Eigen::HouseholderQR<Eigen::MatrixXd>(both).matrixQR();
  Vector out(1 + (p + 1) * (p + 2) / 2);
  out(0) = used;
  Index next = 1;
  for (Index i = 0; i <= p; ++i)
    for (Index k = i; k <= p; ++k) out(next++) = R(i, k);
  return out;
}

SiteQuadratic unpacked(const Vector& z, const Vector& numbers) {
  SiteQuadratic out;
  out.z = z;
  const Index p = z.size();
  if (!numbers.allFinite() || numbers.size() != 1 + (p + 1) * (p + 2) / 2) {
    out.failed = true;
    return out;
  }
  out.used = numbers(0);
  out.residual = Vector::Zero(p + 1);
  out.slope = Matrix::Zero(p + 1, p);
  Index next = 1;
  for (Index i = 0; i <= p; ++i)
    for (Index k = i; k <= p; ++k) (k < p ? out.slope(i, k) : out.residual(i)) = numbers(next++);
  return out;
}

// Weighted departures of a run from the observations that have a weight.
Vector weighted(const std::vector<ObsRecord>& observations, const Vector& weight, const Vector& predictions) {
  Vector out = Vector::Zero(weight.size());
  for (Index i = 0; i < weight.size(); ++i)
    if (weight(i) > 0.0) out(i) = weight(i) * (predictions(i) - observations[std::size_t(i)].value);
  return out;
}

double count(const Vector& weight) { return double((weight.array() > 0.0).count()); }

std::vector<SiteQuadratic> by_derivatives(RunPool& pool, const SiteWeights& weights, std::span<const RunTask> tasks) {
  const auto reduce = [&](const RunTask& task, const SiteDerivatives& run) {
    const Vector& w = weights[std::size_t(task.site)];
    const Vector residual = weighted(pool.runs().observations(task.site), w, run.predictions);
    Matrix slope = Matrix::Zero(w.size(), run.jacobian.cols());
    for (Index i = 0; i < w.size(); ++i)
      if (w(i) > 0.0) slope.row(i) = w(i) * run.jacobian.row(i);
    return packed(slope, residual, count(w));
  };
  const std::vector<Vector> numbers = pool.evaluate_derivatives("scope_quadratic", tasks, reduce);
  std::vector<SiteQuadratic> out;
  for (std::size_t i = 0; i < tasks.size(); ++i) out.push_back(unpacked(tasks[i].z, numbers[i]));
  return out;
}

// Central differences, one-sided where a bound is near.
std::vector<SiteQuadratic> by_differences(RunPool& pool, const SiteWeights& weights, std::span<const RunTask> tasks) {
  std::vector<RunTask> all;
  for (const RunTask& task : tasks) {
    const calibration::Box box = pool.runs().box(task.site);
    all.push_back(task);
    for (Index k = 0; k < task.z.size(); ++k)
      for (const double sign : {-1.0, 1.0}) {
        RunTask moved = task;
        const double to = task.z(k) + sign * difference;
        moved.z(k) = std::min(std::max(to, box.lower(k)), box.upper(k));
        all.push_back(std::move(moved));
      }
  }
  const auto numbers =
      pool.evaluate("scope_residuals", all, false, [&](const RunTask& task, const Vector& predictions, const auto&) {
        return weighted(pool.runs().observations(task.site), weights[std::size_t(task.site)], predictions);
      });
  std::vector<SiteQuadratic> out;
  std::size_t next = 0;
  for (const RunTask& task : tasks) {
    const Vector& w = weights[std::size_t(task.site)];
    const Vector& centre = numbers[next++];
    Matrix slope(w.size(), task.z.size());
    bool ok = centre.size() == w.size();
    for (Index k = 0; k < task.z.size(); ++k, next += 2) {
      ok = ok && numbers[next].size() == w.size() && numbers[next + 1].size() == w.size();
      if (ok) slope.col(k) = (numbers[next + 1] - numbers[next]) / (all[next + 1].z(k) - all[next].z(k));
    }
    out.push_back(unpacked(task.z, ok ? packed(slope, centre, count(w)) : Vector::Constant(1, NAN)));
  }
  return out;
}

}  // namespace

double SiteQuadratic::value(const Vector& x) const { return 0.5 * (residual + slope * (x - z)).squaredNorm(); }

Vector SiteQuadratic::gradient(const Vector& x) const { return slope.transpose() * (residual + slope * (x - z)); }

SiteWeights site_weights(const SiteRuns& runs) {
  SiteWeights out;
  for (int site = 0; site < runs.sites(); ++site) {
    const auto& observations = runs.observations(site);
    Vector weight = Vector::Zero(Index(observations.size()));
    for (std::size_t i = 0; i < observations.size(); ++i)
      if (observations[i].flag == qc_used) weight(Index(i)) = 1.0 / observations[i].error_sd;
    out.push_back(std::move(weight));
  }
  return out;
}

std::vector<SiteQuadratic> quadratics(RunPool& pool, const SiteWeights& weights, std::span<const RunTask> tasks) {
  return pool.runs().without_derivatives().empty() ? by_derivatives(pool, weights, tasks)
                                                   : by_differences(pool, weights, tasks);
}

}  // namespace tilth
