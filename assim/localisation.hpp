#pragma once

#include <span>
#include <string>
#include <vector>

namespace tilth {

/// Fifth-order compactly supported taper (Gaspari & Cohn 1999, eq. 4.10).
///
/// Equals 1 at zero distance, 5/24 at `half_width_km` and 0 from `2 * half_width_km` onwards.
/// @pre distance_km >= 0 and half_width_km > 0.
double gaspari_cohn(double distance_km, double half_width_km);

/// Shapes of a distance taper.
enum class Taper {
  gaspari_cohn,  ///< `gaspari_cohn`
  boxcar,        ///< 1 below the half width, 0 from there on
  soar,          ///< second-order autoregressive: (1 + d/L) exp(-d/L), `daley_length`, 0 where it falls below 0.001
  none           ///< 1 at every distance
};

/// Words for the shapes, in the order of the enumeration.
std::vector<std::string> taper_words();
/// The shape of a word of `taper_words`; throws at any other.
Taper taper_of(const std::string& word);

/// Taper at a distance, 1 at zero and 0 from `support` onwards. Distance and half width in the same unit.
/// @pre distance >= 0 and half_width > 0.
double taper(Taper shape, double distance, double half_width);

/// Distance from which on the taper is zero: 2 half widths (gaspari_cohn), 1 (boxcar), 5.06 (soar), infinity (none).
double support(Taper shape, double half_width);

/// Length L of the Gaussian exp(-d^2 / 2 L^2), and of the soar taper, with the curvature of the Gaspari-Cohn taper at
/// zero distance: half_width * sqrt(3 / 10).
double daley_length(double half_width);

/// The same for many distances: replaces each by its taper, bit for bit as above.
void gaspari_cohn(std::span<double> distances_km, double half_width_km);

}  // namespace tilth
