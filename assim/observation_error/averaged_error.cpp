#include "assim/observation_error/averaged_error.hpp"

#include <cmath>

namespace tilth {

double ErrorCorrelation::between(Time a, Time b) const {
  return time_s > 0.0 ? correlation * std::exp(-std::abs(double(a - b)) / time_s) : correlation;
}

double averaged_error_sd(std::span<const double> weight, std::span<const double> error_sd, std::span<const Time> time,
                         const ErrorCorrelation& correlation) {
  double variance = 0.0;
  for (std::size_t i = 0; i < weight.size(); ++i) {
    const double own = weight[i] * error_sd[i];
    variance += own * own;
    for (std::size_t j = 0; j < i; ++j)
      variance += 2.0 * own * weight[j] * error_sd[j] * correlation.between(time[i], time[j]);
  }
  return std::sqrt(variance);
}

}  // namespace tilth
