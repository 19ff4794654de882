#include "assim/rotation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assim/inflation.hpp"
#include "unit/assim/analysis_problem.hpp"

namespace tilth::test {
namespace {

std::vector<double> rotation(int N, std::uint64_t seed, std::int64_t cycle) {
  return mean_preserving_rotation(Random(seed, Purpose::analysis), cycle, N);
}

Matrix matrix_of_rotation(int N, std::uint64_t seed, std::int64_t cycle) {
  const auto U = rotation(N, seed, cycle);
  return Eigen::Map<const Matrix>(U.data(), N, N);
}

TEST(Rotation, IsOrthogonalAndKeepsTheMean) {
  for (const int N : {2, 3, 10, 40, 200}) {
    const Matrix U = matrix_of_rotation(N, 5, 3);
    EXPECT_LT(largest_difference(U * U.transpose(), Matrix::Identity(N, N)), 1e-14 * N) << N;
    EXPECT_LT(largest_difference(U * Vector::Ones(N), Vector::Ones(N)), 1e-14 * N) << N;
    EXPECT_LT(largest_difference(U.transpose() * Vector::Ones(N), Vector::Ones(N)), 1e-14 * N) << N;
  }
}

TEST(Rotation, KeepsMeanAndCovarianceOfAnEnsemble) {
  const Matrix E = (normal_matrix(6, 20, 1).array() * 3.0 + 280.0).matrix();
  Rows rows(E);
  const auto U = rotation(20, 42, 7);
  for (int i = 0; i < 6; ++i) rotate_members(U, rows.members_of(i));
  const Matrix rotated = rows.matrix();
  EXPECT_LT(largest_difference(rotated.rowwise().mean(), E.rowwise().mean()), 1e-12);  // round-off of numbers near 280
  EXPECT_LT(largest_difference(covariance_of(rotated), covariance_of(E)), 1e-12);
  EXPECT_GT(largest_difference(rotated, E), 1.0);
}

TEST(Rotation, IsAFunctionOfSeedAndCycle) {
  const Matrix U = matrix_of_rotation(12, 5, 3);
  EXPECT_EQ(largest_difference(U, matrix_of_rotation(12, 5, 3)), 0.0);
  EXPECT_GT(largest_difference(U, matrix_of_rotation(12, 5, 4)), 0.1);
  EXPECT_GT(largest_difference(U, matrix_of_rotation(12, 6, 3)), 0.1);
}

TEST(Rotation, ARowWithoutSpreadKeepsItsBits) {
  std::vector<double> row(7, 0.1);
  rotate_members(rotation(7, 1, 1), row);
  EXPECT_EQ(row, std::vector<double>(7, 0.1));
}

TEST(Rotation, IsUniformlyDistributed) {
  // Haar on the rotations that keep 1: with P = I - 11'/N, E[U] = 11'/N and, for unit anomalies a and b,
  // E[(a' U b)^2] = 1 / (N - 1), E[(a' U b)^4] = 3 / ((N - 1) (N + 1)); both signs of the determinant are as likely.
  constexpr int N = 5, trials = 20000;
  Vector a(N), b(N);
  a << 1, -1, 0, 0, 0;
  b << 1, 1, 1, 1, -4;
  a.normalize();
  b.normalize();
  double first = 0.0, second = 0.0, fourth = 0.0, same = 0.0, same_fourth = 0.0, determinant = 0.0;
  for (int t = 0; t < trials; ++t) {
    const Matrix U = matrix_of_rotation(N, 9, t);
    const double x = a.dot(U * b);
    first += x / trials;
    second += x * x / trials;
    fourth += x * x * x * x / trials;
    const double y = b.dot(U * b);
    same += y / trials;
    same_fourth += y * y * y * y / trials;
    determinant += U.determinant() / trials;
  }
  EXPECT_NEAR(first, 0.0, 0.012);  // three standard deviations of the mean of 20000
  EXPECT_NEAR(same, 0.0, 0.012);
  EXPECT_NEAR(second, 1.0 / (N - 1), 0.006);
  EXPECT_NEAR(fourth, 3.0 / ((N - 1) * (N + 1)), 0.005);
  EXPECT_NEAR(same_fourth, 3.0 / ((N - 1) * (N + 1)), 0.005);
  EXPECT_NEAR(determinant, 0.0, 0.022);
}

TEST(Rotation, OfTwoMembersIsTheirOrderOrItsReverse) {
  int swapped = 0;
  for (int t = 0; t < 400; ++t) {
    std::vector<double> row = {1.0, 3.0};
    rotate_members(rotation(2, 3, t), row);
    const bool swap = row[0] > row[1];
    swapped += swap;
    EXPECT_NEAR(row[0], swap ? 3.0 : 1.0, 1e-14);
  }
  EXPECT_NEAR(swapped, 200, 30);  // three standard deviations
}

}  // namespace
}  // namespace tilth::test
