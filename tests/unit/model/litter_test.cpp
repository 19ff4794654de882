#include <gtest/gtest.h>

#include "soil_column.hpp"

namespace tilth {
namespace {

/// Flux into bare ground whose surface is `excess` K warmer than the soil, W m-2.
double flux_through(double litter, double excess) {
  test::SoilTestColumn<8> soil(test::loam(), physics::layer_thickness, 8.0, 0.3);
  physics::SnowLayers<double> none{};
  none.density = 100.0;
  physics::GroundColumn<double, 8> column;
  column.k_layer = soil.k;
  column.state = soil.state;
  column.litter = litter;
  column.snow = &none;
  column.snow_cover = 0.0;
  column.surface = physics::freezing_k + 8.0 + excess;
  physics::GroundSolution<double> lines;
  const auto response = physics::ground_response<double, 8>(soil.soil, column, lines);
  return response.conductance * (column.surface - response.reference);
}

TEST(LitterResistance, GrowsWithCarbonUpToFiveCentimetres) {
  EXPECT_EQ(physics::litter_resistance(0.0), 0.0);
  EXPECT_NEAR(physics::litter_resistance(450.0), 0.2, 1e-12);  // 0.9 kg m-2 of dry mass, 0.02 m deep
  EXPECT_NEAR(physics::litter_resistance(1e5), 0.5, 1e-12);
}

TEST(LitterResistance, IsInSeriesWithTheSoil) {
  const double excess = 10.0;
  EXPECT_NEAR(excess / flux_through(0.2, excess) - excess / flux_through(0.0, excess), 0.2, 1e-9);
}

}  // namespace
}  // namespace tilth
