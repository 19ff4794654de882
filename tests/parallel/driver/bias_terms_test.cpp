#include "driver/bias_terms.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "assim/inflation.hpp"
#include "core/base/error.hpp"
#include "parallel/driver/small_run.hpp"

namespace tilth {
namespace {

using test::SmallRun;

std::string yaml(const std::string& bias) {
  return test::options(
      "analysis: {parameter_information: 1, parameter_floor: 0, parameter_relaxation: 0, method: letkf}\n"
      "observations:\n"
      "  - {name: sm, operator: {surface_soil_moisture: {leaf_area_limit: 20}}, files: [none.nc], background_check: "
      "20" +
      bias +
      "}\n"
      "  - {name: lai, operator: {lai: {}}, files: [none.nc]}\n");
}

/// Daily observations of stream 0 at every column in a window.
ObsTable daily(const Domain& domain, std::int64_t window, int members) {
  ObsTable t;
  t.members = members;
  const Time begin = domain.experiment->window_begin(window), end = domain.experiment->window_end(window);
  const std::int64_t days = (end - begin) / seconds_per_day;
  t.resize(std::size_t(domain.columns() * days));
  std::size_t i = 0;
  for (std::int64_t d = 0; d < days; ++d)
    for (int c = 0; c < domain.columns(); ++c, ++i) {
      const GridPoint& p = domain.grid.points[c];
      t.id[i] = d * 1000 + p.id, t.point[i] = p.id, t.column[i] = c, t.lon[i] = p.lon, t.lat[i] = p.lat;
      t.begin[i] = begin + d * seconds_per_day, t.end[i] = t.begin[i] + seconds_per_day;
    }
  t.sort_by_id();
  return t;
}

/// A twin: the nature run draws its own bias; the ensemble sees the biased observations for three windows.
struct Twin {
  Twin(const Comm& comm, const std::string& bias) : run(comm, yaml(bias), {"ensemble.size=24"}) {
    nature = test::young_members(run, {1, -1, 17});
    members = test::young_members(run, run.role());
    Products seen(product_definitions(run.domain.model->traits().layout), run.domain.columns(), 1);
    Products products(product_definitions(run.domain.model->traits().layout), run.domain.columns(), members->size());
    WindowAnalysis analysis(*members, products.definitions());
    const Random noise(9, Purpose::observation_error);
    for (std::int64_t w = 0; w < 3; ++w) {
      const Time begin = run.experiment.window_begin(w), end = run.experiment.window_end(w);
      ObsTable truth = daily(run.domain, w, 1), obs = daily(run.domain, w, members->size());
      forecast_window(*nature, begin, end, truth, seen);
      for (std::size_t i = 0; i < obs.size(); ++i) {
        obs.error_sd[i] = 0.01;
        obs.value[i] = truth.predictions(i)[0] + 0.01 * noise.normal({w, 0, obs.id[i], 0});
      }
      forecast_window(*members, begin, end, obs, products);
      FeedbackColumns feedback = check_observations(run.domain, obs);
      analysis.update(w, obs, products, feedback);
    }
  }
  SmallRun run;
  std::unique_ptr<Members> nature, members;
};

TEST(BiasTerms, RecoverAConstantBiasWithinTheirOwnSpread) {
  const Comm comm = Comm::world();
  Twin twin(comm, ", bias: {sd: 0.05}");
  Members first(twin.run.domain, twin.run.role());
  const auto prior = first.parameters.row(0, 0);
  const double truth = twin.nature->parameters.row(0, 0)[0];
  const auto row = twin.members->parameters.row(0, 0);
  const double mean = member_mean(row), spread = member_spread(row);
  RecordProperty("truth_mean_spread", text(truth, " ", mean, " ", spread));
  EXPECT_GT(std::abs(truth), 0.01);  // there is something to find
  EXPECT_LT(spread, 0.5 * member_spread(prior));
  EXPECT_LT(std::abs(mean - truth), 2.0 * spread);
  EXPECT_LT(std::abs(mean - truth), 0.5 * std::abs(truth));
}

TEST(BiasTerms, RecoverABiasOfEachColumn) {
  const Comm comm = Comm::world();
  Twin twin(comm, ", bias: {sd: 0.05, scope: column}, half_width_km: 300, reach_km: 10");
  double misfit = 0.0, spread = 0.0, draw = 0.0;
  for (int c = 0; c < twin.run.domain.columns(); ++c) {
    const double truth = twin.nature->parameters.row(0, c)[0];
    const auto row = twin.members->parameters.row(0, c);
    misfit += std::pow(member_mean(row) - truth, 2);
    spread += std::pow(member_spread(row), 2);
    draw += truth * truth;
  }
  std::vector<double> sums{misfit, spread, draw};
  const auto all = comm.all_gather(std::span<const double>(sums));
  sums = {0.0, 0.0, 0.0};
  for (std::size_t i = 0; i < all.size(); ++i) sums[i % 3] += all[i];
  RecordProperty("squares_of_misfit_spread_truth", text(sums[0], " ", sums[1], " ", sums[2]));
  EXPECT_LT(sums[1], 0.5 * 4 * 0.05 * 0.05);
  EXPECT_LT(sums[0], 4.0 * sums[1]);
  EXPECT_LT(sums[0], 0.5 * sums[2]);
}

TEST(BiasTerms, AreAddedToTheirStreamOnly) {
  const Comm comm = Comm::world();
  SmallRun run(comm, yaml(", bias: {sd: 0.05, predictors: [constant, annual_sine]}")), plain(comm, yaml(""));
  const auto with = test::young_members(run, run.role()), without = test::young_members(plain, plain.role());
  ObsTable a = daily(run.domain, 0, with->size()), b = a;
  for (std::size_t i = 0; i < a.size(); ++i) a.type[i] = b.type[i] = int(a.id[i] / 1000 % 2);
  Products products(product_definitions(run.domain.model->traits().layout), run.domain.columns(), with->size());
  forecast_window(*with, run.experiment.window_begin(0), run.experiment.window_end(0), a, products);
  forecast_window(*without, run.experiment.window_begin(0), run.experiment.window_end(0), b, products);
  for (std::size_t i = 0; i < a.size(); ++i)
    for (int k = 0; k < with->size(); ++k) {
      const double sine = bias_predictor("annual_sine", middle(a.begin[i], a.end[i]));
      const double bias = with->parameters.row(0, 0)[k] + sine * with->parameters.row(1, 0)[k];
      const double expected = a.type[i] == 0 ? bias : 0.0;
      EXPECT_NEAR(a.predictions(i)[k] - b.predictions(i)[k], expected, 1e-14);
    }
  EXPECT_EQ(run.domain.parameters.back().name, "bias_sm_annual_sine");
  EXPECT_TRUE(informs(run.domain, 0, int(run.domain.parameters.size()) - 1));
  EXPECT_FALSE(informs(run.domain, 1, int(run.domain.parameters.size()) - 1));
  EXPECT_TRUE(informs(run.domain, 1, 0));
}

TEST(BiasPredictor, FollowsTheYear) {
  EXPECT_EQ(bias_predictor("constant", time_of(2018, 5, 3)), 1.0);
  EXPECT_NEAR(bias_predictor("annual_cosine", time_of(2018, 1, 1)), 1.0, 1e-15);
  EXPECT_NEAR(bias_predictor("annual_sine", time_of(2018, 7, 2, 43200)), 0.0, 1e-12);  // the middle of 365 days
  EXPECT_NEAR(bias_predictor("annual_cosine", time_of(2018, 7, 2, 43200)), -1.0, 1e-15);
}

TEST(BiasOptions, RefuseWhatCannotBeEstimated) {
  const Comm comm = Comm::world();
  EXPECT_THROW(SmallRun(comm, yaml(", bias: {sd: 0}")), Error);
  EXPECT_THROW(SmallRun(comm, yaml(", bias: {}")), Error);
  EXPECT_THROW(SmallRun(comm, yaml(", bias: {sd: 0.1, predictors: [constant, constant]}")), Error);
  EXPECT_THROW(SmallRun(comm, yaml(", bias: {sd: 0.1, predictors: [slope]}")), Error);
}

}  // namespace
}  // namespace tilth
