#include "assim/localisation.hpp"

#include <cassert>

namespace tilth {

double gaspari_cohn(double distance_km, double half_width_km) {
  assert(distance_km >= 0.0 && half_width_km > 0.0);
  const double r = distance_km / half_width_km;
  if (r >= 2.0) return 0.0;
  if (r <= 1.0) return 1.0 + r * r * (-5.0 / 3.0 + r * (5.0 / 8.0 + r * (0.5 - r / 4.0)));
  const double taper = 4.0 - 2.0 / (3.0 * r) + r * (-5.0 + r * (5.0 / 3.0 + r * (5.0 / 8.0 + r * (-0.5 + r / 12.0))));
  return taper > 0.0 ? taper : 0.0;  // round-off just below the end of the support
}

}  // namespace tilth
