#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/parallel/comm.hpp"

namespace tilth {

/// Starts the event stream of a run: `path` holds one JSON object per line (JSON lines), written by rank 0. `append`
/// continues the file of an earlier start and cuts off a line that a crash left unfinished; else it begins anew.
void start_events(const Comm& comm, const std::string& path, bool append);
/// From here on rank 0 of `comm` writes events: one of several groups of ranks that work side by side, or all again.
void share_events(const Comm& comm);
/// No events from here on.
void stop_events();
/// Appends one line with the time (UTC), the name and the fields, whole or not at all, at once. Nothing on other ranks
/// than 0 and before `start_events`; a full disk loses the line, not the run.
void event(const std::string& name, const nlohmann::ordered_json& fields);
/// The same from whatever rank calls it: for a rank that fails alone.
void event_from_here(const std::string& name, const nlohmann::ordered_json& fields);

/// The objects of an event file, in order; empty when there is none. A line that is none is passed over.
std::vector<nlohmann::ordered_json> read_events(const std::string& path);

/// Now, as 2018-01-31T12:00:00.000Z.
std::string utc_now();

}  // namespace tilth
