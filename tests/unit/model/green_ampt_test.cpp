#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "model/soil_water.hpp"
#include "support/shared.hpp"

namespace tilth::physics {
namespace {

constexpr int most_layers = 100;

/// Infiltration (m) into a deep column of `layers` of `dz` under ponded water for `duration` s.
double ponded_infiltration(ClappHornberger<double, most_layers>& closure, int layers, double dz, double start,
                           double duration) {
  const auto n = std::size_t(layers);
  std::vector<double> thickness(n, dz), theta(n, start), sink(n), flux(n + 1);
  std::vector<SoilPoint<double>> points, saved;
  closure.prepare(layers);
  for (int k = 0; k < layers; ++k) points.push_back(closure.point(k, start));
  SoilColumn column;
  column.layers = layers;
  column.dz = thickness.data();
  column.tolerance = 1e-8;
  column.max_passes = 40;
  double infiltrated = 0.0, dt = 0.01, t = 0.0;
  while (t < duration) {
    dt = std::min({dt, 60.0, duration - t});
    saved = points;
    if (!richards_step(closure, column, dt, true, theta.data(), sink.data(), 1.0, points.data(), flux.data())) {
      points = saved;
      dt *= 0.25;
      if (dt < 1e-9) return -1.0;
      continue;
    }
    for (std::size_t k = 0; k < theta.size(); ++k) theta[k] += dt * (flux[k] - flux[k + 1]) / dz;
    infiltrated += flux[0] * dt;
    t += dt;
    dt *= 1.3;
  }
  return infiltrated;
}

/// A soil whose front is nearly a step: conductivity falls with the 2 b + 3 rd power of saturation. Its Green-Ampt
/// suction is the integral of relative conductivity over head, -psi_s (1 + 1 / (1 + 3 / b)) from a dry start.
TEST(Richards, AStepFrontFollowsGreenAndAmptInTheSharedCases) {
  TILTH_SHARED_OR_SKIP(reference, "model-ref/R08_greenampt.json");
  for (const auto& c : reference["cases"]) {
    const double b = 30.0, suction = c["psi_f"], deficit = c["dtheta"], expected = c["F_m"];
    const double pores = std::max(0.45, deficit + 0.25), start = pores - deficit;
    auto closure = std::make_unique<ClappHornberger<double, most_layers>>();
    closure->b = b;
    closure->psi_s = -suction / (1.0 + 1.0 / (1.0 + 3.0 / b));
    closure->log_psi_s = std::log(-closure->psi_s);
    for (int k = 0; k < most_layers; ++k) {
      closure->pores[k] = pores;
      closure->ks[k] = c["Ks"];
    }
    const double dz = 0.02 * expected / deficit;  // 50 layers to the front
    const int layers = 100;
    const double f = ponded_infiltration(*closure, layers, dz, start, c["t"]);
    // Largest departure seen 3.2 % (sand, 600 s): with any retention curve the front has a width.
    EXPECT_NEAR(f / expected, 1.0, 0.035) << c["soil"] << " " << c["t"];
  }
}

}  // namespace
}  // namespace tilth::physics
