#include "assim/calibration/history/implausibility.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"

namespace tilth::calibration {

double implausibility(const Target& target, double mean, double emulator_variance) {
  const double difference = std::abs(target.value - mean);
  const double variance = target.observation_variance + target.structural_variance + emulator_variance;
  if (variance <= 0.0) return difference == 0.0 ? 0.0 : INFINITY;
  return difference / std::sqrt(variance);
}

Matrix implausibilities(const std::vector<Target>& targets, const Matrix& mean, const Matrix& variance) {
  require(mean.cols() == Index(targets.size()) && variance.cols() == mean.cols() && variance.rows() == mean.rows(),
          "implausibility: ", mean.cols(), " metrics for ", targets.size(), " targets");
  Matrix out(mean.rows(), mean.cols());
  for (Index i = 0; i < mean.rows(); ++i)
    for (Index m = 0; m < mean.cols(); ++m)
      out(i, m) = implausibility(targets[std::size_t(m)], mean(i, m), variance(i, m));
  return out;
}

Vector nth_largest(const Matrix& implausibility, int nth) {
  require(nth >= 1 && nth <= implausibility.cols(), "implausibility: the ", nth, ". largest of ", implausibility.cols(),
          " metrics; must be 1 to ", implausibility.cols());
  Vector out(implausibility.rows());
  for (Index i = 0; i < out.size(); ++i) {
    Vector row = implausibility.row(i).transpose();
    std::nth_element(row.begin(), row.begin() + (nth - 1), row.end(), std::greater<>());
    out(i) = row(nth - 1);
  }
  return out;
}

}  // namespace tilth::calibration
