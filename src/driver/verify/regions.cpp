#include "driver/verify/regions.hpp"

#include <cmath>

#include "driver/experiment.hpp"

namespace tilth {

namespace {

constexpr double tropic = 23.5;  // degrees

// Degrees eastwards from `west`, 0 <= . < 360.
double eastward(double west, double lon) {
  const double turned = std::fmod(lon - west, 360.0);
  return turned < 0.0 ? turned + 360.0 : turned;
}

}  // namespace

bool Region::contains(double lon, double lat) const {
  if (lat > north || lat < south || (lat == south && south > -90.0)) return false;
  const bool around = east - west >= 360.0;
  const double width = eastward(west, east);
  return around || eastward(west, lon) < width;
}

std::vector<Region> standard_regions() {
  return {{"global", -180.0, 180.0, -90.0, 90.0},
          {"northern", -180.0, 180.0, tropic, 90.0},
          {"tropics", -180.0, 180.0, -tropic, tropic},
          {"southern", -180.0, 180.0, -90.0, -tropic}};
}

std::vector<Region> regions_of(const Experiment& experiment) {
  std::vector<Region> out = standard_regions();
  for (const auto& [name, o] : experiment.verification.regions) out.push_back({name, o.west, o.east, o.south, o.north});
  return out;
}

}  // namespace tilth
