#include "driver/instrument/clouds.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/normal.hpp"
#include "core/physics/solar.hpp"

namespace tilth {

namespace {
// Transmissivity of a clear day; cloud cover is judged by the shortfall of shortwave against it.
constexpr double clear_transmissivity = 0.72;
}  // namespace

Clouds::Clouds(const CloudOptions& options, std::uint64_t seed)
    : persistence_s_(options.persistence_s), lattice_(options.correlation_km), random_(seed, Purpose::clouds) {}

double Clouds::rank(Time at, double lon, double lat) const {
  const std::int64_t length = persistence_s_ > 0 ? persistence_s_ : seconds_per_day;
  const std::int64_t before = at.seconds >= 0 ? at.seconds / length : (at.seconds + 1) / length - 1;
  const double late = persistence_s_ > 0 ? double(at.seconds - before * length) / double(length) : 0.0;
  const double norm = std::sqrt((1.0 - late) * (1.0 - late) + late * late);
  const SphereLattice::Stencil s = lattice_.stencil(lon, lat);
  double z = 0.0;
  for (int side = 0; side < 2; ++side) {
    const double weight = (side == 0 ? 1.0 - late : late) / norm;
    if (weight == 0.0) continue;
    for (int i = 0; i < 4; ++i)
      if (s.weight[i] != 0.0) z += weight * s.weight[i] * random_.normal({.cycle = before + side, .id = s.node[i]});
  }
  return normal_cdf(z);
}

double clear_sky_probability(Time day, double lat, double shortwave_w_m2) {
  const double toa = solar_day(day, lat).toa_mean_w_m2;
  return toa > 1.0 ? std::clamp(shortwave_w_m2 / (clear_transmissivity * toa), 0.0, 1.0) : 0.0;
}

}  // namespace tilth
