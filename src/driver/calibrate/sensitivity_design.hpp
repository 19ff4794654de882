#pragma once

#include "assim/calibration/box.hpp"
#include "driver/calibrate/sensitivity_options.hpp"

namespace tilth {

/// Between the unit cube and coordinates z within bounds: evenly, or so that even points have a standard normal
/// distribution between the bounds.
class UnitScale {
 public:
  UnitScale(const calibration::Box& box, bool normal);
  calibration::Vector z(const calibration::Vector& unit) const;
  calibration::Vector unit(const calibration::Vector& z) const;

 private:
  calibration::Box box_;
  bool normal_;
  calibration::Vector below_, inside_;  // probabilities of the normal distribution
};

/// Rows of the design of a method in the unit cube; the parts it is made of (trajectories, base points) depend on their
/// number only, so that more of them continue fewer. `base`: where other parameters stay, one at a time.
struct MethodDesign {
  const SensitivityOptions& options;
  calibration::Index parameters;
  std::uint64_t seed;
  calibration::Vector base;

  calibration::Index part() const;   ///< rows of a part
  calibration::Index parts() const;  ///< asked for
  calibration::Matrix rows(calibration::Index first, calibration::Index count) const;
  calibration::SobolDesign sobol() const { return {parameters, options.sobol.second_order}; }
  /// @throws Error unless rows read from a file are whole parts of such a design; `file` starts the message
  void check(const calibration::Matrix& read, const std::string& file) const;
};

/// All rows to run at a site: those of `read` (may be empty), then as many as are asked for. On an emulator a Latin
/// hypercube, else the method's own design. @throws Error when `read` does not fit
calibration::Matrix run_design(const MethodDesign& design, const calibration::Matrix& read, const std::string& file);

}  // namespace tilth
