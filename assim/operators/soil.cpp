#include "assim/operators/soil.hpp"

#include <algorithm>
#include <cmath>

namespace tilth {
namespace {

/// Weights from the integral of the weight function between the bounds of every layer.
template <class Integral>
LayerWeights normalised(const Integral& integral) {
  LayerWeights w;
  double top = 0.0, sum = 0.0;
  for (std::size_t l = 0; l < w.of.size(); ++l) {
    const double bottom = top + soil_layer_m[l];
    w.of[l] = integral(top, bottom);
    sum += w.of[l];
    w.mean_depth_m += w.of[l] * 0.5 * (top + bottom);
    top = bottom;
  }
  for (double& x : w.of) x /= sum;
  w.mean_depth_m /= sum;
  return w;
}

}  // namespace

LayerWeights sensing_weights(double depth_m) {
  return normalised([=](double top, double bottom) { return std::exp(-top / depth_m) - std::exp(-bottom / depth_m); });
}

LayerWeights depth_weights(double depth_m, double top_m) {
  LayerWeights w = normalised(
      [=](double top, double bottom) { return std::max(0.0, std::min(bottom, depth_m) - std::max(top, top_m)); });
  w.mean_depth_m = 0.5 * (top_m + depth_m);
  return w;
}

Retention::Retention(const Surface& surface) {
  const double organic = std::clamp(surface.organic_fraction, 0.0, 1.0), mineral = 1.0 - organic;
  pores = porosity(surface);
  entry_m = mineral * 0.01 * std::pow(10.0, 1.88 - 0.0131 * surface.sand_percent) + organic * 0.0103;
  exponent = mineral * (2.91 + 0.159 * surface.clay_percent) + organic * 2.7;
}

}  // namespace tilth
