// What is known of the parameters after a search.
#include <algorithm>
#include <cmath>

#include "driver/calibrate/calibrate.hpp"
#include "driver/calibrate/sound_derivatives.hpp"

namespace tilth {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;
using What = SearchRequest::What;

namespace {

constexpr double normal_95 = 1.959963984540054;  // quantile 0.975 of the standard normal distribution

/// Derivatives of the whitened departures at z, compressed; empty where a run failed. Collective.
Matrix jacobian_at(ProblemCosts& costs, const CalibrationOptions& options, std::size_t p, const Vector& z) {
  const Index n = z.size();
  if (costs.runs().without_derivatives().empty()) {
    const ProblemCosts::Part part{p, {What::least_squares, z.transpose()}};
    const SetResult result = costs.evaluate(std::span(&part, 1))[0][0];
    return std::isfinite(result.J) ? Matrix(result.jacobian.topRows(n + 1)) : Matrix();
  }
  const Matrix sets = difference_sets(box_of(costs.runs(), costs.problems()[p]), z, options.difference_step);
  const ProblemCosts::Part part{p, {What::departures, sets}};
  const auto results = costs.evaluate(std::span(&part, 1))[0];
  if (results[0].departures.size() == 0) return {};
  return differences(sets, results).leftCols(n);
}

/// Curvature of J with these derivatives of the departures.
calibration::Posterior curvature_of(const Matrix& jacobian, const Matrix& prior) {
  const Vector none = Vector::Zero(jacobian.rows());
  const calibration::CostFunction cost({{"departures", none, Vector::Ones(1)}}, {Vector::Zero(prior.rows()), prior});
  return calibration::posterior_by_curvature(cost, jacobian);
}

/// Mean zero covariance of rows.
Matrix covariance_of(const Matrix& sample) {
  const Matrix about = sample.rowwise() - sample.colwise().mean();
  return about.transpose() * about / std::max<double>(1.0, double(sample.rows() - 1));
}

/// z_sd, z_low and z_high.
void add_intervals(const Matrix& sample, const calibration::Posterior& curvature, ProblemResult& result) {
  const bool chain = result.search.sample_of != "ensemble" && sample.rows() > 1;
  const bool ensemble = !chain && sample.rows() > 1;
  const Matrix covariance = chain || ensemble ? covariance_of(sample) : curvature.covariance;
  result.interval_of = chain || ensemble ? result.search.sample_of : covariance.size() > 0 ? "curvature" : "";
  if (covariance.size() > 0) result.correlation = calibration::correlation_of(covariance);
  for (std::size_t j = 0; j < result.parameters.size(); ++j) {
    ParameterEstimate& one = result.parameters[j];
    const auto column = Index(j);
    one.z_sd = covariance.size() > 0 ? std::sqrt(covariance(column, column)) : NAN;
    one.z_low = one.z - normal_95 * one.z_sd;
    one.z_high = one.z + normal_95 * one.z_sd;
    if (!chain) continue;
    const std::vector<double> draws(sample.col(column).begin(), sample.col(column).end());
    one.z_low = calibration::quantile(draws, 0.025);
    one.z_high = calibration::quantile(draws, 0.975);
  }
}

/// Physical values of what is known in z.
void add_physical(const SiteRuns& runs, const calibration::Box& box, ProblemResult& result) {
  const int site = result.problem.sites.front();
  for (std::size_t j = 0; j < result.parameters.size(); ++j) {
    ParameterEstimate& one = result.parameters[j];
    const double least = box.lower(Index(j)), most = box.upper(Index(j));
    const auto physical = [&](double z) { return runs.physical(site, int(j), z); };
    const auto within = [&](double z) { return physical(std::clamp(z, least, most)); };
    const auto spread = [&](double z, double sd) { return 0.5 * std::abs(within(z + sd) - within(z - sd)); };
    one.prior = physical(0.0);
    one.prior_sd = spread(0.0, 1.0);
    one.value = physical(one.z);
    one.sd = std::isnan(one.z_sd) ? NAN : spread(one.z, one.z_sd);
    if (std::isnan(one.z_low)) {
      one.low = one.high = NAN;
      continue;
    }
    one.low = std::min(within(one.z_low), within(one.z_high));
    one.high = std::max(within(one.z_low), within(one.z_high));
  }
}

}  // namespace

void describe_posterior(ProblemCosts& costs, const CalibrationOptions& options, std::size_t p, ProblemResult& result) {
  const calibration::Box box = box_of(costs.runs(), costs.problems()[p]);
  const Vector& z = result.search.best;
  const Matrix jacobian = jacobian_at(costs, options, p, z);
  if (jacobian.size() > 0) result.curvature = curvature_of(jacobian, costs.prior().covariance);
  const Eigen::VectorXi bounds = calibration::at_bounds(box, z);
  for (Index j = 0; j < z.size(); ++j) {
    ParameterEstimate one;
    one.z = z(j);
    one.at_bound = bounds(j);
    result.parameters.push_back(one);
  }
  add_intervals(result.search.sample, result.curvature, result);
  add_physical(costs.runs(), box, result);
  if (result.search.optima.rows() > 0)
    result.equifinality =
        calibration::equifinality(box, result.search.optima, result.search.optimum_values, options.equifinality);
}

}  // namespace tilth
