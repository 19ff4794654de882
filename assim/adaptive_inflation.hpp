#pragma once

namespace tilth {

/// Estimate of the covariance inflation of one row: mean and spread of its distribution.
struct InflationEstimate {
  double lambda = 1.0;  ///< factor on the prior variance
  double sd = 0.6;
};

/// What one observation tells about a row's inflation. Variances and the departure are in the units of the observation.
struct InflationEvidence {
  double prior_variance = 0.0;  ///< of the ensemble's predictions, not inflated
  double error_variance = 0.0;
  double departure = 0.0;  ///< observation minus mean prediction
  double gamma = 1.0;      ///< taper times |correlation| of row and prediction, 0 ... 1
};

/// Bounds and memory of the adaptive estimate.
struct InflationLimits {
  double lower = 1.0, upper = 100.0;  ///< of lambda, both positive; a lower bound below 1 allows deflation
  double least_sd = 0.6;              ///< the estimate never becomes surer than this
};

/// Expected departure variance at an inflation lambda: (1 + gamma (sqrt(lambda) - 1))^2 prior + error variance
/// (Anderson 2009).
double departure_variance(double lambda, const InflationEvidence& evidence);

/// Mode over lambda > 0 of N(departure; 0, departure_variance) N(lambda; prior.lambda, prior.sd^2): exact, no
/// linearisation (Anderson 2009, Tellus A 61; El Gharamti 2018, Monthly Weather Review 146). @pre prior.lambda and
/// variances > 0
double inflation_mode(const InflationEstimate& prior, const InflationEvidence& evidence);

/// One Bayesian step: the mode within the limits, and the spread of a normal distribution through the posterior at the
/// mode and one prior spread above it (Anderson 2009), never above the prior's. Without evidence (gamma, prior variance
/// or spread 0) the prior's bits. About half a microsecond.
InflationEstimate update_inflation(const InflationEstimate& prior, const InflationEvidence& evidence,
                                   const InflationLimits& limits);

/// Relaxation towards no inflation between cycles: 1 + damping (lambda - 1); damping 1 keeps, 0 forgets.
double damped_inflation(double lambda, double damping);

/// Sums over the observations of a window; they can be added over ranks.
struct InnovationSums {
  double squares = 0.0;  ///< d' R^-1 d
  double count = 0.0;    ///< p
  double spread = 0.0;   ///< tr(H P H' R^-1)
};
/// Adds one observation.
void add(InnovationSums& sums, double departure, double prior_variance, double error_variance);

/// Covariance inflation that makes the departures consistent, (d' R^-1 d - p) / tr(H P H' R^-1) (Wang & Bishop 2003);
/// may be negative. Throws without spread.
double innovation_inflation(const InnovationSums& sums);

/// Smoothed in time and never below 1: max(1, lambda + rate (max(estimate, 0) - lambda)).
double relaxed_inflation(double lambda, double estimate, double rate);

}  // namespace tilth
