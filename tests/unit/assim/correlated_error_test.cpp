#include <gtest/gtest.h>

#include <numbers>

#include "assim/observation_error/ar1_whitening.hpp"
#include "assim/observation_error/block_whitening.hpp"
#include "unit/assim/observation_error_case.hpp"

namespace tilth {
namespace {

using namespace test;

const std::vector<double> days{0.0, 1.0, 1.5, 4.0, 9.0};
constexpr double time_days = 5.0;

/// Two states, predictions of five times, values and errors that differ from time to time.
struct Case {
  Matrix E = exact_ensemble(Vector::Constant(2, 1.0), Matrix::Identity(2, 2), 12, 3);
  Matrix HE = normal_matrix(5, 2, 4) * E + 0.1 * normal_matrix(5, 12, 5);
  Vector y = Vector::LinSpaced(5, 0.5, 2.5), sd = Vector::LinSpaced(5, 0.4, 0.8);
  ObsTable table() const { return sequence(days, y, sd, HE); }
};

void whiten_block(ObsTable& table, const std::vector<std::int64_t>& block, const Matrix& R) {
  const BlockWhitening whitening({R.data(), std::size_t(R.size())}, table.size(), block, "test");
  whitening.apply(table.value, 1);
  whitening.apply(table.hx_mean, table.hx_mean.empty() ? 0 : 1);
  whitening.apply({table.predictions(0), table.size() * std::size_t(table.stride())}, std::size_t(table.stride()));
  for (const std::int64_t i : block) table.error_sd[std::size_t(i)] = 1.0;
}

void expect_equal(const Moments& a, const Moments& b, double tolerance) {
  EXPECT_LT((a.mean - b.mean).cwiseAbs().maxCoeff(), tolerance);
  EXPECT_LT(largest_difference(a.covariance, b.covariance), tolerance);
}

TEST(Ar1Whitening, GivesTheKalmanUpdateWithTheFullCovariance) {
  const Case c;
  ObsTable table = c.table();
  whiten_sequences(table, 0, time_days * double(seconds_per_day));
  const Matrix R = ar1_covariance(days, c.sd, time_days);
  expect_equal(updated(c.E, table), kalman(c.E, c.HE, c.y, R), 1e-12);  // round-off
  const Matrix diagonal = c.sd.cwiseAbs2().asDiagonal();
  EXPECT_GT((updated(c.E, table).mean - kalman(c.E, c.HE, c.y, diagonal).mean).norm(), 1e-2);
}

TEST(Ar1Whitening, AgreesWithTheCholeskyFactorOfTheWholeBlock) {
  const Case c;
  ObsTable sequential = c.table(), block = c.table();
  whiten_sequences(sequential, 0, time_days * double(seconds_per_day));
  const Matrix R = ar1_covariance(days, c.sd, time_days);
  whiten_block(block, {0, 1, 2, 3, 4}, R);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(sequential.value[i], block.value[i], 1e-12);
    EXPECT_EQ(sequential.error_sd[i], 1.0);
    for (int k = 0; k < 12; ++k) EXPECT_NEAR(sequential.predictions(i)[k], block.predictions(i)[k], 1e-12);
  }
}

TEST(Whitening, TakesThePredictionOfTheMeanMemberAlong) {
  const Case c;
  const Matrix R = ar1_covariance(days, c.sd, time_days);
  for (const bool block : {false, true}) {
    ObsTable table = c.table();
    for (std::size_t i = 0; i < 5; ++i) table.hx_mean.push_back(2.0 * table.value[i]);
    if (block)
      whiten_block(table, {0, 1, 2, 3, 4}, R);
    else
      whiten_sequences(table, 0, time_days * double(seconds_per_day));
    for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(table.hx_mean[i], 2.0 * table.value[i], 1e-12);
  }
}

TEST(Ar1Whitening, KeepsPlacesStreamsAndFlaggedRowsApart) {
  const Case c;
  ObsTable table = c.table();
  table.point[1] = 8;             // another place
  table.type[2] = 1;              // another stream
  table.flag[3] = qc_background;  // not used
  const ObsTable before = table;
  whiten_sequences(table, 0, time_days * double(seconds_per_day));
  EXPECT_EQ(table.value[0], before.value[0] / before.error_sd[0]);
  EXPECT_EQ(table.value[1], before.value[1] / before.error_sd[1]);
  EXPECT_EQ(table.value[2], before.value[2]);
  EXPECT_EQ(table.value[3], before.value[3]);
  EXPECT_EQ(table.error_sd[3], before.error_sd[3]);
  const double phi = std::exp(-9.0 / time_days);  // from the first row to the last, over what is not of the sequence
  const double expected = (c.y(4) / c.sd(4) - phi * c.y(0) / c.sd(0)) / std::sqrt(1.0 - phi * phi);
  EXPECT_NEAR(table.value[4], expected, 1e-14);
  EXPECT_EQ(table.point, before.point);
}

TEST(Ar1Whitening, OfFarApartObservationsIsTheDiagonalUpdate) {
  const Case c;
  ObsTable table = c.table();
  whiten_sequences(table, 0, 1e-3 * double(seconds_per_day));
  const Matrix R = c.sd.cwiseAbs2().asDiagonal();
  expect_equal(updated(c.E, table), kalman(c.E, c.HE, c.y, R), 1e-12);
}

/// Degrees of freedom for signal of ten daily observations of one constant: 1 - posterior / prior variance.
double information(double correlation_days) {
  std::vector<double> day;
  for (int i = 0; i < 10; ++i) day.push_back(i);
  const Matrix E = exact_ensemble(Vector::Zero(1), Matrix::Identity(1, 1), 10, 6);
  const Matrix HE = E.replicate(10, 1);
  ObsTable table = sequence(day, Vector::Zero(10), Vector::Ones(10), HE);
  if (correlation_days > 0.0) whiten_sequences(table, 0, correlation_days * double(seconds_per_day));
  return 1.0 - updated(E, table).covariance(0, 0);
}

TEST(Ar1Whitening, LetsStronglyCorrelatedObservationsSayLittle) {
  // Precision of a constant from n equidistant AR(1) errors: (n - (n - 2) phi) / (1 + phi).
  const auto expected = [](double precision) { return precision / (1.0 + precision); };
  const double phi = std::exp(-1.0 / 50.0);
  EXPECT_NEAR(information(0.0), expected(10.0), 1e-12);
  EXPECT_NEAR(information(50.0), expected((10.0 - 8.0 * phi) / (1.0 + phi)), 1e-10);
  EXPECT_LT(information(50.0), 0.6);  // hardly more than one observation (0.5); ten independent ones: 0.91
}

TEST(Ar1Whitening, NamesTwoObservationsOfOnePlaceAndTime) {
  const Case c;
  ObsTable table = c.table();
  EXPECT_EQ(coincident_observations(table, 0), (std::pair<std::int64_t, std::int64_t>{-1, -1}));
  table.begin[2] = table.end[2] = table.begin[1];
  EXPECT_EQ(coincident_observations(table, 0), (std::pair<std::int64_t, std::int64_t>{1, 2}));
  EXPECT_THROW(whiten_sequences(table, 0, 1e5), Error);
}

TEST(BlockWhitening, GivesTheKalmanUpdateWithTheFullCovariance) {
  const Case c;
  const Matrix X = normal_matrix(5, 5, 9);
  const Matrix R = X * X.transpose() + 0.2 * Matrix::Identity(5, 5);
  ObsTable table = c.table();
  whiten_block(table, {3, 0, 4, 1, 2}, R);  // an order of the block, not of the table
  expect_equal(updated(c.E, table), kalman(c.E, c.HE, c.y, R), 1e-11);
}

TEST(BlockWhitening, LeavesObservationsOfOtherBlocksAsTheyAre) {
  const Matrix R{{4.0, 0.0, 2.0}, {0.0, 9.0, 0.0}, {2.0, 0.0, 5.0}};
  std::vector<double> y{2.0, 7.0, 5.0};
  BlockWhitening({R.data(), 9}, 3, {0, 2}, "test").apply(y, 1);
  EXPECT_EQ(y, (std::vector<double>{1.0, 7.0, 2.0}));  // L = (2 0; 1 2)
}

std::string refusal(const Matrix& R) {
  try {
    BlockWhitening({R.data(), 4}, 2, {0, 1}, "the file");
  } catch (const Error& e) {
    return e.what();
  }
  return "accepted";
}

TEST(BlockWhitening, RefusesWhatIsNotPositiveDefinite) {
  EXPECT_EQ(refusal(Matrix{{1.0, 0.5}, {0.5, 1.0}}), "accepted");
  EXPECT_NE(refusal(Matrix{{1.0, 1.0}, {1.0, 1.0}}).find("the file is not positive definite"), std::string::npos);
  EXPECT_NE(refusal(Matrix{{1.0, 2.0}, {2.0, 1.0}}).find("observation 1"), std::string::npos);
  EXPECT_NE(refusal(Matrix{{0.0, 0.0}, {0.0, 1.0}}).find("not positive definite"), std::string::npos);
}

}  // namespace
}  // namespace tilth
