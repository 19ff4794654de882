#include "assim/block_bootstrap.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "core/base/normal.hpp"
#include "core/base/quantile.hpp"
#include "core/base/scalar_log.hpp"
#include "core/base/simd/math.hpp"

namespace tilth {

BlockBootstrap::BlockBootstrap(const Random& random, std::int64_t purpose, int records, int block, int replicates)
    : records_(records), block_(block), times_(std::size_t(records) * std::size_t(replicates), 0.0) {
  assert(records >= 1 && block >= 1 && block <= records);
  const int starts = records - block + 1;
  for (int b = 0; b < replicates; ++b) {
    double* times = times_.data() + std::size_t(b) * records_;
    for (int filled = 0, k = 0; filled < records; ++k) {
      const int start = std::min(int(random.uniform({b, purpose, k, 0}) * starts), starts - 1);
      const int length = std::min(block, records - filled);
      for (int i = 0; i < length; ++i) times[start + i] += 1.0;
      filled += length;
    }
  }
}

double lag1_autocorrelation(std::span<const double> x) {
  const std::size_t n = x.size();
  if (n < 3) return 0.0;
  double mean = 0.0, variance = 0.0, lagged = 0.0;  // of x less its first value: exactly 0 where none differ
  for (const double v : x) mean += (v - x[0]) / double(n);
  const auto departure = [&](std::size_t i) { return x[i] - x[0] - mean; };
  for (std::size_t i = 0; i < n; ++i) {
    variance += departure(i) * departure(i);
    if (i > 0) lagged += departure(i) * departure(i - 1);
  }
  return variance > 0.0 ? lagged / variance : 0.0;
}

int block_length(std::span<const double> sequence) {
  const double n = double(sequence.size());
  const double shown = lag1_autocorrelation(sequence);
  const double rho = shown == 0.0 ? 0.0 : std::clamp(shown + (1.0 + 4.0 * shown) / n, 0.0, 0.99);
  const double exponent = 2.0 / 3.0 * (1.0 - (1.0 - rho) / (1.0 + rho));
  const int most = std::max(1, int(sequence.size()) / 3);
  int length = 1;  // the smallest L that is not below the right-hand side, which falls with L
  while (length < most && double(length) < std::pow(n - length + 1.0, exponent)) ++length;
  return length;
}

Interval percentile_interval(std::vector<double> values, double confidence) {
  const double all = double(values.size());
  std::erase_if(values, [](double v) { return !std::isfinite(v); });
  if (values.empty() || double(values.size()) < 0.9 * all)
    return {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
  std::sort(values.begin(), values.end());
  return {sorted_quantile(values, 0.5 * (1.0 - confidence)), sorted_quantile(values, 0.5 * (1.0 + confidence))};
}

double student_quantile(double p, double freedom) {
  const double z = normal_quantile(p), z2 = z * z, v = freedom;
  const double g1 = (z2 + 1.0) / 4.0, g2 = ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0;
  const double g3 = (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0;
  const double g4 = ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) / 92160.0;
  return z * (1.0 + (g1 + (g2 + (g3 + g4 / v) / v) / v) / v);
}

namespace {

double on_scale(IntervalScale scale, double x) {
  switch (scale) {
    case IntervalScale::positive:
      return scalar_log(x);
    case IntervalScale::below_one:
      return -scalar_log(1.0 - x);
    case IntervalScale::correlation:
      return 0.5 * (scalar_log(1.0 + x) - scalar_log(1.0 - x));
    case IntervalScale::share:
      return scalar_log(x) - scalar_log(1.0 - x);
    default:
      return x;
  }
}

double from_scale(IntervalScale scale, double y) {
  switch (scale) {
    case IntervalScale::positive:
      return simd::exp(y);
    case IntervalScale::below_one:
      return 1.0 - simd::exp(-y);
    case IntervalScale::correlation:
      return 2.0 / (1.0 + simd::exp(-2.0 * y)) - 1.0;
    case IntervalScale::share:
      return 1.0 / (1.0 + simd::exp(-y));
    default:
      return y;
  }
}

}  // namespace

Interval bootstrap_interval(double value, std::vector<double> replicates, double blocks, IntervalScale scale,
                            double confidence) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN(), fewest_blocks = 1.5;
  const Interval plain = percentile_interval(std::move(replicates), confidence);
  if (!std::isfinite(value) || !(blocks > fewest_blocks)) return {none, none};
  const double y = on_scale(scale, value), low = on_scale(scale, plain.low), high = on_scale(scale, plain.high);
  if (!std::isfinite(y) || !std::isfinite(low) || !std::isfinite(high)) return plain;
  const double upper = 0.5 * (1.0 + confidence);
  const double stretch =
      std::sqrt(blocks / (blocks - 1.0)) * student_quantile(upper, blocks - 1.0) / normal_quantile(upper);
  return {from_scale(scale, y - stretch * (high - y)), from_scale(scale, y - stretch * (low - y))};
}

}  // namespace tilth
