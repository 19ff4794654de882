#pragma once

#include "driver/calibrate/run_pool.hpp"
#include "driver/calibrate/site_cost.hpp"

namespace tilth {

/// Derivatives of a run that say something about sets nearby.
struct SoundDerivatives {
  SiteDerivatives run;
  bool exact = true;  ///< else by differences of runs
};

/// Derivatives of the run at z: exact where the runs have them, else by differences. Exact ones that would change the
/// predictions by many times the misfit within a prior standard deviation are held against differences over
/// `wide_difference`; where those disagree, as in a run that passes a point of instability or whose derivatives are not
/// finite, they stand in. All not-a-number: the run failed.
SoundDerivatives sound_derivatives(const SiteRuns& runs, const SiteCost& cost, const RunTask& task);

inline constexpr double narrow_difference = 1e-3, wide_difference = 0.05;  ///< prior standard deviations

/// Sets whose differences make derivatives at z: z itself, then two per parameter, within the box.
calibration::Matrix difference_sets(const calibration::Box& box, const calibration::Vector& z, double step);
/// Derivatives (value x parameter) from the values at these sets, as rows; one-sided where a row is not finite, 0 where
/// both are. @pre the first row is finite
calibration::Matrix difference_slopes(const calibration::Matrix& sets, const calibration::Matrix& values);

}  // namespace tilth
