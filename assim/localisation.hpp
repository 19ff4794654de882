#pragma once

#include <span>

namespace tilth {

/// Fifth-order compactly supported taper (Gaspari & Cohn 1999, eq. 4.10).
///
/// Equals 1 at zero distance, 5/24 at `half_width_km` and 0 from `2 * half_width_km` onwards.
/// @pre distance_km >= 0 and half_width_km > 0.
double gaspari_cohn(double distance_km, double half_width_km);

/// The same for many distances: replaces each by its taper, bit for bit as above.
void gaspari_cohn(std::span<double> distances_km, double half_width_km);

}  // namespace tilth
