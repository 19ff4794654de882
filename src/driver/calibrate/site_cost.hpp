#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assim/calibration/cost/cost_function.hpp"
#include "driver/calibrate/site_runs.hpp"

namespace tilth {

/// How the observations of a stream count in J.
struct StreamRule {
  double weight = 1.0;
  std::int64_t correlation_time_s = 0;  ///< of the errors; 0: independent
};

/// Observations of a stream: in J, kept for validation, flagged.
struct StreamCount {
  std::int64_t used = 0, withheld = 0, missing = 0;
};

/// The observation term of J at one site. Numbers are those that a journal keeps.
class SiteCost {
 public:
  SiteCost(const SiteRuns& runs, int site, const std::vector<StreamRule>& rules);

  /// Chi2 of each stream.
  calibration::Vector chi2(const calibration::Vector& predictions) const;
  /// Chi2 of each stream, then the derivatives of the term.
  calibration::Vector gradient(const SiteDerivatives& run) const;
  /// Chi2 of each stream, then a system of n + 1 residuals for n parameters by rows, derivatives first, with the value,
  /// gradient and Gauss-Newton matrix of all.
  calibration::Vector least_squares(const SiteDerivatives& run) const;
  /// Whitened and weighted, prediction - observation, of all that is used.
  calibration::Vector departures(const calibration::Vector& predictions) const;

  /// Derivatives of the departures (used observation x parameter) from those of the predictions.
  calibration::Matrix whitened(const calibration::Matrix& jacobian) const;

  calibration::Index used() const { return cost_ ? cost_->used() : 0; }
  const std::vector<StreamCount>& counts() const { return counts_; }

 private:
  std::vector<StreamCount> counts_;
  std::vector<std::size_t> streams_;               // with observations, in the order of the cost function
  std::optional<calibration::CostFunction> cost_;  // none without observations
  calibration::Vector zero_;                       // where the background is least
};

/// The R of the QR factorisation of rows [derivatives, residual]: as many rows as columns, zeros below.
calibration::Matrix compressed(const calibration::Matrix& rows);

}  // namespace tilth
