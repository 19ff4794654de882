#pragma once

#include "driver/instrument/orbit.hpp"
#include "driver/instrument/sampling_options.hpp"

namespace tilth {

Orbit orbit_of(const SwathOptions& options);

/// What a swath sees of a cell.
struct SwathView {
  double share = 0.0;        ///< of the cell
  double zenith_deg = 90.0;  ///< angle of view in the middle of what is seen
};

/// A square cell of side `cell_km` whose centre is `across_km` from the track; a share of 0 beyond the largest view.
SwathView swath_view(const SwathOptions& options, const Orbit& orbit, double across_km, double cell_km);

}  // namespace tilth
