#include "assim/adaptive_inflation.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/base/error.hpp"
#include "core/base/scalar_log.hpp"

namespace tilth {
namespace {

double variance_at(double x, const InflationEvidence& evidence) {
  const double root = 1.0 + evidence.gamma * (x - 1.0);
  return root * root * evidence.prior_variance + evidence.error_variance;
}

/// Logarithm of the posterior density of lambda = x^2, and its slope in lambda, up to a constant.
struct Posterior {
  const InflationEstimate& prior;
  const InflationEvidence& evidence;

  double log_density(double x) const {
    const double v = variance_at(x, evidence), away = (x * x - prior.lambda) / prior.sd;
    return -0.5 * (scalar_log(v) + evidence.departure * evidence.departure / v + away * away);
  }
  /// Times x, which keeps it finite at 0 and does not move its roots.
  double slope(double x) const {
    const double v = variance_at(x, evidence), D2 = evidence.departure * evidence.departure;
    const double root = 1.0 + evidence.gamma * (x - 1.0);
    return 0.5 * root * evidence.gamma * evidence.prior_variance * (D2 - v) / (v * v) -
           x * (x * x - prior.lambda) / (prior.sd * prior.sd);
  }
  /// x at which the departure is as large as expected; 0 where it is always larger than that.
  double consistent() const {
    const double excess = evidence.departure * evidence.departure - evidence.error_variance;
    if (excess <= 0.0) return 0.0;
    return std::max(0.0, 1.0 + (std::sqrt(excess / evidence.prior_variance) - 1.0) / evidence.gamma);
  }
};

/// Root of the falling slope between two places where it is positive and negative, to round-off: false position with
/// halving (Illinois).
double falling_root(const Posterior& p, double low, double high) {
  constexpr int most_steps = 60;
  constexpr double round_off = 1e-15;
  double f_low = p.slope(low), f_high = p.slope(high), last = low;
  if (f_low <= 0.0) return low;
  if (f_high >= 0.0) return high;
  for (int i = 0, side = 0; i < most_steps; ++i) {
    double x = low + (high - low) * f_low / (f_low - f_high);
    if (i % 8 == 7 || !(x > low && x < high)) x = 0.5 * (low + high);  // never stuck at one end
    const double f = p.slope(x);
    if (f == 0.0 || std::abs(x - last) <= round_off * high) return x;
    last = x;
    if (f > 0.0) {
      low = x;
      f_low = f;
      if (side == 1) f_high *= 0.5;
      side = 1;
    } else {
      high = x;
      f_high = f;
      if (side == -1) f_low *= 0.5;
      side = -1;
    }
  }
  return last;
}

/// Mode below the prior mean, where the slope may have several roots: the best of the maxima that equal intervals show.
double mode_below(const Posterior& p, double low, double high) {
  constexpr int intervals = 16;
  low = std::max(low, 1e-6 * high);  // lambda stays positive; at 0 the slope times x may vanish without a maximum
  const double step = (high - low) / intervals;
  double best = low, left = low;
  int maxima = 0;
  bool rises = p.slope(low) > 0.0;
  if (!rises) maxima = 1;  // at the lower end
  for (int i = 1; i <= intervals; ++i) {
    const double right = i < intervals ? low + i * step : high;
    const bool rises_on = i < intervals && p.slope(right) > 0.0;  // at the prior mean it does not
    if (rises && !rises_on) {
      const double x = falling_root(p, left, right);
      if (++maxima == 1 || p.log_density(x) > p.log_density(best)) best = x;
    }
    rises = rises_on;
    left = right;
  }
  return best;
}

}  // namespace

double departure_variance(double lambda, const InflationEvidence& evidence) {
  return variance_at(std::sqrt(lambda), evidence);
}

double inflation_mode(const InflationEstimate& prior, const InflationEvidence& evidence) {
  assert(prior.lambda > 0.0 && evidence.prior_variance >= 0.0 && evidence.error_variance > 0.0);
  if (!(prior.sd > 0.0 && evidence.gamma > 0.0 && evidence.prior_variance > 0.0)) return prior.lambda;
  const Posterior p{prior, evidence};
  // Between the prior mean and the lambda at which the departure is expected, density and likelihood pull against each
  // other; outside, both fall. Above the prior mean the slope falls throughout, so it has one root there.
  const double x0 = std::sqrt(prior.lambda), x1 = p.consistent();
  const double x = x1 >= x0 ? falling_root(p, x0, x1) : mode_below(p, x1, x0);
  return x * x;
}

InflationEstimate update_inflation(const InflationEstimate& prior, const InflationEvidence& evidence,
                                   const InflationLimits& limits) {
  require(prior.lambda > 0.0 && prior.sd >= 0.0 && std::isfinite(evidence.departure), "adaptive inflation of ",
          prior.lambda, " with spread ", prior.sd, " and a departure of ", evidence.departure,
          "; inflation must be positive, the departure finite");
  if (!(prior.sd > 0.0 && evidence.gamma > 0.0 && evidence.prior_variance > 0.0)) return prior;
  InflationEstimate posterior = prior;
  posterior.lambda = std::clamp(inflation_mode(prior, evidence), limits.lower, limits.upper);
  if (prior.sd <= limits.least_sd) return posterior;
  // Normal distribution with this ratio of densities one prior spread apart (Anderson 2009).
  const Posterior p{prior, evidence};
  const double log_ratio =
      p.log_density(std::sqrt(posterior.lambda + prior.sd)) - p.log_density(std::sqrt(posterior.lambda));
  if (log_ratio < 0.0) {
    const double sd = prior.sd / std::sqrt(-2.0 * log_ratio);
    posterior.sd = std::clamp(sd, limits.least_sd, prior.sd);
  }
  return posterior;
}

double damped_inflation(double lambda, double damping) { return 1.0 + damping * (lambda - 1.0); }

void add(InnovationSums& sums, double departure, double prior_variance, double error_variance) {
  assert(error_variance > 0.0);
  sums.squares += departure * departure / error_variance;
  sums.count += 1.0;
  sums.spread += prior_variance / error_variance;
}

double innovation_inflation(const InnovationSums& sums) {
  require(sums.spread > 0.0, "inflation from ", sums.count, " innovations without ensemble spread");
  return (sums.squares - sums.count) / sums.spread;
}

double relaxed_inflation(double lambda, double estimate, double rate) {
  return std::max(1.0, lambda + rate * (std::max(estimate, 0.0) - lambda));
}

}  // namespace tilth
