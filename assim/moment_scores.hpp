#pragma once

#include <array>
#include <string>
#include <string_view>

#include "assim/block_bootstrap.hpp"

namespace tilth {

// Scores of a forecast m of something whose true or observed value is o, from weighted sums over cases: sums can be
// added over cells, times and ranks, and drawn again by a bootstrap.

/// Weighted sums. Second moments are about the time mean of each cell, so that they tell of variation in time and not
/// of the map.
struct Moments {
  double weight = 0.0;
  double error = 0.0, square = 0.0;                                     ///< of m - o, its square
  double forecast = 0.0, truth = 0.0;                                   ///< of m, o
  double forecast_variance = 0.0, truth_variance = 0.0, product = 0.0;  ///< of m'm', o'o', m'o'
  double error_variance = 0.0;                                          ///< of (m' - o')^2
  double anomaly_forecast = 0.0, anomaly_truth = 0.0, anomalies = 0.0;  ///< the same of departures from a climatology
  double spread = 0.0;                                                  ///< of the ensemble variance
  double observation = 0.0;                                             ///< of the error variance of o
  double inside = 0.0;                                                  ///< 1 where o is inside the 5-95 % interval
  double crps = 0.0, crps_fair = 0.0;
  double inside_known = 0.0, crps_known = 0.0, crps_fair_known = 0.0;  ///< 1 where each of these three is known, else 0

  static constexpr int count = 20;
  double* begin() { return &weight; }
  const double* begin() const { return &weight; }
};

/// Scores that moments give, and those of a pair of forecasts.
enum class Score {
  rmse,
  bias,
  ubrmse,
  r,
  anomaly_r,
  nse,
  kge,
  crps,
  crps_fair,
  spread,
  spread_skill,
  coverage90,
  roc_area,
  skill_open_loop,
  skill_climatology
};
inline constexpr int score_count = 15;
extern const std::array<std::string_view, score_count> score_names;

/// Of `Score`s by number; NaN where one is not defined.
using ScoreValues = std::array<double, score_count>;

/// Scores of the sums; `members`: size of the ensemble, for the spread a reliable one of that size shows (0: not one).
/// Scores of pairs and roc_area are left NaN. NaN where there is no case, or no variance to compare with; of one
/// member, what tells of its spread.
ScoreValues scores_of(const Moments& sums, int members);

/// Kling-Gupta efficiency (Gupta et al. 2009, eq. 9): 1 - sqrt((r - 1)^2 + (alpha - 1)^2 + (beta - 1)^2) with alpha the
/// ratio of the standard deviations and beta that of the means.
double kling_gupta(double r, double alpha, double beta);

/// Skill of a mean square error against that of a reference: 1 - a / b (Murphy 1988); NaN where b is 0.
double skill_of(double square_error, double reference);

/// Distance from what is perfect: of an error its magnitude, of a correlation 1 - r, of a coverage abs(c - 0.9).
double loss(Score score, double value);

/// The scale of its confidence intervals.
IntervalScale interval_scale(Score score);

}  // namespace tilth
