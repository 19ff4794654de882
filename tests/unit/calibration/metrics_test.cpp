#include <gtest/gtest.h>

#include "assim/calibration/cost/metrics.hpp"
#include "core/base/error.hpp"
#include "unit/calibration/calibration_case.hpp"

namespace tilth::calibration::test {
namespace {

TEST(Metrics, CountPairsWithAnObservation) {
  const Vector observed{{1.0, NAN, 3.0}}, simulated{{2.0, 9.0, 1.0}};
  EXPECT_EQ(pairs(observed), 2);
  EXPECT_DOUBLE_EQ(rmse(simulated, observed), std::sqrt(2.5));
  EXPECT_DOUBLE_EQ(bias(simulated, observed), -0.5);
  EXPECT_TRUE(std::isnan(bias(Vector{{NAN, 0.0, 1.0}}, observed)));
  EXPECT_TRUE(std::isnan(rmse(simulated, Vector::Constant(3, NAN))));
  EXPECT_THROW(rmse(simulated, Vector(2)), Error);
}

// Three years of a function of the day of the year.
DailySeries years(const std::function<double(int)>& f) {
  DailySeries series{Vector(3 * 365 + 1), {}, {}};
  Index i = 0;
  for (const int year : {2019, 2020, 2021})
    for (int day = 1; day <= (year == 2020 ? 366 : 365); ++day, ++i) {
      series.value(i) = f(std::min(day, 365));
      series.year.push_back(year);
      series.day_of_year.push_back(day);
    }
  return series;
}

TEST(SeasonalFeatures, AreThoseOfATriangle) {
  // Rises by 0.1 a day from day 60 to 180, falls by 0.05 a day to day 300 + 120 (55 of the next year), 0 between.
  const auto triangle = [](int day) {
    const double t = day < 60 ? day + 365.0 : day;
    return t <= 180.0 ? 0.1 * (t - 60.0) : std::max(0.0, 12.0 - 0.05 * (t - 180.0));
  };
  const SeasonalFeatures f = seasonal_features(mean_cycle(years(triangle), 1));
  EXPECT_EQ(f.peak_day, 180);
  EXPECT_NEAR(f.peak, 12.0, 1e-12);
  EXPECT_NEAR(f.amplitude, 12.0, 1e-12);
  EXPECT_NEAR(f.spring_slope, 0.1, 1e-12);
  EXPECT_NEAR(f.autumn_slope, -0.05, 1e-12);
}

TEST(SeasonalFeatures, OfACosineSurviveGapsAndSmoothing) {
  // 3 + 2 cos(2 pi (d - 200) / 365), peak around the new year's side too.
  for (const int peak : {200, 5, 360}) {
    const auto wave = [peak](int day) { return 3.0 + 2.0 * std::cos(2.0 * std::numbers::pi * (day - peak) / 365.0); };
    DailySeries series = years(wave);
    for (Index i = 0; i < series.value.size(); ++i)
      if (series.day_of_year[std::size_t(i)] % 7 == 3) series.value(i) = NAN;
    const SeasonalFeatures f = seasonal_features(mean_cycle(series, 15));
    EXPECT_EQ(f.peak_day, peak);
    // A running mean of m days multiplies the wave by sin(pi m / 365) / (m sin(pi / 365)).
    const double damped = std::sin(std::numbers::pi * 15.0 / 365.0) / (15.0 * std::sin(std::numbers::pi / 365.0));
    EXPECT_NEAR(f.amplitude, 4.0 * damped, 2e-3);
    // Between 25 and 75 % the mean slope is that of an arc sine: amplitude / 2 over 365 / 6 days.
    EXPECT_NEAR(f.spring_slope, 2.0 / (365.0 / 6.0), 1e-3);
    EXPECT_NEAR(f.autumn_slope, -2.0 / (365.0 / 6.0), 1e-3);
  }
}

TEST(SeasonalFeatures, OfAConstantAreFlat) {
  const SeasonalFeatures f = seasonal_features(Vector::Constant(365, 4.0));
  EXPECT_EQ(f.amplitude, 0.0);
  EXPECT_EQ(f.spring_slope, 0.0);
  EXPECT_THROW(mean_cycle(DailySeries{Vector{{1.0}}, {2020}, {1}}), Error);
}

TEST(AnnualSums, ScaleGapsAndRefuseYearsWithFewDays) {
  DailySeries series = years([](int) { return 2.0; });
  for (Index i = 0; i < 30; ++i) series.value(i) = NAN;                      // 30 days of 2019
  for (Index i = 365 + 366; i < 365 + 366 + 40; ++i) series.value(i) = NAN;  // 40 days of 2021
  const auto sums = annual_sums(series);
  ASSERT_EQ(sums.size(), 3U);
  EXPECT_NEAR(sums[0].sum, 730.0, 1e-9);
  EXPECT_EQ(sums[0].days, 335);
  EXPECT_NEAR(sums[1].sum, 732.0, 1e-9);
  EXPECT_TRUE(std::isnan(sums[2].sum));
}

}  // namespace
}  // namespace tilth::calibration::test
