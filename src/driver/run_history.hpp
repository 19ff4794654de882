#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "core/parallel/comm.hpp"

namespace tilth {

/// run.json of a folder; an empty object when there is none that can be read.
nlohmann::ordered_json read_run(const std::string& folder);
/// Writes it aside and renames it.
void write_run(const std::string& folder, const nlohmann::ordered_json& run);

/// The stretches of a run so far, oldest first: the list `runs` of run.json. One that never said how it ended was
/// killed; what it did is read from the events. Not collective.
nlohmann::ordered_json earlier_stretches(const std::string& folder);

/// Windows that the last start of this folder's run finished, by part: {"analysis": {"from": 1, "to": 5}}.
nlohmann::ordered_json windows_of_last_start(const std::string& folder);

/// From here on `note_failure` knows the run of this folder; an empty name ends that.
void set_current_run(const std::string& folder);
/// The last words of a run that ends by an exception: status and message into run.json and the events. For one rank,
/// whichever knows. Nothing without a current run.
void note_failure(const std::string& message, int exit_status);

}  // namespace tilth
