#include <gtest/gtest.h>

#include "assim/observation_error/averaged_error.hpp"
#include "assim/observation_error/prepare.hpp"
#include "assim/observation_error/representativeness.hpp"
#include "assim/observation_error/superob.hpp"
#include "assim/observation_error/thinning.hpp"
#include "unit/assim/observation_error_case.hpp"

namespace tilth {
namespace {

using namespace test;

/// One stream's options from YAML in flow style.
ObsErrorOptions options(const std::string& yaml) {
  ObsErrorOptions o;
  read_options(Node::parse(yaml, "test"), o);
  return o;
}

/// Observations of two members that predict 0 and 2 (mean 1, spread sqrt 2), error 1.
ObsTable table_of(const std::vector<double>& day, const std::vector<double>& value) {
  const auto n = Eigen::Index(day.size());
  Matrix HE(n, 2);
  HE.col(0).setZero();
  HE.col(1).setConstant(2.0);
  return sequence(day, Eigen::Map<const Vector>(value.data(), n), Vector::Ones(n), HE);
}

TEST(Representativeness, IsFullForAPointAndNoneForTheCellItself) {
  EXPECT_EQ(representativeness_sd(0.05, 0.0, 100.0), 0.05);
  EXPECT_EQ(representativeness_sd(0.05, 10.0, 100.0), 0.0);
  EXPECT_NEAR(representativeness_sd(0.05, 6.0, 100.0), 0.04, 1e-15);  // sqrt(1 - 0.36) = 0.8
  EXPECT_NEAR(representativeness_sd(0.05, 10.0, 36.0), 0.04, 1e-15);  // a footprint beyond the cell
  EXPECT_EQ(total_error_sd(0.03, 0.0), 0.03);
  EXPECT_NEAR(total_error_sd(0.03, 0.04), 0.05, 1e-16);
}

TEST(AveragedError, FollowsTheEffectiveNumberOfObservations) {
  const std::vector<double> weight(4, 0.25), sd(4, 2.0);
  const std::vector<Time> same(4, Time{0});
  EXPECT_NEAR(averaged_error_sd(weight, sd, same, {0.0, 0.0}), 1.0, 1e-15);
  EXPECT_NEAR(averaged_error_sd(weight, sd, same, {1.0, 0.0}), 2.0, 1e-15);
  EXPECT_NEAR(averaged_error_sd(weight, sd, same, {0.4, 0.0}), 2.0 * std::sqrt(0.6 / 4 + 0.4), 1e-15);
  const std::vector<double> half(2, 0.5);
  const std::vector<Time> apart{Time{0}, Time{seconds_per_day}};
  const double c = std::exp(-0.5);
  EXPECT_NEAR(averaged_error_sd(half, {sd.data(), 2}, apart, {1.0, 2.0 * double(seconds_per_day)}),
              2.0 * std::sqrt((1.0 + c) / 2.0), 1e-15);
}

TEST(Superob, IsTheMeanOfItsBoxWithTheReducedError) {
  ObsTable table = table_of({0.1, 0.5, 0.9, 3.0}, {1.0, 2.0, 6.0, 9.0});
  table.lon[2] = 10.3;
  table.predictions(1)[0] = 3.0;
  table.hx_mean = {0.0, 3.0, 6.0, 9.0};
  const ObsTable out = superobbed(table, 0, options("{superob: {interval: 1 days}}").superob, {0.2, 0.0});
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(out.id, (std::vector<std::int64_t>{0, 3}));
  EXPECT_NEAR(out.value[0], 3.0, 1e-14);
  EXPECT_NEAR(out.error_sd[0], std::sqrt(0.8 / 3 + 0.2), 1e-15);
  EXPECT_NEAR(out.lon[0], 10.1, 1e-13);
  EXPECT_NEAR(out.predictions(0)[0], 1.0, 1e-15);
  EXPECT_NEAR(out.hx_mean[0], 3.0, 1e-15);
  EXPECT_EQ(out.begin[0], table.begin[0]);
  EXPECT_EQ(out.end[0], table.end[2]);
  EXPECT_EQ(out.value[1], 9.0);
  EXPECT_EQ(out.error_sd[1], 1.0);
}

TEST(Superob, WeighsByPrecisionAndLeavesFlaggedRowsAlone) {
  ObsTable table = table_of({0.0, 0.1, 0.2}, {1.0, 4.0, 100.0});
  table.error_sd[1] = 2.0;
  table.flag[2] = qc_background;
  const ObsTable out = superobbed(table, 0, {}, {0.0, 0.0});
  ASSERT_EQ(out.size(), 2u);
  EXPECT_NEAR(out.value[0], (1.0 + 0.25 * 4.0) / 1.25, 1e-15);
  EXPECT_NEAR(out.error_sd[0], 1.0 / std::sqrt(1.25), 1e-15);
  EXPECT_EQ(out.value[1], 100.0);
}

TEST(Superob, MakesSquaresWithinAColumn) {
  ObsTable table = table_of({0, 0, 0}, {1.0, 2.0, 3.0});
  table.lat = {50.01, 50.02, 50.2};  // the last about 20 km away
  EXPECT_EQ(superobbed(table, 0, options("{superob: {cell_km: 10}}").superob, {}).size(), 2u);
  EXPECT_EQ(superobbed(table, 0, {}, {}).size(), 1u);
}

TEST(Superob, OfIndependentErrorsGivesTheUpdateOfAllObservations) {
  const Matrix E = exact_ensemble(Vector::Constant(1, 1.0), Matrix::Identity(1, 1), 8, 2);
  const Vector y = Vector::LinSpaced(3, 0.0, 1.0), sd = Vector::LinSpaced(3, 0.5, 1.5);
  const ObsTable all = sequence({0.1, 0.2, 0.3}, y, sd, E.replicate(3, 1));
  const ObsTable one = superobbed(all, 0, {}, {0.0, 0.0});
  ASSERT_EQ(one.size(), 1u);
  EXPECT_NEAR(updated(E, one).mean(0), updated(E, all).mean(0), 1e-13);
  EXPECT_NEAR(updated(E, one).covariance(0, 0), updated(E, all).covariance(0, 0), 1e-13);
}

TEST(Thinning, KeepsTheObservationClosestToTheMiddle) {
  ObsTable table = table_of({0.1, 0.4, 0.6, 0.9, 1.2}, {1, 2, 3, 4, 5});
  table.flag[1] = qc_snow;
  table.begin[2] = table.end[2] = Time{seconds_per_day * 6 / 10};
  thin_observations(table, 0, options("{thinning: {interval: 1 days}}").thinning);
  EXPECT_EQ(table.flag, (std::vector<std::uint32_t>{qc_thinned, qc_snow, qc_used, qc_thinned, qc_used}));
}

TEST(Thinning, TakesTheLowestIdOfEquals) {
  ObsTable table = table_of({0.25, 0.75, 0.25}, {1, 2, 3});
  table.id = {5, 3, 4};
  thin_observations(table, 0, options("{thinning: {interval: 1 days}}").thinning);
  EXPECT_EQ(table.flag, (std::vector<std::uint32_t>{qc_thinned, qc_used, qc_thinned}));
}

TEST(RobustWeights, FallWithTheDepartureInUnitsOfTheTotalSpread) {
  const double sd = std::sqrt(2.0 + 1.0);  // spread and error
  ObsTable table = table_of({0, 1, 2, 3}, {1.0 + sd, 1.0 - 3.0 * sd, 1.0 + 6.0 * sd, 1.0 + 6.0 * sd});
  table.flag[3] = qc_bad_value;
  const auto huber = robust_weights(table, std::vector{options("{qc: {robust: huber, threshold: 1.5}}")});
  const std::vector<double> expected{1.0, 0.5, 0.25, 1.0};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(huber[i], expected[i], 1e-14);
  const auto varqc = robust_weights(table, std::vector{options("{qc: {robust: varqc, threshold: 3}}")});
  EXPECT_NEAR(varqc[0], 1.0 / (1.0 + std::exp(-4.0)), 1e-14);
  EXPECT_NEAR(varqc[1], 0.5, 1e-14);
  EXPECT_NEAR(varqc[2], std::max(1.0 / (1.0 + std::exp(13.5)), 1e-6), 1e-14);
  EXPECT_EQ(varqc[3], 1.0);
  EXPECT_EQ(robust_weights(table, std::vector{options("{}")}), std::vector<double>(4, 1.0));
}

TEST(PrepareObservations, WithoutOptionsReturnsTheTableBitForBit) {
  const ObsTable table = table_of({0, 1, 2}, {1.1, 2.2, 3.3});
  const std::vector<ObsErrorOptions> none{options("{}")};
  const ObsTable out = prepare_observations(table, none, robust_weights(table, none));
  EXPECT_EQ(out.value, table.value);
  EXPECT_EQ(out.error_sd, table.error_sd);
  EXPECT_EQ(out.hx, table.hx);
  EXPECT_EQ(out.id, table.id);
}

TEST(PrepareObservations, WeighsThenAveragesThenWhitens) {
  const ObsTable table = table_of({0.2, 0.6, 1.2, 1.6}, {1.0, 1.2, 0.8, 9.0});
  const std::vector<ObsErrorOptions> all{
      options("{error: {correlation_time: 4 days}, qc: {robust: huber, threshold: 1}, superob: {interval: 1 days}}")};
  const auto weight = robust_weights(table, all);
  EXPECT_LT(weight[3], 0.25);
  const ObsTable out = prepare_observations(table, all, weight);
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(out.error_sd, (std::vector<double>{1.0, 1.0}));
  const double within = std::exp(-0.1), phi = std::exp(-0.25);
  const auto mean_sd = [&](double a, double sb) {
    const double b = 1.0 - a;
    return std::sqrt(a * a + b * b * sb * sb + 2.0 * a * b * sb * within);
  };
  const double first = 1.1 / mean_sd(0.5, 1.0), a = 1.0 / (1.0 + weight[3]);
  const double second = (0.8 * a + 9.0 * (1.0 - a)) / mean_sd(a, 1.0 / std::sqrt(weight[3]));
  EXPECT_NEAR(out.value[0], first, 1e-14);
  EXPECT_NEAR(out.value[1], (second - phi * first) / std::sqrt(1.0 - phi * phi), 1e-12);
}

TEST(ObsErrorOptions, RefusesWhatWouldHaveNoEffect) {
  EXPECT_THROW(options("{error: {footprint_km: 3}}"), Error);
  EXPECT_THROW(options("{qc: {threshold: 3}}"), Error);
  EXPECT_THROW(options("{qc: {robust: hubr}}"), Error);
  EXPECT_THROW(options("{superob: {cell_km: 10}, error: {correlation_time: 3 days}}"), Error);
  EXPECT_FALSE(options("{error: {correlation: 0.5}}").changes_observations());
  EXPECT_TRUE(options("{superob: {}}").changes_observations());
}

}  // namespace
}  // namespace tilth
