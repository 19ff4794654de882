#pragma once

namespace tilth {

/// Standard deviation of the difference between the mean over a footprint and the mean over a cell, one inside the
/// other: sub_grid_sd * sqrt(1 - smaller area / larger area).
///
/// Of a field without spatial correlation, whose mean over the smaller area has the variance sub_grid_sd^2, the mean
/// over the larger one has that times the ratio of the areas, and so has their covariance. A point (footprint 0) gives
/// sub_grid_sd, equal areas give 0. @pre cell_area_km2 > 0
double representativeness_sd(double sub_grid_sd, double footprint_km, double cell_area_km2);

/// Standard deviation of independent instrument and representativeness errors together.
double total_error_sd(double instrument_sd, double representativeness);

}  // namespace tilth
