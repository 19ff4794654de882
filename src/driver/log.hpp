#pragma once

#include <string>
#include <vector>

#include "core/parallel/comm.hpp"

namespace tilth {

/// Messages go to standard error, from rank 0 only. `level`: debug, info, warning or error; `quiet` leaves errors only.
/// Throws `Error` for another word.
void start_log(const Comm& comm, const std::string& level, bool quiet);

void log_debug(const std::string& message);
void log_info(const std::string& message);
/// Also an event, and kept for run.json.
void log_warning(const std::string& message);
/// The warnings of this rank so far.
const std::vector<std::string>& logged_warnings();

}  // namespace tilth
