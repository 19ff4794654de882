#include "driver/calibrate/scope/site_quadratic.hpp"

namespace tilth {
namespace {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

constexpr double difference = 1e-3, wide_difference = 0.05;  // prior standard deviations

// Whether one prior standard deviation would change the predictions by many times the misfit: the derivatives of a run
// that passes a point of instability say nothing about sets nearby.
bool explodes(const SiteQuadratic& run) {
  constexpr double most = 10.0;
  const double misfit = std::max(run.residual.norm(), std::sqrt(double(run.residual.size())));
  return !run.slope.allFinite() || run.slope.colwise().norm().maxCoeff() > most * misfit;
}

std::vector<Problem> each_site(const SiteRuns& runs) {
  std::vector<Problem> out;
  for (int s = 0; s < runs.sites(); ++s) out.push_back({runs.name(s), {s}});
  return out;
}

}  // namespace

ScopeCosts ScopeCosts::plain(const SiteRuns& runs) {
  const auto n = Index(runs.parameters().size());
  return {std::vector<StreamRule>(runs.streams().size()), {Matrix::Identity(n, n), true}};
}

double SiteQuadratic::value(const Vector& x) const { return 0.5 * (residual + slope * (x - z)).squaredNorm(); }

Vector SiteQuadratic::gradient(const Vector& x) const { return slope.transpose() * (residual + slope * (x - z)); }

Quadratics::Quadratics(RunPool& pool, const ScopeCosts& costs)
    : costs_(costs), alone_(pool, each_site(pool.runs()), costs.rules, {costs.prior.covariance, false}) {
  const Index n = costs.prior.covariance.rows();
  precision_ = Matrix::Zero(n, n);
  if (costs.prior.in_cost) precision_ = costs.prior.covariance.llt().solve(Matrix::Identity(n, n));
}

std::vector<double> Quadratics::values(std::span<const RunTask> tasks) {
  std::vector<ProblemCosts::Part> parts;
  for (const RunTask& task : tasks)
    parts.push_back({std::size_t(task.site), {SearchRequest::What::cost, task.z.transpose()}});
  std::vector<double> out;
  for (const auto& results : alone_.evaluate(parts)) out.push_back(results.front().J);
  return out;
}

std::vector<SiteQuadratic> Quadratics::at(std::span<const RunTask> tasks) {
  if (!runs().without_derivatives().empty()) return by_differences(tasks, difference);
  std::vector<ProblemCosts::Part> parts;
  for (const RunTask& task : tasks)
    parts.push_back({std::size_t(task.site), {SearchRequest::What::least_squares, task.z.transpose()}});
  const auto results = alone_.evaluate(parts);
  std::vector<SiteQuadratic> out;
  std::vector<RunTask> again;
  std::vector<std::size_t> which;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const SetResult& run = results[i].front();
    const bool failed = !std::isfinite(run.J);
    out.push_back({tasks[i].z, run.residuals, run.jacobian, used(tasks[i].site), failed});
    if (failed || !explodes(out.back())) continue;
    again.push_back(tasks[i]);
    which.push_back(i);
  }
  const std::vector<SiteQuadratic> smooth = by_differences(again, wide_difference);
  for (std::size_t k = 0; k < which.size(); ++k) out[which[k]] = smooth[k];
  return out;
}

std::vector<SiteQuadratic> Quadratics::by_differences(std::span<const RunTask> tasks, double step) {
  std::vector<ProblemCosts::Part> parts;
  for (const RunTask& task : tasks)
    parts.push_back({std::size_t(task.site),
                     {SearchRequest::What::departures, difference_sets(runs().box(task.site), task.z, step)}});
  const auto results = alone_.evaluate(parts);
  std::vector<SiteQuadratic> out;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const bool failed = !std::isfinite(results[i].front().J);
    SiteQuadratic one{tasks[i].z, {}, {}, used(tasks[i].site), failed};
    if (!failed) {
      const Matrix rows = differences(parts[i].request.z, results[i]);
      one.residual = rows.col(one.z.size());
      one.slope = rows.leftCols(one.z.size());
    }
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace tilth
