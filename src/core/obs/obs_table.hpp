#pragma once

#include <cstdint>
#include <vector>

#include "core/base/aligned.hpp"
#include "core/base/time.hpp"

namespace tilth {

/// Why an observation is not used; bits, 0 = used. Kept in feedback files.
enum QcFlag : std::uint32_t {
  qc_used = 0,
  qc_outside_domain = 1u << 0,  ///< no land point within reach
  qc_outside_time = 1u << 1,    ///< outside the run
  qc_bad_value = 1u << 2,       ///< missing, not finite or outside the valid range
  qc_bad_quality = 1u << 3,     ///< the file's own quality flag
  qc_snow = 1u << 4,
  qc_frozen = 1u << 5,
  qc_dense_vegetation = 1u << 6,
  qc_background = 1u << 7,     ///< departure too large for spread and error
  qc_withheld = 1u << 8,       ///< kept for verification
  qc_no_prediction = 1u << 9,  ///< the operator could not predict it (not finite)
  qc_thinned = 1u << 10,
  qc_daylight = 1u << 11  ///< the sun is too low for the instrument, or by day where nights are wanted, or the reverse
};

/// The middle of an averaging interval: the time an observation counts for.
inline Time middle(Time begin, Time end) { return {begin.seconds + (end.seconds - begin.seconds) / 2}; }

/// Observations of one window held by this rank, as arrays sorted by global id.
struct ObsTable {
  int members = 0;
  std::vector<std::int64_t> id;      ///< global id, unique over ranks within the window and stable over rank counts
  std::vector<std::int32_t> type;    ///< index of the observation stream in the experiment
  std::vector<std::int64_t> point;   ///< global id of the grid point it is compared with
  std::vector<std::int32_t> column;  ///< local column of that point on the owner, -1 elsewhere
  std::vector<Time> begin, end;      ///< averaging interval; equal for an instant
  std::vector<double> lon, lat;
  std::vector<double> value, error_sd;  ///< in the operator's units
  std::vector<double> level;            ///< place within the column (depth in m, ...); NaN: none
  std::vector<double> view_zenith_deg;  ///< angle of the instrument's view; NaN: not given
  std::vector<std::uint32_t> flag;      ///< QcFlag bits
  AlignedVector<double> hx;             ///< [obs][padded(members)] predictions
  std::vector<double> hx_mean;          ///< prediction of the mean of the members; empty: not known
  AlignedVector<double> perturbation;   ///< given perturbations like hx; empty: methods that perturb draw them

  std::size_t size() const { return id.size(); }
  int stride() const { return padded(members); }
  double* predictions(std::size_t i) { return hx.data() + i * stride(); }
  const double* predictions(std::size_t i) const { return hx.data() + i * stride(); }
  /// Room for n observations, all arrays.
  void resize(std::size_t n);
  /// Sorts all arrays by id. @pre hx empty or filled
  void sort_by_id();
  /// The given rows in the given order. @pre hx empty or filled
  ObsTable selected(const std::vector<std::size_t>& rows) const;
};

}  // namespace tilth
