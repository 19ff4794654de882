#pragma once

#include "assim/methods/analysis_method.hpp"

namespace tilth {

/// The local ensemble transform Kalman filter (Hunt et al. 2007) in as few lines as possible: one problem, an
/// eigenvalue decomposition, no care for speed. The fast solver is tested against it.
///
/// `inflation` multiplies the prior covariance in ensemble space. A problem without observations is left as it is.
void letkf_reference(const ObsSpace& space, const LocalProblem& problem, double inflation);

/// The same from the statistics of the observations.
void letkf_reference(const ObsGram& gram, int members, std::span<double* const> rows, double inflation);

}  // namespace tilth
