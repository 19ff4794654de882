#pragma once

#include <vector>

#include "driver/instrument/instruments.hpp"

namespace tilth {

/// The known instruments by kind. What a source does not say is our choice and is named in docs/instruments.md: share
/// of good retrievals (`coverage`), correlation of errors within a cell and beyond, spread of footprints within a cell.
std::vector<Instrument> optical_instruments();
std::vector<Instrument> microwave_instruments();
std::vector<Instrument> other_instruments();

}  // namespace tilth
