#pragma once

#include <span>
#include <vector>

#include "assim/distribution/bnrh.hpp"

namespace tilth {

// Likelihood of every member given an observation y of this error variance, divided by its sum over the members, so
// that an observation however far away never leaves all of them at zero.

/// Normal density of y about the member.
std::vector<double> gaussian_likelihood(std::span<const double> members, double y, double variance);

/// Normal density of y about the member, divided by the normal mass inside the bounds (an instrument that never reports
/// a value outside them). @pre the members lie within the bounds
std::vector<double> truncated_gaussian_likelihood(std::span<const double> members, double y, double variance,
                                                  const Bounds& bounds);

/// Posterior members of an observed quantity (quantile-conserving filter; Anderson 2022, Monthly Weather Review 150).
///
/// `likelihood` is that of the prior's members, in their order, up to a factor. The mass of an inner bin is weighted by
/// the mean of its ends, a tail by its extreme member; inside a bin the prior's shape is kept; every member moves to
/// its prior quantile in the posterior. Tied members stay tied. Throws where the likelihood is negative, not finite or
/// zero everywhere. Cost O(N log N).
std::vector<double> bnrh_update(const Bnrh& prior, std::span<const double> likelihood);

/// Posterior distribution function at the prior's sorted members (the bins' masses summed up).
std::vector<double> bnrh_posterior_cdf(const Bnrh& prior, std::span<const double> likelihood);

}  // namespace tilth
