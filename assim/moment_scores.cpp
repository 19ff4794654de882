#include "assim/moment_scores.hpp"

#include <cmath>
#include <limits>

namespace tilth {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr double nominal_coverage = 0.9;

double correlation(double product, double a, double b) {
  return a > 0.0 && b > 0.0 ? product / (std::sqrt(a) * std::sqrt(b)) : none;
}

}  // namespace

const std::array<std::string_view, score_count> score_names{"rmse",
                                                            "bias",
                                                            "ubrmse",
                                                            "r",
                                                            "anomaly_r",
                                                            "nse",
                                                            "kge",
                                                            "crps",
                                                            "crps_fair",
                                                            "spread",
                                                            "spread_skill",
                                                            "coverage90",
                                                            "roc_area",
                                                            "skill_open_loop",
                                                            "skill_climatology"};

ScoreValues scores_of(const Moments& s, int members) {
  ScoreValues out;
  out.fill(none);
  if (!(s.weight > 0.0)) return out;
  const auto at = [&out](Score score) -> double& { return out[std::size_t(score)]; };
  const double square = s.square / s.weight, spread = s.spread / s.weight;
  at(Score::rmse) = std::sqrt(square);
  at(Score::bias) = s.error / s.weight;
  at(Score::ubrmse) = std::sqrt(s.error_variance / s.weight);
  at(Score::r) = correlation(s.product, s.forecast_variance, s.truth_variance);
  at(Score::anomaly_r) = correlation(s.anomalies, s.anomaly_forecast, s.anomaly_truth);
  if (s.truth_variance > 0.0) {
    at(Score::nse) = 1.0 - s.square / s.truth_variance;
    if (s.truth != 0.0 && s.forecast_variance > 0.0)
      at(Score::kge) =
          kling_gupta(at(Score::r), std::sqrt(s.forecast_variance / s.truth_variance), s.forecast / s.truth);
  }
  const auto mean_of = [](double sum, double weight) { return weight > 0.0 ? sum / weight : none; };
  at(Score::crps) = mean_of(s.crps, s.crps_known);
  if (members == 1) return out;
  at(Score::crps_fair) = mean_of(s.crps_fair, s.crps_fair_known);
  at(Score::spread) = std::sqrt(spread);
  // Fortin et al. 2014: the error of the mean of N members of a reliable ensemble is that of one more draw.
  const double larger = members > 0 ? (members + 1.0) / members : 1.0;
  if (square > 0.0) at(Score::spread_skill) = std::sqrt((larger * spread + s.observation / s.weight) / square);
  at(Score::coverage90) = mean_of(s.inside, s.inside_known);
  return out;
}

double kling_gupta(double r, double alpha, double beta) {
  return 1.0 - std::sqrt((r - 1.0) * (r - 1.0) + (alpha - 1.0) * (alpha - 1.0) + (beta - 1.0) * (beta - 1.0));
}

double skill_of(double square_error, double reference) {
  return reference > 0.0 ? 1.0 - square_error / reference : none;
}

double loss(Score score, double value) {
  switch (score) {
    case Score::r:
    case Score::anomaly_r:
    case Score::nse:
    case Score::kge:
    case Score::roc_area:
    case Score::skill_open_loop:
    case Score::skill_climatology:
      return 1.0 - value;
    case Score::spread_skill:
      return std::abs(value - 1.0);
    case Score::coverage90:
      return std::abs(value - nominal_coverage);
    default:
      return std::abs(value);
  }
}

IntervalScale interval_scale(Score score) {
  switch (score) {
    case Score::bias:
      return IntervalScale::plain;
    case Score::r:
    case Score::anomaly_r:
      return IntervalScale::correlation;
    case Score::nse:
    case Score::kge:
    case Score::skill_open_loop:
    case Score::skill_climatology:
      return IntervalScale::below_one;
    case Score::coverage90:
    case Score::roc_area:
      return IntervalScale::share;
    default:
      return IntervalScale::positive;
  }
}

}  // namespace tilth
