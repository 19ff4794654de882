#include "assim/localisation.hpp"

#include <cassert>
#include <cmath>
#include <limits>

#include "core/base/error.hpp"
#include "core/base/simd/math.hpp"

#include "core/base/simd/clones.hpp"

namespace tilth {
namespace {

constexpr double soar_end = 9.233413476451586;  // (1 + x) exp(-x) = 0.001

}  // namespace

double gaspari_cohn(double distance_km, double half_width_km) {
  assert(distance_km >= 0.0 && half_width_km > 0.0);
  const double r = distance_km / half_width_km;
  if (r >= 2.0) return 0.0;
  if (r <= 1.0) return 1.0 + r * r * (-5.0 / 3.0 + r * (5.0 / 8.0 + r * (0.5 - r / 4.0)));
  const double taper = 4.0 - 2.0 / (3.0 * r) + r * (-5.0 + r * (5.0 / 3.0 + r * (5.0 / 8.0 + r * (-0.5 + r / 12.0))));
  return taper > 0.0 ? taper : 0.0;  // round-off just below the end of the support
}

std::vector<std::string> taper_words() { return {"gaspari_cohn", "boxcar", "soar", "none"}; }

Taper taper_of(const std::string& word) {
  const auto words = taper_words();
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words[i] == word) return Taper(i);
  throw Error("unknown taper '" + word + "'; choose gaspari_cohn, boxcar, soar or none");
}

double daley_length(double half_width) {
  constexpr double root_3_10 = 0.547722557505166113;
  return half_width * root_3_10;
}

double support(Taper shape, double half_width) {
  switch (shape) {
    case Taper::gaspari_cohn:
      return 2.0 * half_width;
    case Taper::boxcar:
      return half_width;
    case Taper::soar:
      return soar_end * daley_length(half_width);
    case Taper::none:
      break;
  }
  return std::numeric_limits<double>::infinity();
}

double taper(Taper shape, double distance, double half_width) {
  assert(distance >= 0.0 && half_width > 0.0);
  if (shape == Taper::gaspari_cohn) return gaspari_cohn(distance, half_width);
  if (distance >= support(shape, half_width)) return 0.0;
  if (shape != Taper::soar) return 1.0;
  const double x = distance / daley_length(half_width);
  return (1.0 + x) * simd::exp(-x);
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
