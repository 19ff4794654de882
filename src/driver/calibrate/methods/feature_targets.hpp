#pragma once

#include <string>
#include <vector>

#include "assim/calibration/history/implausibility.hpp"
#include "driver/calibrate/methods/calibration_method.hpp"

namespace tilth {

/// One item of `targets:`; negative or not-a-number: from the observations.
struct TargetOptions {
  std::string name;  ///< of a feature (gpp.mean), or its word for all streams (mean)
  double value = std::numeric_limits<double>::quiet_NaN();
  double observation_sd = -1.0, structural_sd = -1.0;
  void describe(Schema& s);
};
/// Features that a problem is compared by.
struct FeatureTargets {
  std::vector<calibration::Index> features;  ///< of SearchSetting::features
  std::vector<std::string> names;
  std::vector<calibration::Target> targets;

  /// Results of a set as a row of these features; not-a-number for a failed run.
  calibration::Vector row(const SetResult& result) const;
};

/// The features of a problem that `wanted` names; without any: mean and amplitude. `structural`: standard deviation of
/// what no parameters can repair, in sizes of a difference that matters, where a target does not say. @throws Error for
/// a name without a feature
FeatureTargets feature_targets(const SearchSetting& setting, const std::vector<TargetOptions>& wanted,
                               double structural);

}  // namespace tilth
