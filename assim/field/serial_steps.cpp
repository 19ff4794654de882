#include "assim/field/serial_steps.hpp"

#include <algorithm>
#include <cmath>

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

SerialSteps::SerialSteps(std::size_t count, int members)
    : members_(members),
      stride_(padded(members)),
      prior_(count * stride_, 0.0),
      Y_(count * stride_, 0.0),
      d_(count),
      gain_(count),
      alpha_(count),
      made_(count, 0) {}

void SerialSteps::make(std::size_t i, const double* members, double value, double variance) {
  const double mean = member_mean({members, std::size_t(members_)});
  double* y = Y_.data() + i * stride_;
  std::copy_n(members, members_, prior_.data() + i * stride_);
  for (int k = 0; k < members_; ++k) y[k] = members[k] - mean;
  const double s = product(y, y, stride_) / (members_ - 1);
  d_[i] = value - mean;
  gain_[i] = 1.0 / ((members_ - 1) * (s + variance));
  alpha_[i] = 1.0 / (1.0 + std::sqrt(variance / (s + variance)));
  made_[i] = 1;
}

void SerialSteps::Row::read(const double* x) {
  mean_ = member_mean({x, std::size_t(members_)});
  for (int k = 0; k < members_; ++k) a_[k] = x[k] - mean_;
}

void SerialSteps::Row::regress(const SerialSteps& steps, std::size_t i, double weight) {
  const double* y = steps.Y_.data() + i * steps.stride_;
  const double c = weight * steps.gain_[i] * product(a_.data(), y, steps.stride_);
  const double shrink = c * steps.alpha_[i];
  mean_ += c * steps.d_[i];
  for (int k = 0; k < steps.stride_; ++k) a_[k] -= shrink * y[k];
}

void SerialSteps::Row::write(double* x) const {
  for (int k = 0; k < members_; ++k) x[k] = mean_ + a_[k];
}

}  // namespace tilth
