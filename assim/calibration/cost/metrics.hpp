#pragma once

#include "assim/calibration/types.hpp"

namespace tilth::calibration {

// Metrics of a simulated against an observed series, over pairs in which the observation is present. A simulated value
// that is not finite where an observation is present makes the metric not-a-number (a failed run).

/// Pairs with an observation.
Index pairs(const Vector& observed);
/// Root mean square of simulated - observed. Not-a-number without pairs, as the others.
double rmse(const Vector& simulated, const Vector& observed);
/// Mean of simulated - observed.
double bias(const Vector& simulated, const Vector& observed);

/// A daily series with its calendar; not-a-number is a missing day.
struct DailySeries {
  Vector value;
  std::vector<int> year, day_of_year;  ///< of each value; 1 to 366
};

/// Mean over the years for each day 1 to 365 (day 366 counts as 365), gaps interpolated around the year, smoothed by a
/// running mean of an odd number of days. @throws Error for fewer than 30 days with values
Vector mean_cycle(const DailySeries& series, int smoothing_days = 15);

/// Features of a seasonal cycle.
struct SeasonalFeatures {
  double peak = 0.0, trough = 0.0;  ///< largest and smallest value of the cycle
  int peak_day = 0, trough_day = 0;
  double amplitude = 0.0;     ///< peak - trough
  double spring_slope = 0.0;  ///< per day: regression from the last time before the peak that the cycle leaves 25 %
                              ///< of the amplitude to where it reaches 75 %
  double autumn_slope = 0.0;  ///< the same after the peak, from 75 % down to 25 %
};
SeasonalFeatures seasonal_features(const Vector& cycle);

struct AnnualSum {
  int year = 0;
  double sum = 0.0;  ///< scaled to all days of the year; not-a-number with too few
  int days = 0;      ///< with a value
};
/// Sums per calendar year, ascending. Years with less than `least_part` of their days have none.
std::vector<AnnualSum> annual_sums(const DailySeries& series, double least_part = 0.9);

}  // namespace tilth::calibration
