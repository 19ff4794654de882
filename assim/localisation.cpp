#include "assim/localisation.hpp"

#include <cassert>

#include "core/base/simd/clones.hpp"

namespace tilth {

double gaspari_cohn(double distance_km, double half_width_km) {
  assert(distance_km >= 0.0 && half_width_km > 0.0);
  const double r = distance_km / half_width_km;
  if (r >= 2.0) return 0.0;
  if (r <= 1.0) return 1.0 + r * r * (-5.0 / 3.0 + r * (5.0 / 8.0 + r * (0.5 - r / 4.0)));
  const double taper = 4.0 - 2.0 / (3.0 * r) + r * (-5.0 + r * (5.0 / 3.0 + r * (5.0 / 8.0 + r * (-0.5 + r / 12.0))));
  return taper > 0.0 ? taper : 0.0;  // round-off just below the end of the support
}

TILTH_CLONES void gaspari_cohn(std::span<double> distances_km, double half_width_km) {
  double* x = distances_km.data();
  for (std::size_t i = 0; i < distances_km.size(); ++i) {  // both branches and a choice, so that the loop vectorises
    const double r = x[i] / half_width_km;
    const double near = 1.0 + r * r * (-5.0 / 3.0 + r * (5.0 / 8.0 + r * (0.5 - r / 4.0)));
    const double far = 4.0 - 2.0 / (3.0 * r) + r * (-5.0 + r * (5.0 / 3.0 + r * (5.0 / 8.0 + r * (-0.5 + r / 12.0))));
    x[i] = r >= 2.0 ? 0.0 : r <= 1.0 ? near : far > 0.0 ? far : 0.0;
  }
}

}  // namespace tilth
