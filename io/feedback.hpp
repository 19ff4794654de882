#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "core/parallel/comm.hpp"
#include "io/attributes.hpp"

namespace tilth {

/// One row per observation of this rank; all vectors have the same length, except `members_prior`.
struct FeedbackColumns {
  std::vector<std::int64_t> id;    ///< unique over ranks
  std::vector<std::int32_t> type;  ///< index into the type names
  std::vector<Time> begin, end;
  std::vector<double> lon, lat;
  std::vector<std::int64_t> point;      ///< grid point compared with, -1: none
  std::vector<double> view_zenith_deg;  ///< angle of the instrument's view, NaN: not given; written when any is
  std::vector<double> value, error_sd;
  std::vector<double> weight;       ///< factor on the inverse error variance, from robust quality control; 1: none
  std::vector<std::uint32_t> flag;  ///< QcFlag bits
  std::vector<double> prior_mean, prior_sd, posterior_mean, posterior_sd;  ///< NaN: no prediction
  /// Of the value among the members' predictions with drawn observation errors; NaN: no prediction. The rank is the
  /// share of members below it, (number + 1/2) / (N + 1).
  std::vector<double> prior_crps, prior_crps_fair, prior_rank;
  int members = 0;                    ///< 0: members are not written
  std::vector<double> members_prior;  ///< [obs][members]

  std::size_t size() const { return id.size(); }
  /// Room for n rows, all arrays.
  void resize(std::size_t n);
};

/// Writes all ranks' rows in the order of their id, aside first, then renamed. Predictions that are not finite are
/// written as fill values. The attribute `bias_corrected` names types whose values are corrected, with blanks between
/// them. `Error` for an id used twice. Collective.
void write_feedback(const Comm& comm, const std::string& path, const FeedbackColumns& columns,
                    std::span<const std::string> type_names, const Attributes& attributes = {});

/// What `read_feedback` returns: this rank's slab of rows and the names of the types.
struct Feedback {
  FeedbackColumns columns;
  std::vector<std::string> type_names;
  std::vector<std::string> corrected;  ///< types that `bias_corrected` names
};
Feedback read_feedback(const Comm& comm, const std::string& path);

}  // namespace tilth
