#pragma once

#include <string>
#include <vector>

#include "driver/calibrate/emulator_options.hpp"
#include "driver/calibrate/methods/feature_targets.hpp"

namespace tilth {

/// Results of runs as a table to emulate, with what they should be.
struct EmulatedOutputs {
  calibration::Matrix z, outputs;        ///< set x parameter, set x output
  calibration::Vector target, variance;  ///< per output; of the errors with which it is known
  std::vector<std::string> names;
  double explained = 1.0;  ///< part of the variance of the results that the outputs hold
};

/// The leading principal components of whitened departures, which should be 0 with an error variance of 1 each: as many
/// as explain `part` of their variance, at most `most`. Failed runs are left out.
EmulatedOutputs component_outputs(const calibration::Matrix& z, const std::vector<SetResult>& results, double part,
                                  calibration::Index most);
/// The features themselves.
EmulatedOutputs feature_outputs(const calibration::Matrix& z, const std::vector<SetResult>& results,
                                const FeatureTargets& targets);

/// Minus the logarithm of a posterior density in which emulators stand for the model and their variances count:
/// 1/2 sum ((t - m)^2 / (r + v) + log(r + v)) + 1/2 z' B^-1 z. An output whose emulator fails its gate is left out.
class EmulatedPosterior {
 public:
  EmulatedPosterior(const calibration::Box& box, const EmulatedOutputs& outputs, const calibration::Matrix& prior,
                    const EmulatorSettings& settings, std::uint64_t seed);

  calibration::Vector value(const calibration::Matrix& z) const;
  /// Checks of the outputs, and whether each is used.
  const std::vector<calibration::EmulatorCheck>& checks() const { return checks_; }
  const std::vector<bool>& used() const { return used_; }
  bool usable() const;  ///< some output is used

 private:
  std::vector<calibration::Emulator> emulators_;  // of those used
  std::vector<double> target_, variance_;         // of those used
  std::vector<calibration::EmulatorCheck> checks_;
  std::vector<bool> used_;
  Eigen::LLT<Eigen::MatrixXd> prior_;
};

}  // namespace tilth
