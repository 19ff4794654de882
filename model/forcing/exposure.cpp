#include "model/forcing/exposure.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tilth {
namespace {

constexpr double km_per_degree = 111.19;
constexpr int steps = 30;
constexpr double radians = std::numbers::pi / 180.0;

double ramp(double x, double from, double to) { return std::clamp((x - from) / (to - from), 0.0, 1.0); }

// A walk along a meridian goes on beyond the pole.
double across_pole(double lon, double lat, double (*share)(double, double)) {
  if (lat > 90.0) return share(lon + 180.0, 180.0 - lat);
  if (lat < -90.0) return share(lon + 180.0, -180.0 - lat);
  return share(lon, lat);
}

}  // namespace

double land_or_ice_share(double lon, double lat) {
  lon -= 360.0 * std::floor((lon + 180.0) / 360.0);
  const bool warm_sea = lon > -25.0 && lon < 60.0;  // kept open by the North Atlantic Current
  const bool hudson_bay = lon > -96.0 && lon < -76.0 && lat > 51.0 && lat < 66.0;
  const double arctic = ramp(lat, 66.0, 72.0) * (warm_sea ? ramp(lat, 76.0, 82.0) : 1.0);
  const double frozen = std::max({arctic, ramp(-lat, 62.0, 68.0), hudson_bay ? 1.0 : 0.0});
  const double land = land_share(lon, lat);
  return land + (1.0 - land) * 0.8 * frozen;
}

Exposure exposure_of(double lon, double lat, double length_km, double reach_km, double (*share)(double, double)) {
  const double hemisphere = lat >= 0.0 ? 1.0 : -1.0;
  const double stretch = 1.0 / std::max(std::cos(lat * radians), 0.2);
  Exposure sum;
  double total = 0.0;
  for (int k = 0; k < steps; ++k) {
    const double distance_km = (k + 0.5) * reach_km / steps, degrees = distance_km / km_per_degree;
    const double weight = std::exp(-distance_km / length_km);
    total += weight;
    sum.west += weight * share(lon - degrees * stretch, lat);
    sum.east += weight * share(lon + degrees * stretch, lat);
    sum.poleward += weight * across_pole(lon, lat + hemisphere * degrees, share);
    sum.equatorward += weight * across_pole(lon, lat - hemisphere * degrees, share);
  }
  return {sum.west / total, sum.east / total, sum.poleward / total, sum.equatorward / total};
}

}  // namespace tilth
