#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/parallel/comm.hpp"

namespace tilth {

/// Names in a file of observations with the members' predictions, of any origin.
struct PredictedFileOptions {
  std::string path;
  std::string value = "value", error_sd = "error_sd", covariance = "error_covariance";
  std::string hx = "hx", hx_mean = "hx_mean", perturbation = "perturbation";
  std::string id = "id", type = "type", level = "level";
  std::string member_dimension = "member";
  bool need_hx = true;  ///< false: an external command makes the predictions
};

/// This rank's slab of the observations, in file order over the ranks; optional lists are empty where absent.
struct PredictedObservations {
  std::int64_t total = 0, begin = 0;  ///< over all ranks; number of the first one here
  int members = 0;                    ///< 0: no predictions
  std::vector<std::int64_t> id;       ///< unique over all ranks
  std::vector<double> value, error_sd, lon, lat, x, level, hx_mean;
  std::vector<std::string> type;
  std::vector<double> hx;                         ///< [obs][member]
  std::vector<std::vector<double>> perturbation;  ///< of each pass [obs][member]; one for all passes, or none
  bool has_covariance = false;
  std::size_t size() const { return value.size(); }
};

/// Reads this rank's slab. `Error` for what is missing (with a suggestion), for dimensions that do not fit, values that
/// are not finite, errors that are not positive and ids that occur twice. Collective.
PredictedObservations read_predicted(const Comm& comm, const PredictedFileOptions& options);

/// The error covariance (total x total) on the root, nothing elsewhere; `Error` unless square, finite and symmetric.
/// Collective.
std::vector<double> read_error_covariance(const Comm& comm, const PredictedFileOptions& options, std::int64_t total);

/// Replaces hx and hx_mean by those of another file with the same observations in the same order. Collective.
void read_predictions(const Comm& comm, const PredictedFileOptions& options, PredictedObservations& observations);

}  // namespace tilth
