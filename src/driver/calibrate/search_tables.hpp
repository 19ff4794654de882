#pragma once

#include <vector>

#include "driver/calibrate/calibrate.hpp"

namespace tilth {

/// The tables that the searches of all problems made, those of one name below each other with a column `problem`; a
/// column that a problem lacks is missing in its rows.
std::vector<Table> search_tables(const CalibrationResults& results);

}  // namespace tilth
