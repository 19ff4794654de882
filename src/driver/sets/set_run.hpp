#pragma once

#include "driver/sets/session.hpp"

namespace tilth {

/// Waits (with `--wait`), or asks once, for what another start of the set makes: observations of a nature run,
/// initial members and open loop. `Error` that says how they are made when they are not there; `Stopped` when a signal
/// comes first. Collective.
void require_shared(const Session& session);

/// Runs the chosen experiments of a set, each in its folder: one after the other on all ranks, or side by side on
/// groups of ranks; the files have the same bytes. Throws `Stopped` on
/// all ranks when a signal stopped any of them, after its checkpoint. Collective.
void run_set(Session& session);

}  // namespace tilth
