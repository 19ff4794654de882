#pragma once

#include "assim/operators/tiles.hpp"
#include "core/obs/obs_table.hpp"

namespace tilth {

/// Mask of products of the canopy: snow hides it.
struct SnowLimit {
  double snow_cover_limit = 0.3;
  void describe(Schema& s) {
    s.real("snow_cover_limit", snow_cover_limit)
        .in(0.0, 1.0)
        .about("Snow cover above which the observation is flagged (qc_snow) and not used.");
  }
  /// @pre the operator reads snow_cover_fraction
  std::uint32_t flags(const ObservedColumn& seen) const {
    return flag_above(seen, "snow_cover_fraction", snow_cover_limit, qc_snow);
  }
};

}  // namespace tilth
