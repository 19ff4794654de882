#include <gtest/gtest.h>

#include <memory>

#include "core/base/simd/dual.hpp"
#include "model/column/site.hpp"
#include "model/daily/daily_step.hpp"
#include "support/complex_step.hpp"
#include "support/daily_cases.hpp"

namespace tilth {
namespace {

using namespace column;
using Duals = simd::Dual<simd::Pack<xsimd::sse2>>;
constexpr int inputs = int(par::count) + int(row::prognostic_count);

/// A member of a column and some days of weather, ready to be run in any scalar type.
struct Case {
  std::shared_ptr<const GridPoint> point;
  Site site;
  std::array<double, par::count> parameter;
  std::array<double, row::count> state;
  std::vector<MetDay> weather;
  Time begin;
};

/// The member after `start` days of a climate, and the weather of the `days` after.
Case case_of(int climate, int pft, int start, int days) {
  const auto weather = test::synthetic_weather(test::climates()[std::size_t(climate)], start + days);
  test::TestColumn column(test::climates()[std::size_t(climate)], {{pft, 1.0}}, 1);
  column.perturb(0.3, 9);  // away from where parameters make two limits equal
  const DailyModel model({}, simd::Isa::scalar);
  model.cold_start(column.point, column.values(), column.view());
  MetMembers met(1);
  const Time origin = time_of(2018, 1, 1);
  for (int d = 0; d < start; ++d) {
    const MetDay& day = weather[std::size_t(d)];
    met.fill(day);
    EXPECT_TRUE(
        model.advance(column.point, column.values(), origin + d * seconds_per_day, {met, day}, column.view(), {})
            .failed.empty());
  }
  const auto point = std::make_shared<const GridPoint>(column.point);
  Case c{point, Site(*point, false), {}, {}, {weather.end() - days, weather.end()}, origin + start * seconds_per_day};
  for (int i = 0; i < par::count; ++i) c.parameter[std::size_t(i)] = column.parameters[std::size_t(i)][0];
  for (int i = 0; i < row::count; ++i) c.state[std::size_t(i)] = column.at(0, i);
  return c;
}

/// Input `i` of a case: the parameters, then the states at the start.
double& input(Case& c, int i) {
  return i < par::count ? c.parameter[std::size_t(i)] : c.state[std::size_t(i - par::count)];
}

/// Runs the days of a case; the derivatives in memory behind the values are those to inputs `first`, `first` + 1, ...
template <class T>
std::vector<double> run(const Case& c, int first = 0) {
  constexpr int width = simd::lanes<T>, values = width == 1 ? 1 : width / 2;
  const auto fill = [](double* p, double value) {
    for (int i = 0; i < width; ++i) p[i] = i < values ? value : 0.0;
  };
  AlignedVector<double> parameters(par::count * width), state(row::count * width), met(met_count * width);
  AlignedVector<double> out(3 * width);
  std::vector<const double*> pointers;
  for (int i = 0; i < par::count; ++i) {
    fill(&parameters[std::size_t(i * width)], c.parameter[std::size_t(i)]);
    pointers.push_back(&parameters[std::size_t(i * width)]);
  }
  for (int i = 0; i < row::count; ++i) fill(&state[std::size_t(i * width)], c.state[std::size_t(i)]);
  for (int j = values; j < width && first + j - values < inputs; ++j) {
    const int i = first + j - values;
    (i < par::count ? parameters[std::size_t(i * width + j)] : state[std::size_t((i - par::count) * width + j)]) = 1.0;
  }
  Site site = c.site;
  TileStep job;
  job.parameter = pointers.data();
  job.met = met.data();
  job.state = state.data();
  job.water_residual = out.data();
  job.carbon_residual = out.data() + width;
  job.healthy = out.data() + 2 * width;
  job.stride = width;
  for (std::size_t d = 0; d < c.weather.size(); ++d) {
    for (int i = 0; i < met_count; ++i) fill(&met[std::size_t(i * width)], c.weather[d][Met(i)]);
    site.set_day(c.begin + std::int64_t(d) * seconds_per_day);
    job.site = &site.tile(0);
    daily::step_tile<T>(job);
    EXPECT_EQ(job.healthy[0], 1.0);
  }
  return {state.begin(), state.end()};
}

/// Widest step of an input: small beside the tenth of a degree in which soil begins to freeze.
double step_of(const Case& c, int i) {
  Case copy = c;
  const double x = std::abs(input(copy, i));
  return (i >= par::count && x > 200.0 ? 1e-6 : 1e-5) * std::max(1e-3, x);
}

/// Whether an input lies on a bound, where only one side can be seen: no water, no snow, all plants active.
bool on_bound(const Case& c, int i) {
  if (i < par::count) return false;
  const double x = c.state[std::size_t(i - par::count)];
  return x == 0.0 || (i - par::count == row::phenology_fraction && x > 1.0 - 1e-9);
}

/// d row / d input by central differences, extrapolated to no step.
std::vector<double> difference(const Case& c, int i) {
  std::vector<double> slope(row::count);
  Case moved = c;
  double& x = input(moved, i);
  const double at = x, widest = step_of(c, i);
  for (const double h : {widest, 0.5 * widest}) {
    x = at + h;
    const auto high = run<double>(moved);
    x = at - h;
    const auto low = run<double>(moved);
    for (std::size_t r = 0; r < slope.size(); ++r) {
      const double d = (high[r] - low[r]) / ((at + h) - (at - h));
      slope[r] = h == widest ? d : d + (d - slope[r]) / 3.0;
    }
  }
  return slope;
}

/// Compares all derivatives of all rows. Carbon fluxes are booked as differences of pools of 10^4 g m-2, so that the
/// differences see no more than `noise`.
void expect_derivatives(const Case& c) {
  constexpr double noise = 4e-12;
  const auto value = run<double>(c);
  for (int first = 0; first < inputs; first += 2) {
    const auto dual = run<Duals>(c, first);
    for (int r = 0; r < row::count; ++r) ASSERT_EQ(dual[std::size_t(4 * r)], value[std::size_t(r)]) << "row " << r;
    for (int j = 0; j < 2 && first + j < inputs; ++j) {
      const int i = first + j;
      const auto exact = run<test::ComplexStep>(c, i);
      const auto slope = difference(c, i);
      const double h = step_of(c, i), x = 1e5 * h;
      for (int r = 0; r < row::count; ++r) {
        const double d = dual[std::size_t(4 * r + 2 + j)], scale = std::abs(d) + std::abs(value[std::size_t(r)] / x);
        EXPECT_NEAR(d, exact[std::size_t(2 * r + 1)], 1e-10 * scale + 1e-15 / x) << "row " << r << " input " << i;
        if (on_bound(c, i)) continue;
        EXPECT_NEAR(d, slope[std::size_t(r)], 1e-6 * scale + noise / h) << "row " << r << " input " << i;
      }
    }
  }
}

constexpr int temperate = 3, boreal = 4;
constexpr int cold_deciduous_trees = 7, evergreen_needleleaf = 2;

TEST(DailyDerivatives, OfDaysOfATemperateSummer) {
  for (const int days : {1, 3}) {
    const Case c = case_of(temperate, cold_deciduous_trees, 200, days);
    EXPECT_GT(c.state[row::leaf_area_index], 0.5);
    EXPECT_GT(c.state[row::gpp], 1.0);
    expect_derivatives(c);
  }
}

TEST(DailyDerivatives, OfDaysOfABorealWinter) {
  for (const int days : {1, 3}) {
    const Case c = case_of(boreal, evergreen_needleleaf, 380, days);
    EXPECT_GT(c.state[row::snow_ice], 10.0);
    EXPECT_LT(c.state[row::soil_temperature + 2], 273.15);
    expect_derivatives(c);
  }
}

}  // namespace
}  // namespace tilth
