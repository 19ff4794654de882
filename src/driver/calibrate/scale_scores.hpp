#pragma once

#include <array>
#include <string>
#include <vector>

#include "driver/calibrate/site_runs.hpp"

namespace tilth {

/// Time scales that predictions are compared on. Means of a period count where observations cover at least half of it
/// (of a year, a third), over the same times on both sides. Interannual: yearly means without their mean over the
/// years.
enum class Scale { day, week, month, year, interannual };
inline constexpr int scale_count = 5;
extern const std::array<std::string, scale_count> scale_words;

/// Scores of predictions at one site; not-a-number where there are too few pairs or the observations do not vary.
struct ScaleScore {
  double n = 0.0, rmse = NAN, bias = NAN, r = NAN, nse = NAN, kge = NAN;
  static constexpr int count = 6;
  const double* begin() const { return &n; }
  double* begin() { return &n; }
};

/// Observations that train (flag 0) and those kept for validation (`qc_withheld` alone). Those of a stream that trains
/// nowhere at the site, as it is never assimilated, count where the nearest ones in time of the other streams do.
enum class Years { training, validation };
inline constexpr int years_count = 2;
extern const std::array<std::string, years_count> years_words;

/// Scores of every stream, set of years and scale, from predictions of all observations of a site.
class SiteScores {
 public:
  explicit SiteScores(int streams) : streams_(streams), scores_(std::size_t(streams) * years_count * scale_count) {}
  /// @param predictions as many as observations
  static SiteScores of(int streams, const std::vector<ObsRecord>& observations, const calibration::Vector& predictions);

  ScaleScore& at(int stream, Years years, Scale scale) { return scores_[index(stream, years, scale)]; }
  const ScaleScore& at(int stream, Years years, Scale scale) const { return scores_[index(stream, years, scale)]; }
  int streams() const { return streams_; }

  calibration::Vector numbers() const;
  /// Back from `numbers`; all scores of a failed run (a single number) are missing.
  static SiteScores from(int streams, const calibration::Vector& numbers);

 private:
  std::size_t index(int stream, Years years, Scale scale) const {
    return (std::size_t(stream) * years_count + std::size_t(years)) * scale_count + std::size_t(scale);
  }
  int streams_;
  std::vector<ScaleScore> scores_;
};

}  // namespace tilth
