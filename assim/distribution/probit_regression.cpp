#include "assim/distribution/probit_regression.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace tilth {
namespace {

/// Mean as the first member plus the mean distance from it: equal members have exactly their value as mean.
double mean_of(std::span<const double> z) {
  double sum = 0.0;
  for (const double x : z) sum += x - z[0];
  return z[0] + sum / double(z.size());
}

}  // namespace

ProbitStep::ProbitStep(std::span<const double> prior, std::span<const double> posterior, const Marginal& marginal)
    : anomaly_(prior.begin(), prior.end()), increment_(posterior.begin(), posterior.end()) {
  assert(prior.size() == posterior.size());
  if (marginal.kind == Marginal::Kind::bnrh) {
    const Bnrh histogram(prior, marginal.bounds);
    anomaly_ = histogram.probits();
    for (std::size_t k = 0; k < increment_.size(); ++k)  // a member that stayed has no increment, to the bit
      increment_[k] = posterior[k] == prior[k] ? anomaly_[k] : histogram.probit(posterior[k]);
  }
  for (std::size_t k = 0; k < increment_.size(); ++k) increment_[k] -= anomaly_[k];
  const double mean = mean_of(anomaly_);
  for (double& z : anomaly_) {
    z -= mean;
    sum_square_ += z * z;
  }
}

ProbitRow::ProbitRow(std::span<const double> row, const Marginal& marginal)
    : prior_(row.begin(), row.end()), z_prior_(prior_) {
  if (marginal.kind == Marginal::Kind::bnrh) {
    histogram_.emplace_back(row, marginal.bounds);
    z_prior_ = histogram_.front().probits();
  }
  z_ = z_prior_;
}

void ProbitRow::regress(const ProbitStep& step, double weight) {
  assert(z_.size() == step.anomaly().size());
  if (weight == 0.0 || step.sum_square() == 0.0) return;
  double product = 0.0;
  for (std::size_t k = 0; k < z_.size(); ++k) product += step.anomaly()[k] * (z_[k] - z_[0]);
  const double slope = weight * product / step.sum_square();
  for (std::size_t k = 0; k < z_.size(); ++k) z_[k] += slope * step.increment()[k];
}

double ProbitRow::correlation(const ProbitStep& step) const {
  const double mean = mean_of(z_);
  double product = 0.0, square = 0.0;
  for (std::size_t k = 0; k < z_.size(); ++k) {
    product += step.anomaly()[k] * (z_[k] - mean);
    square += (z_[k] - mean) * (z_[k] - mean);
  }
  const double scale = square * step.sum_square();
  return scale > 0.0 ? std::clamp(product / std::sqrt(scale), -1.0, 1.0) : 0.0;
}

void ProbitRow::write(std::span<double> row) const {
  assert(row.size() == z_.size());
  for (std::size_t k = 0; k < z_.size(); ++k) {
    if (z_[k] == z_prior_[k])
      row[k] = prior_[k];
    else
      row[k] = histogram_.empty() ? z_[k] : histogram_.front().from_probit(z_[k]);
  }
}

void probit_regression(const ProbitStep& step, std::span<double> row, const Marginal& marginal, double weight) {
  ProbitRow moved(row, marginal);
  moved.regress(step, weight);
  moved.write(row);
}

}  // namespace tilth
