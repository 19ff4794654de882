#include "assim/observation_error/representativeness.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"

namespace tilth {

double representativeness_sd(double sub_grid_sd, double footprint_km, double cell_area_km2) {
  require(cell_area_km2 > 0.0, "representativeness: area of the cell ", cell_area_km2, " km2, must be positive");
  const double footprint_area = footprint_km * footprint_km;
  const double smaller = std::min(footprint_area, cell_area_km2), larger = std::max(footprint_area, cell_area_km2);
  return sub_grid_sd * std::sqrt(1.0 - smaller / larger);
}

double total_error_sd(double instrument_sd, double representativeness) {
  if (representativeness == 0.0) return instrument_sd;  // keeps the bits
  return std::sqrt(instrument_sd * instrument_sd + representativeness * representativeness);
}

}  // namespace tilth
