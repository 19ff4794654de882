#include "driver/instrument/swath.hpp"

#include <algorithm>
#include <cmath>

namespace tilth {

Orbit orbit_of(const SwathOptions& o) {
  const double ascending_h = o.node == "ascending" ? o.local_time_h : o.local_time_h + 12.0;
  return Orbit::sun_synchronous(o.repeat_days, o.revolutions, std::fmod(ascending_h, 24.0), o.phase);
}

namespace {

/// Length of an interval of `width` around `centre` inside [from, to], and its first moment.
void add_shared(double centre, double width, double from, double to, double& length, double& moment) {
  const double a = std::max(centre - 0.5 * width, from), b = std::min(centre + 0.5 * width, to);
  if (b <= a) return;
  length += b - a;
  moment += (b - a) * 0.5 * (a + b);
}

}  // namespace

SwathView swath_view(const SwathOptions& o, const Orbit& orbit, double across_km, double cell_km) {
  double left = 0.0, right = 0.0, left_moment = 0.0, right_moment = 0.0;
  add_shared(across_km, cell_km, 0.5 * o.gap_km, 0.5 * o.width_km, left, left_moment);
  add_shared(across_km, cell_km, -0.5 * o.width_km, -0.5 * o.gap_km, right, right_moment);
  SwathView view;
  if (left + right <= 0.0) return view;
  view.share = (left + right) / cell_km;
  view.zenith_deg = std::isnan(o.incidence_deg) ? orbit.view_zenith_deg((left_moment - right_moment) / (left + right))
                                                : o.incidence_deg;
  if (view.zenith_deg > o.view_limit_deg) view.share = 0.0;
  return view;
}

}  // namespace tilth
