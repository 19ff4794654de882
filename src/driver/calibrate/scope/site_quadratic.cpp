#include "driver/calibrate/scope/site_quadratic.hpp"

#include <cmath>

namespace tilth {
namespace {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

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
  std::vector<ProblemCosts::Part> parts;
  for (const RunTask& task : tasks)
    parts.push_back({std::size_t(task.site), {SearchRequest::What::least_squares, task.z.transpose()}});
  const auto results = alone_.evaluate(parts);
  std::vector<SiteQuadratic> out;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const SetResult& run = results[i].front();
    out.push_back({tasks[i].z, run.residuals, run.jacobian, used(tasks[i].site), !std::isfinite(run.J)});
  }
  return out;
}

}  // namespace tilth
