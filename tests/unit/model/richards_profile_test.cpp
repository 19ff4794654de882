#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "model/soil_water.hpp"

namespace tilth::physics {
namespace {

/// A fine column of one closure run with adaptive steps, as the reference solver does.
template <class Closure>
struct Column {
  Closure closure;
  std::vector<double> dz, theta;
  std::vector<SoilPoint<double>> points;
  SoilColumn column;
  double infiltrated = 0.0, drained = 0.0;

  Column(const Closure& c, int layers, double depth, double head)
      : closure(c), dz(std::size_t(layers), depth / layers) {
    for (int k = 0; k < layers; ++k) {
      points.push_back(c.at_head(head));
      theta.push_back(points.back().theta);
    }
    column.layers = layers;
    column.dz = dz.data();
    column.tolerance = 1e-9;
    column.max_passes = 60;
  }
  void run(double duration, double supply, double longest) {
    const std::size_t n = theta.size();
    std::vector<double> flux(n + 1), sink(n);
    double t = 0.0, dt = longest / 1024;
    while (t < duration * (1 - 1e-12)) {
      dt = std::min({dt, longest, duration - t});
      auto start = points;
      if (!richards_step(closure, column, dt, true, theta.data(), sink.data(), supply, points.data(), flux.data())) {
        points = start;
        dt *= 0.5;
        continue;
      }
      for (std::size_t k = 0; k < n; ++k) theta[k] += dt * (flux[k] - flux[k + 1]) / dz[k];
      infiltrated += flux[0] * dt;
      drained += flux[n] * dt;
      t += dt;
      dt *= 1.25;
    }
  }
  double water() const {
    double sum = 0.0;
    for (std::size_t k = 0; k < theta.size(); ++k) sum += theta[k] * dz[k];
    return sum;
  }
  /// Linear interpolation of the head at depth z.
  double head_at(double z) const {
    const double x = z / dz[0] - 0.5;
    const std::size_t k = std::clamp<std::size_t>(std::size_t(std::max(0.0, x)), 0, theta.size() - 2);
    const double w = x - double(k);
    return points[k].head * (1 - w) + points[k + 1].head * w;
  }
};

TEST(Richards, CelasInfiltrationIntoDrySoil) {
  using Soil = VanGenuchten<double, 400>;
  Column<Soil> c(Soil{0.102, 0.368, 3.35, 2.0, 9.22e-5}, 400, 1.0, -10.0);
  c.column.top_head = -0.75;
  c.column.bottom = SoilBottom::fixed_head;
  c.column.bottom_head = -10.0;
  const double before = c.water();
  c.run(86400.0, 1.0, 100.0);
  EXPECT_NEAR(c.infiltrated * 100.0, 4.116, 0.0412);  // cm; 1 %
  EXPECT_NEAR(c.water() - before, c.infiltrated - c.drained, 1e-12);
  const double depth[] = {0.20, 0.40, 0.50, 0.55}, theta[] = {0.19471, 0.17779, 0.15646, 0.13311};
  for (int i = 0; i < 4; ++i) EXPECT_NEAR(c.closure.at_head(c.head_at(depth[i])).theta, theta[i], 0.006) << depth[i];
}

/// 2 mm a day into 2 m of soil above a water table, until nothing changes: the head 0.1 to 1.5 m above the table.
template <class Soil>
void expect_steady_heads(const Soil& soil, double start_m, const double (&head)[5]) {
  Column<Soil> c(soil, 80, 2.0, start_m);
  c.column.bottom = SoilBottom::fixed_head;
  c.column.bottom_head = 0.0;
  c.run(400 * 86400.0, 2e-3 / 86400.0, 86400.0);
  const double z[] = {0.1, 0.25, 0.5, 1.0, 1.5};
  for (int i = 0; i < 5; ++i) EXPECT_NEAR(c.head_at(2.0 - z[i]) / head[i], 1.0, 0.01) << z[i];
}

TEST(Richards, GardnersSteadyInfiltrationAboveAWaterTable) {
  const double head[] = {-0.09744401229653481, -0.24254746915031522, -0.48049778785021234, -0.9310351645155942,
                         -1.3170556242619493};
  expect_steady_heads(Gardner<double, 160>{0.4, 2.0, 1e-6}, -0.8, head);
}

TEST(Richards, TheSteadyProfileConvergesWithTheSquareOfTheLayers) {
  using Soil = Gardner<double, 160>;
  std::vector<double> error;
  for (const int layers : {40, 80, 160}) {
    Column<Soil> c(Soil{0.4, 2.0, 1e-6}, layers, 2.0, -0.8);
    c.column.bottom = SoilBottom::fixed_head;
    c.column.bottom_head = 0.0;
    c.run(400 * 86400.0, 2e-3 / 86400.0, 86400.0);
    error.push_back(std::abs(c.head_at(1.0) + 0.9310351645155942));
  }
  const double order = std::log2(error[1] / error[2]);
  RecordProperty("order", std::to_string(order));
  EXPECT_GT(order, 1.8) << error[0] << " " << error[1] << " " << error[2];
}

TEST(Richards, VanGenuchtensSteadyEvaporationFromAWaterTable) {
  using Soil = VanGenuchten<double, 160>;
  Column<Soil> c(Soil{0.078, 0.43, 3.6, 1.56, 2.89e-6}, 60, 0.6, -0.3);
  c.column.bottom = SoilBottom::fixed_head;
  c.column.bottom_head = 0.0;
  c.run(400 * 86400.0, -1e-3 / 86400.0, 86400.0);
  const double z[] = {0.1, 0.25, 0.4, 0.5};
  const double head[] = {-0.10108129080414022, -0.2576049715872119, -0.4309081646220827, -0.5699441305184804};
  for (int i = 0; i < 4; ++i) EXPECT_NEAR(c.head_at(0.6 - z[i]) / head[i], 1.0, 0.01) << z[i];
}

TEST(Richards, VanGenuchtensSteadyInfiltrationAboveAWaterTable) {
  const double head[] = {-0.09787809484053524, -0.2361652875771543, -0.4134319450575968, -0.5348532691727987,
                         -0.5476175727124475};
  expect_steady_heads(VanGenuchten<double, 160>{0.078, 0.43, 3.6, 1.56, 2.89e-6}, -0.5, head);
}

}  // namespace
}  // namespace tilth::physics
