#include "model/hourly/hourly_model.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "model/hourly/hourly_traits.hpp"
#include "tests/support/daily_cases.hpp"

namespace tilth {
namespace {

using test::climates;
using test::synthetic_weather;
using test::TestColumn;

const Time begin = time_of(2018, 1, 1);

StepReport run(const HourlyModel& model, TestColumn& column, std::span<const MetDay> weather, int days) {
  MetMembers met(column.members);
  StepReport report;
  for (int d = 0; d < days; ++d) {
    const MetDay& day = weather[std::size_t(d) % weather.size()];
    met.fill(day);
    report.merge(
        model.advance(column.point, column.values(), begin + d * seconds_per_day, {met, day}, column.view(), {}));
  }
  return report;
}

TEST(HourlyModel, ClosesItsBalancesThroughAYearInEveryClimate) {
  const HourlyModel model;
  for (std::size_t c = 0; c < climates().size(); ++c) {
    const auto weather = synthetic_weather(climates()[c], 365);
    for (int pft = 0; pft < pft_count; ++pft) {
      TestColumn column(climates()[c], {{pft, 1.0}}, 8, model.traits());
      column.perturb(0.3, 5);
      model.cold_start(column.point, column.values(), column.view());
      const StepReport report = run(model, column, weather, 365);
      EXPECT_TRUE(report.failed.empty()) << climates()[c].name << " " << pft << " " << report.failed.size();
      EXPECT_LT(report.water_residual_kg_m2, 1e-9) << climates()[c].name << " " << pft;
      EXPECT_LT(report.carbon_residual_g_m2, 1e-9) << climates()[c].name << " " << pft;
      EXPECT_LT(report.energy_residual_w_m2, 1e-8) << climates()[c].name << " " << pft;
      if (std::getenv("TILTH_SHOW")) {
        using namespace column;
        double gpp = 0, et = 0, h = 0, rn = 0, g = 0;
        MetMembers met(8);
        for (int d = 0; d < 365; ++d) {
          met.fill(weather[d]);
          model.advance(column.point, column.values(), begin + d * seconds_per_day, {met, weather[d]}, column.view(),
                        {});
          gpp += column.at(0, row::gpp), et += column.at(0, row::evapotranspiration);
          rn += column.at(0, row::net_radiation) / 365, h += column.at(0, hourly::row::sensible_heat_flux) / 365;
          g += column.at(0, hourly::row::ground_heat_flux) / 365;
        }
        printf("%-10s pft %2d gpp %6.0f et %6.0f Rn %6.1f H %6.1f G %5.1f lai %5.2f w %g c %g e %g failed %zu\n",
               climates()[c].name.c_str(), pft, gpp, et, rn, h, g, column.at(0, row::leaf_area_index),
               report.water_residual_kg_m2, report.carbon_residual_g_m2, report.energy_residual_w_m2,
               report.failed.size());
      }
    }
  }
}

}  // namespace
}  // namespace tilth
