#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/daily_cases.hpp"

namespace tilth {
namespace {

namespace row = column::row;
namespace par = column::par;
using test::climates;
using test::synthetic_weather;
using test::TestColumn;

const Time begin = time_of(2018, 1, 1);

double total_carbon(TestColumn& c, int tile, int member) {
  double sum = 0.0;
  for (int r = row::carbon_labile; r <= row::carbon_soil_slow; ++r) sum += c.at(tile, r, member);
  return sum;
}

/// Annual sums of the first member of tile 0 after equilibrium.
struct Annual {
  double gpp = 0.0, respiration = 0.0, largest_lai = 0.0, drift = 0.0, water_drift = 0.0;
};

Annual equilibrium_year(int climate, const char* pft, double perturbation = 0.0) {
  const DailyModel model;
  TestColumn column(climates()[std::size_t(climate)], {{pft_index(pft), 1.0}}, 8);
  column.perturb(perturbation, 9);
  for (const int eta : {par::eta_wood, par::eta_soil_fast, par::eta_soil_slow})  // asked-for disequilibrium would drift
    column.parameters[std::size_t(eta)].assign(column.parameters[std::size_t(eta)].size(), 1.0);
  const auto weather = synthetic_weather(climates()[std::size_t(climate)], 365);
  model.cold_start(column.point, column.values(), column.view());
  const StepReport report = model.equilibrate(column.point, column.values(), begin, weather, column.view());
  EXPECT_TRUE(report.failed.empty());
  Annual annual;
  std::vector<double> carbon;
  for (int m = 0; m < 8; ++m) carbon.push_back(total_carbon(column, 0, m));
  const double water = column.at(0, row::soil_water);
  MetMembers met(8);
  for (int d = 0; d < 365; ++d) {
    met.fill(weather[std::size_t(d)]);
    model.advance(column.point, column.values(), begin + d * seconds_per_day, {met, weather[std::size_t(d)]},
                  column.view(), {});
    annual.gpp += column.at(0, row::gpp);
    annual.respiration += column.at(0, row::autotrophic_respiration);
    annual.largest_lai = std::max(annual.largest_lai, column.at(0, row::leaf_area_index));
  }
  for (int m = 0; m < 8; ++m)
    annual.drift = std::max(annual.drift, std::abs(total_carbon(column, 0, m) / carbon[std::size_t(m)] - 1.0));
  annual.water_drift = std::abs(column.at(0, row::soil_water) - water);
  return annual;
}

TEST(DailyEquilibrium, TotalCarbonDriftsLessThanOneInTenThousandAYear) {
  const std::pair<int, const char*> cases[] = {{0, "EBT"}, {1, "DBT"}, {1, "GR4"}, {3, "DBS"},
                                               {3, "GR3"}, {3, "ENT"}, {4, "ENB"}, {5, "TUN"}};
  for (const auto& [climate, pft] : cases) {
    const Annual a = equilibrium_year(climate, pft, 0.05);
    EXPECT_LT(a.drift, 1e-4) << pft << " in " << climates()[std::size_t(climate)].name;
    EXPECT_LT(a.water_drift, 8.0) << pft;
  }
}

struct Expected {
  int climate;
  const char* pft;
  double gpp_low, gpp_high, lai_low, lai_high;
};

TEST(DailyEquilibrium, PlantsAreAsProductiveAsTheirType) {
  const Expected cases[] = {{0, "EBT", 2400, 3500, 4.2, 6.1}, {3, "DBS", 900, 1700, 3.5, 5.6},
                            {3, "ENT", 1100, 2000, 3.5, 5.1}, {3, "GR3", 800, 1500, 2.2, 3.6},
                            {4, "ENB", 700, 1100, 2.8, 4.1},  {1, "GR4", 800, 2500, 2.0, 3.6},
                            {5, "TUN", 150, 500, 0.8, 1.9}};
  for (const Expected& e : cases) {
    const Annual a = equilibrium_year(e.climate, e.pft);
    EXPECT_GE(a.gpp, e.gpp_low) << e.pft;
    EXPECT_LE(a.gpp, e.gpp_high) << e.pft;
    EXPECT_GE(a.largest_lai, e.lai_low) << e.pft;
    EXPECT_LE(a.largest_lai, e.lai_high) << e.pft;
    const double efficiency = 1.0 - a.respiration / a.gpp;
    EXPECT_GE(efficiency, 0.30) << e.pft;
    EXPECT_LE(efficiency, 0.62) << e.pft;
  }
}

TEST(DailyEquilibrium, DisequilibriumFactorsScaleThePools) {
  const DailyModel model;
  TestColumn plain(climates()[3], {{7, 1.0}}, 2), scaled(climates()[3], {{7, 1.0}}, 2);
  scaled.parameters[par::eta_soil_slow].assign(scaled.parameters[par::eta_soil_slow].size(), 0.5);
  const auto weather = synthetic_weather(climates()[3], 365);
  for (TestColumn* c : {&plain, &scaled}) {
    model.cold_start(c->point, c->values(), c->view());
    model.equilibrate(c->point, c->values(), begin, weather, c->view());
  }
  EXPECT_NEAR(scaled.at(0, row::carbon_soil_slow) / plain.at(0, row::carbon_soil_slow), 0.5, 1e-12);
  EXPECT_EQ(scaled.at(0, row::carbon_wood), plain.at(0, row::carbon_wood));
}

}  // namespace
}  // namespace tilth
