#include "assim/observation_error/robust_weights.hpp"

#include <algorithm>
#include <cmath>

#include "assim/inflation.hpp"
#include "assim/observation_error/place.hpp"

namespace tilth {

namespace {

constexpr double lowest_weight = 1e-6;  // keeps the error variance finite

// Huber's norm: quadratic up to the threshold, linear beyond.
double huber_weight(double departure, double total_sd, double threshold) {
  const double x = std::abs(departure) / total_sd;
  return x <= threshold ? 1.0 : threshold / x;
}

// Posterior probability of no gross error when gross errors are flat (Andersson & Jarvinen 1999, eq. 12); their odds
// are such that it is a half at the threshold.
double varqc_weight(double departure, double total_sd, double threshold) {
  const double x = departure / total_sd;
  return 1.0 / (1.0 + std::exp(0.5 * (x * x - threshold * threshold)));
}

}  // namespace

void apply_robust_weights(const ObsTable& table, int type, const RobustOptions& options, std::span<double> weight) {
  if (options.robust == "none") return;
  auto* const law = options.robust == "huber" ? huber_weight : varqc_weight;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (!is_used(table, i, type)) continue;
    const std::span<const double> hx(table.predictions(i), std::size_t(table.members));
    const double spread = member_spread(hx), departure = table.value[i] - member_mean(hx);
    const double total_sd = std::sqrt(spread * spread + table.error_sd[i] * table.error_sd[i]);
    weight[i] *= std::max(law(departure, total_sd, options.threshold), lowest_weight);
  }
}

}  // namespace tilth
