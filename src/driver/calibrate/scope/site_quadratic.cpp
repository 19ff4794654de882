#include "driver/calibrate/scope/site_quadratic.hpp"

namespace tilth {
namespace {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

constexpr double difference = 1e-3;  // prior standard deviations

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

std::vector<SiteQuadratic> Quadratics::at(std::span<const RunTask> tasks) {
  const bool exact = runs().without_derivatives().empty();
  std::vector<ProblemCosts::Part> parts;
  for (const RunTask& task : tasks) {
    SearchRequest request{SearchRequest::What::least_squares, task.z.transpose()};
    if (!exact) request = {SearchRequest::What::departures, difference_sets(runs().box(task.site), task.z, difference)};
    parts.push_back({std::size_t(task.site), std::move(request)});
  }
  const auto results = alone_.evaluate(parts);
  std::vector<SiteQuadratic> out(tasks.size());
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const SetResult& centre = results[i].front();
    SiteQuadratic& one = out[i];
    one.z = tasks[i].z;
    one.used = used(tasks[i].site);
    one.failed = !std::isfinite(centre.J);
    if (one.failed) continue;
    const Index p = one.z.size();
    const Matrix rows = exact ? Matrix() : differences(parts[i].request.z, results[i]);
    one.residual = exact ? centre.residuals : Vector(rows.col(p));
    one.slope = exact ? centre.jacobian : Matrix(rows.leftCols(p));
  }
  return out;
}

}  // namespace tilth
