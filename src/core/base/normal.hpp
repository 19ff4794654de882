#pragma once

namespace tilth {

// The standard normal distribution from + - * / and square roots alone, so that its bits are the same on every CPU.

/// Density at x; relative error below 2e-15, zero beyond |x| = 37.5.
double normal_density(double x);

/// Probability of a value below x (Cody 1969); relative error below 2e-15 in both tails, zero below x = -37.5. The
/// upper tail of x is `normal_cdf(-x)`.
double normal_cdf(double x);

/// Inverse of `normal_cdf` (Wichura 1988, AS 241); relative error below 2e-15. 0 and 1 give -infinity and infinity,
/// anything outside them NaN.
double normal_quantile(double p);

}  // namespace tilth
