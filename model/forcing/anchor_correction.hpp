#pragma once

#include <array>

#include "model/forcing/climate_formulas.hpp"

namespace tilth {

/// What the formulas miss around a place: a mean of the anchors' residuals weighted with exp(-(distance / 1000 km)^2),
/// fading to nothing far from all anchors.
struct AnchorCorrection {
  double mean_k = 0.0, half_range_k = 0.0;
  std::array<double, 4> log_precipitation{};  ///< of ln(mm + 8) in January, April, July, October
  /// Correction in any month: the harmonics of the year through the four values.
  double log_precipitation_in(double month) const;
};
AnchorCorrection anchor_correction(double lon, double lat);

/// Fall of temperature with height between places, K m-1 (smaller than in free air: high ground is heated).
inline constexpr double lapse_rate = 5.5e-3;
/// Offset in ln(mm + offset), so that deserts do not rule the fit.
inline constexpr double precipitation_offset_mm = 8.0;

}  // namespace tilth
