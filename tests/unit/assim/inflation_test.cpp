#include "assim/inflation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/base/error.hpp"

namespace tilth {
namespace {

const std::vector<double> prior = {1.0, 2.0, 3.0, 6.0};      // mean 3, sum of squares 14
const std::vector<double> posterior = {2.0, 2.5, 2.5, 3.0};  // mean 2.5, sum of squares 0.5

TEST(Inflation, ScalesAnomaliesAboutTheMean) {
  std::vector<double> row = prior;
  inflate(row, 1.5);
  EXPECT_EQ(row, (std::vector<double>{0.0, 1.5, 3.0, 7.5}));
}

TEST(Inflation, RelaxesTheSpreadByTheGivenShare) {
  std::vector<double> row = posterior;
  relax_to_prior_spread(prior, row, 0.5);
  EXPECT_NEAR(member_mean(row), 2.5, 1e-15);
  EXPECT_NEAR(member_spread(row), 0.5 * (std::sqrt(14.0 / 3.0) + std::sqrt(0.5 / 3.0)), 1e-15);
}

TEST(Inflation, RelaxesTheAnomaliesByTheGivenShare) {
  std::vector<double> row = posterior;
  relax_to_prior_perturbations(prior, row, 0.5);
  EXPECT_EQ(row, (std::vector<double>{1.25, 2.0, 2.5, 4.25}));
}

TEST(Inflation, KeepsAFloorUnderTheSpreadOnly) {
  std::vector<double> row = posterior;
  keep_spread(row, 2.0, 0.5);
  EXPECT_NEAR(member_spread(row), 1.0, 1e-15);
  EXPECT_NEAR(member_mean(row), 2.5, 1e-15);
  row = prior;
  keep_spread(row, 2.0, 0.5);
  EXPECT_EQ(row, prior);
}

TEST(Inflation, KeepsTheBitsWhenSwitchedOff) {
  std::vector<double> row = {0.1, 0.2, 0.7};
  const std::vector<double> before = row, other = {5.0, 6.0, 9.0};
  inflate(row, 1.0);
  relax_to_prior_spread(other, row, 0.0);
  relax_to_prior_perturbations(other, row, 0.0);
  keep_spread(row, 1.0, 0.0);
  EXPECT_EQ(row, before);
}

TEST(Inflation, LeavesARowWithoutSpreadAlone) {
  std::vector<double> row = {0.1, 0.1, 0.1, 0.1};
  const std::vector<double> before = row;
  relax_to_prior_spread(prior, row, 0.9);
  keep_spread(row, 1.0, 0.5);
  EXPECT_EQ(row, before);
}

TEST(InflationOptions, RefuseValuesOutOfRange) {
  InflationOptions options;
  EXPECT_THROW(read_options(Node::parse("{rtps: 1.5}", "test"), options), Error);
  EXPECT_THROW(read_options(Node::parse("{rtpp: -0.1}", "test"), options), Error);
  read_options(Node::parse("{rtps: 0.6, rtpp: 0.2}", "test"), options);
  EXPECT_EQ(options.rtps, 0.6);
  EXPECT_EQ(options.rtpp, 0.2);
}

}  // namespace
}  // namespace tilth
