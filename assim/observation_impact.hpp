#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "assim/methods/analysis_method.hpp"

namespace tilth {

// Impact of observations on a quadratic error, from one analysis and the forecasts that follow it (Kalnay et al. 2012,
// Tellus A 64, 18462, eq. 6). Letters: X_b (rows x N) prior anomalies, Y (obs x N) those of predictions, d departures,
// R error variances (divided by the taper), A = p I + Y' R^-1 Y with the prior weight p of the method, so that the
// analysis moves the mean by X_b w, w = A^-1 Y' R^-1 d (Hunt et al. 2007). With e_a and e_b the errors of the two means
// and a norm C,
//     |e_a|^2 - |e_b|^2 = (e_a + e_b)' C (e_a - e_b) = g' w = sum_i d_i / R_i y_i' A^-1 g,   g = X_b' C (e_a + e_b).
// The published form has the anomalies of the analysis, X_a Y_a' / (N - 1), in place of X_b A^-1 Y'; both are the same
// gain, but this one also holds where the anomalies of the analysis are relaxed or inflated afterwards. At a lead time
// X_b stands for the anomalies of the forecast from the prior members.

/// The weight p of the prior in A that a method uses with N members: N - 1 unless it inflates. Found by an analysis of
/// one observation.
double prior_weight(const AnalysisMethod& method, int members);

/// Y' R^-1 Y of a local problem (the other statistics stay 0).
ObsGram anomaly_gram(const ObsSpace& space, const LocalProblem& problem);

/// A^-1 g. @pre prior_weight > 0, g has as many values as there are members
std::vector<double> gain_sensitivity(const ObsGram& gram, double prior_weight, std::span<const double> g);

/// The share of observation i: taper / variance d y' v with v = A^-1 g. Negative: it made the error smaller.
double impact(const ObsSpace& space, std::int32_t i, double taper, std::span<const double> v);

/// Degrees of freedom for signal of an observation, the diagonal of HK (Cardinali et al. 2004; Liu et al. 2009 from
/// the spread of its prediction by the analysis, which must not be relaxed). `weight`: what multiplied 1 / error^2.
double signal(double posterior_sd, double error_sd, double weight = 1.0);

/// Rank correlation of Spearman: that of the ranks, ties with their mean rank. NaN with fewer than two pairs or without
/// differences. @pre as many of both
double rank_correlation(std::span<const double> a, std::span<const double> b);

}  // namespace tilth
