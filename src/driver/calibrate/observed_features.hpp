#pragma once

#include <string>
#include <vector>

#include "assim/calibration/cost/metrics.hpp"
#include "driver/calibrate/observed_feature.hpp"
#include "driver/calibrate/site_runs.hpp"

namespace tilth {

/// Features of the training observations of each stream at a site, and the same of predictions of them: mean, rmse and,
/// where the observations lie on enough days of the year, peak, peak_day, trough, amplitude, spring_slope and
/// autumn_slope of the mean seasonal cycle. A value that errors turn into another one by a bias is corrected for it;
/// rmse is compared with that of a perfect model, the root of the mean error variance.
class ObservedFeatures {
 public:
  /// Errors are taken as independent; draws are keyed by the observation. `runs` must outlive this.
  ObservedFeatures(const SiteRuns& runs, int site);

  const std::vector<ObservedFeature>& list() const { return list_; }
  /// Of predictions of all observations of the site, in the order of `list`.
  calibration::Vector of(const calibration::Vector& predictions) const;

 private:
  /// Training observations of a stream.
  struct Stream {
    std::vector<calibration::Index> rows;
    std::vector<std::int64_t> ids;
    calibration::DailySeries observed;
    calibration::Vector error_sd;
    bool seasonal = false;
  };
  std::vector<double> features(const Stream& stream, const calibration::Vector& values) const;
  void describe(const Stream& stream, const std::string& name, std::int64_t point);

  std::vector<Stream> streams_;
  std::vector<ObservedFeature> list_;
};

}  // namespace tilth
