#pragma once

#include "assim/calibration/types.hpp"

namespace tilth::calibration {

// Diagnostics of Markov chains (Vehtari et al. 2021, Bayesian Analysis 16) from the draws of one parameter, iteration x
// chain. Chains are split in halves, so that a trend within a chain counts as disagreement.

/// Potential scale reduction: the larger one of rank-normalised draws and of their folded form, which sees differences
/// of spread. Near 1 where chains agree; 1.01 is the usual limit. @pre at least 8 iterations
double split_rhat(const Matrix& draws);

/// Number of independent draws that would give as good a mean, of rank-normalised draws (bulk).
double bulk_ess(const Matrix& draws);
/// The smaller one for the 5 % and the 95 % quantile (tail).
double tail_ess(const Matrix& draws);
/// Of the mean of the draws as they are.
double mean_ess(const Matrix& draws);

}  // namespace tilth::calibration
