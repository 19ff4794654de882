#pragma once

#include "assim/observation_error/options.hpp"
#include "core/obs/obs_table.hpp"

namespace tilth {

/// Keeps one used observation of stream `type` per box, the closest to the middle of its interval (of equals that with
/// the lowest id), and flags the others qc_thinned. Drops nothing.
void thin_observations(ObsTable& table, int type, const BoxOptions& options);

}  // namespace tilth
