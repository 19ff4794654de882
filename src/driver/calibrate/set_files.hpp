#pragma once

#include <string>

#include "driver/calibrate/calibrate.hpp"

namespace tilth {

/// Writes the sets of all problems, a file `folder/<name>.csv` and `.nc` per name, for `sensitivity.design`, the method
/// given and history matching. With more than one problem, the column `site` has their names. Collective.
void write_sets(const Comm& comm, const std::string& folder, const SiteRuns& runs, const CalibrationResults& results);

}  // namespace tilth
