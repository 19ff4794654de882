#pragma once

#include <array>

namespace tilth {

inline constexpr double earth_radius_km = 6371.0;

/// Unit vector of a place; degrees.
std::array<double, 3> unit_vector(double lon, double lat);

/// Great-circle distance in km from two unit vectors (atan2 form, accurate at all distances).
double great_circle_km(const std::array<double, 3>& a, const std::array<double, 3>& b);

/// Great-circle distance in km between two places; degrees.
double great_circle_km(double lon_a, double lat_a, double lon_b, double lat_b);

/// Straight-line (chord) distance on the unit sphere of a great-circle distance; used for tree searches.
double chord(double distance_km);

}  // namespace tilth
