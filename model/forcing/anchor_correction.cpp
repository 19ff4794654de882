#include "model/forcing/anchor_correction.hpp"

#include <cmath>
#include <numbers>
#include <vector>

#include "core/base/sphere.hpp"
#include "model/forcing/anchors.hpp"

namespace tilth {
namespace {

constexpr double reach_km = 1000.0;
constexpr double formula_weight = 0.15;  // of "no residual", against one anchor at distance zero

struct Residual {
  std::array<double, 3> place;
  AnchorCorrection value;
};

Residual residual_of(const Anchor& a) {
  const Surroundings s = surroundings_of(a.lon, a.lat);
  const SeaLevelTemperature t = formula_temperature(a.lat, s);
  const double hemisphere = a.lat >= 0.0 ? 1.0 : -1.0;
  Residual r{unit_vector(a.lon, a.lat), {}};
  r.value.mean_k = 0.5 * (a.january_c + a.july_c) + lapse_rate * a.elevation_m - t.mean_c;
  r.value.half_range_k = hemisphere * 0.5 * (a.july_c - a.january_c) - t.half_range_k;
  for (int quarter = 0; quarter < 4; ++quarter)
    r.value.log_precipitation[quarter] =
        std::log((a.precipitation_mm[quarter] + precipitation_offset_mm) /
                 (formula_precipitation(a.lon, a.lat, s, 3.0 * quarter) + precipitation_offset_mm));
  return r;
}

const std::vector<Residual>& residuals() {
  static const std::vector<Residual> all = [] {
    std::vector<Residual> list;
    for (const Anchor& a : anchors()) list.push_back(residual_of(a));
    return list;
  }();
  return all;
}

}  // namespace

double AnchorCorrection::log_precipitation_in(double month) const {
  const auto& c = log_precipitation;
  const double phase = 2.0 * std::numbers::pi * month / 12.0;
  return 0.25 * (c[0] + c[1] + c[2] + c[3]) + 0.5 * (c[0] - c[2]) * std::cos(phase) +
         0.5 * (c[1] - c[3]) * std::sin(phase) + 0.25 * (c[0] - c[1] + c[2] - c[3]) * std::cos(2.0 * phase);
}

AnchorCorrection anchor_correction(double lon, double lat) {
  const auto place = unit_vector(lon, lat);
  const double hemisphere = lat >= 0.0 ? 1.0 : -1.0;
  AnchorCorrection sum;
  double total = formula_weight;
  for (const Residual& r : residuals()) {
    const double weight = std::exp(-std::pow(great_circle_km(place, r.place) / reach_km, 2));
    total += weight;
    sum.mean_k += weight * r.value.mean_k;
    // half ranges are signed by hemisphere: across the equator the sign turns
    sum.half_range_k += weight * r.value.half_range_k * (r.place[2] * hemisphere >= 0.0 ? 1.0 : -1.0);
    for (int q = 0; q < 4; ++q) sum.log_precipitation[q] += weight * r.value.log_precipitation[q];
  }
  sum.mean_k /= total;
  sum.half_range_k /= total;
  for (double& q : sum.log_precipitation) q /= total;
  return sum;
}

}  // namespace tilth
