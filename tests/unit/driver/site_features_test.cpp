#include "driver/calibrate/scope/site_features.hpp"

#include <gtest/gtest.h>

#include <numbers>

#include "core/base/error.hpp"
#include "support/scope_runs.hpp"

namespace tilth {
namespace {

using calibration::Index;

// Weather of a formula: 10 C with a cycle of 8 K, 2 mm a day, 150 W m-2.
class EvenWeather final : public ForcingSource {
 public:
  void read(Time day, std::span<const GridPoint> points, std::span<MetDay> out) override {
    const double phase = 2.0 * std::numbers::pi * double(date_of(day).day_of_year - 15) / 365.0;
    for (std::size_t p = 0; p < points.size(); ++p) {
      out[p][Met::air_temperature] = 283.15 - 8.0 * std::cos(phase);
      out[p][Met::shortwave] = 150.0;
      out[p][Met::vapour_pressure] = 100.0;
      out[p][Met::surface_pressure] = 101325.0;
      out[p][Met::precipitation] = 2.0 / double(seconds_per_day);
    }
  }
  std::vector<std::string> files() const override { return {}; }
  std::vector<std::string> remarks() const override { return {}; }
};

TEST(SiteClimate, IsThatOfItsWeather) {
  EvenWeather weather;
  const std::vector<GridPoint> points(2);
  const auto climate = climate_of(weather, points, time_of(2014, 1, 1), time_of(2016, 1, 1));
  ASSERT_EQ(climate.size(), 2u);
  EXPECT_NEAR(climate[1].temperature_c, 10.0, 0.1);
  EXPECT_NEAR(climate[1].amplitude_k, 16.0, 0.4);  // monthly means of a cycle of +-8 K
  EXPECT_NEAR(climate[1].precipitation_mm, 730.485, 1e-6);
  EXPECT_NEAR(climate[1].shortwave_w_m2, 150.0, 1e-9);
  // Makkink at 10 C: s = 82 Pa K-1, gamma = 67 Pa K-1, 0.65 * 0.55 * 150 W m-2 / 2.45e6 J kg-1 = 1.9 mm a day.
  EXPECT_NEAR(climate[1].aridity, 2.0 / 1.9, 0.05);
  EXPECT_THROW(climate_of(weather, points, time_of(2014, 1, 1), time_of(2014, 1, 1)), Error);
}

TEST(SiteFeatures, AreColumnsOfThePlaces) {
  std::vector<GridPoint> points(1);
  points[0].surface.tiles = {{0, 0.3}, {4, 0.5}, {7, 0.2}};
  points[0].surface.sand_percent = 33.0;
  const std::vector<SiteClimate> climate{{.temperature_c = 7.0}};
  const std::vector<std::string> words{"temperature", "cover", "bare", "sand"};
  const FeatureTable table = point_features(words, points, climate);
  ASSERT_EQ(table.names.size(), std::size_t(pft_count + 2));
  EXPECT_EQ(table.names[4], "cover_" + pft_names[4]);
  EXPECT_EQ(table.values(0, 0), 7.0);
  EXPECT_EQ(table.values(0, 4), 0.5);
  EXPECT_EQ(table.values(0, 7), 0.2);
  EXPECT_EQ(table.values(0, pft_count), 0.3);
  EXPECT_EQ(table.values(0, pft_count + 1), 33.0);
}

TEST(SiteFeatures, MeansOfObservationsAreThoseThatTrain) {
  const test::ScopeRuns runs(4);
  FeatureTable table = runs.features();
  const Index before = table.values.cols();
  const std::vector<std::string> streams{"et"}, unknown{"lai"};
  add_observed(table, runs, streams);
  double sum = 0.0, count = 0.0;
  for (const ObsRecord& obs : runs.observations(2))
    if (obs.type == 1 && obs.flag == qc_used) sum += obs.value, count += 1.0;
  EXPECT_NEAR(table.values(2, before), sum / count, 1e-12);
  EXPECT_EQ(table.names.back(), "mean_et");
  EXPECT_THROW(add_observed(table, runs, unknown), Error);
}

TEST(SiteFeatures, MissingOnesBecomeTheMeanOfTheOthers) {
  FeatureTable table{{"a", "b"}, calibration::Matrix{{1.0, NAN}, {NAN, NAN}, {3.0, NAN}, {50.0, 1.0}}};
  table.fill(std::vector<Index>{0, 1, 2});
  EXPECT_EQ(table.values(1, 0), 2.0);
  EXPECT_EQ(table.values(0, 1), 0.0);  // known nowhere among them
}

}  // namespace
}  // namespace tilth
