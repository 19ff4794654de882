#include "assim/block_bootstrap.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace tilth {

BlockBootstrap::BlockBootstrap(const Random& random, std::int64_t purpose, int records, int block, int replicates)
    : records_(records), times_(std::size_t(records) * std::size_t(replicates), 0.0) {
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
  double mean = 0.0, variance = 0.0, lagged = 0.0;
  for (const double v : x) mean += v / double(n);
  for (std::size_t i = 0; i < n; ++i) {
    variance += (x[i] - mean) * (x[i] - mean);
    if (i > 0) lagged += (x[i] - mean) * (x[i - 1] - mean);
  }
  return variance > 0.0 ? lagged / variance : 0.0;
}

int block_length(std::span<const double> sequence) {
  const double n = double(sequence.size());
  const double rho = std::clamp(lag1_autocorrelation(sequence), 0.0, 0.99);
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
  const auto quantile = [&values](double p) {
    const double at = p * double(values.size() - 1);
    const std::size_t i = std::min(std::size_t(at), values.size() - 1), j = std::min(i + 1, values.size() - 1);
    return values[i] + (at - double(i)) * (values[j] - values[i]);
  };
  return {quantile(0.5 * (1.0 - confidence)), quantile(0.5 * (1.0 + confidence))};
}

}  // namespace tilth
