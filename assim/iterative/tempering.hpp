#pragma once

#include <memory>

#include "assim/methods/analysis_method.hpp"

namespace tilth {

// Methods that assimilate the same observations in several steps, each with the error covariance multiplied by alpha.

/// The choice `update` of the analysis of one step, among the methods whose posterior covariance is that of the Kalman
/// filter; others would not end at it.
struct TemperedUpdate {
  Choice<AnalysisMethod> choice{"letkf", {}};
  void describe(Schema& s);
};

/// The statistics of the same observations with the error covariance alpha R.
ObsGram with_error_factor(const ObsGram& gram, double alpha);

}  // namespace tilth
