#include "assim/field/serial_steps.hpp"

#include <algorithm>
#include <cmath>

#include "assim/distribution/bnrh_update.hpp"
#include "assim/inflation.hpp"

namespace tilth {
namespace {

/// Scalar product of padded rows in a fixed order that vectorises.
double product(const double* a, const double* b, int stride) {
  double lane[member_padding] = {};
  for (int k = 0; k < stride; k += member_padding)
    for (int l = 0; l < member_padding; ++l) lane[l] += a[k + l] * b[k + l];
  return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

}  // namespace

SerialSteps::SerialSteps(std::size_t count, int members, bool probit, bool truncated)
    : members_(members),
      stride_(padded(members)),
      probit_(probit),
      truncated_(truncated),
      prior_(count * stride_, 0.0),
      Y_(count * stride_, 0.0),
      d_(count),
      gain_(count),
      alpha_(count),
      probit_steps_(probit ? count : 0),
      made_(count, 0) {}

void SerialSteps::make(std::size_t i, const SerialObs& obs) {
  const double mean = member_mean(obs.members), r = obs.variance;
  double* y = Y_.data() + i * stride_;
  std::copy(obs.members.begin(), obs.members.end(), prior_.begin() + std::ptrdiff_t(i * stride_));
  for (int k = 0; k < members_; ++k) y[k] = obs.members[k] - mean;
  const double s = product(y, y, stride_) / (members_ - 1);
  d_[i] = obs.value - mean;
  gain_[i] = 1.0 / ((members_ - 1) * (s + r));
  alpha_[i] = 1.0 / (1.0 + std::sqrt(r / (s + r)));
  if (probit_) probit_steps_[i].emplace(obs.members, posterior(i, obs), obs.marginal);
  made_[i] = 1;
}

/// The members of the observed quantity after the assimilation of this observation.
std::vector<double> SerialSteps::posterior(std::size_t i, const SerialObs& obs) const {
  std::vector<double> members(obs.members.begin(), obs.members.end());
  const double* y = Y_.data() + i * stride_;
  const double square = product(y, y, stride_);
  if (square == 0.0) return members;
  if (obs.marginal.kind == Marginal::Kind::bnrh) {
    const Bnrh prior(obs.members, obs.marginal.bounds);
    return bnrh_update(
        prior, truncated_ ? truncated_gaussian_likelihood(obs.members, obs.value, obs.variance, obs.marginal.bounds)
                          : gaussian_likelihood(obs.members, obs.value, obs.variance));
  }
  for (int k = 0; k < members_; ++k) members[k] += square * gain_[i] * (d_[i] - alpha_[i] * y[k]);
  return members;
}

void SerialSteps::Row::read(const double* x, const Marginal& marginal) {
  const std::size_t N = steps_->members_;
  if (steps_->probit_) {
    probit_.emplace(std::span(x, N), marginal);
    return;
  }
  mean_ = member_mean({x, N});
  for (std::size_t k = 0; k < N; ++k) a_[k] = x[k] - mean_;
}

void SerialSteps::Row::regress(std::size_t i, double weight) {
  if (probit_) return probit_->regress(*steps_->probit_steps_[i], weight);
  const int stride = steps_->stride_;
  const double* y = steps_->Y_.data() + i * stride;
  const double c = weight * steps_->gain_[i] * product(a_.data(), y, stride);
  const double shrink = c * steps_->alpha_[i];
  mean_ += c * steps_->d_[i];
  for (int k = 0; k < stride; ++k) a_[k] -= shrink * y[k];
}

void SerialSteps::Row::write(double* x) const {
  const std::size_t N = steps_->members_;
  if (probit_) return probit_->write({x, N});
  for (std::size_t k = 0; k < N; ++k) x[k] = mean_ + a_[k];
}

}  // namespace tilth
