#include <set>

#include <gtest/gtest.h>

#include "assim/calibration/draws.hpp"
#include "assim/calibration/learn/clusters.hpp"
#include "assim/calibration/learn/validation.hpp"
#include "core/base/error.hpp"
#include "unit/calibration/calibration_case.hpp"

namespace tilth::calibration::test {
namespace {

// 60 rows each about three centres, in turn; standard deviations 0.3 and 0.6, correlation 0.5.
Matrix three_groups() {
  const Draws draws(4, Stream::bootstrap);
  const Matrix centre{{0.0, 0.0}, {5.0, 0.0}, {0.0, 6.0}};
  Matrix X(180, 2);
  for (Index i = 0; i < 180; ++i) {
    const double a = draws.normal(0, i), b = 0.5 * a + std::sqrt(0.75) * draws.normal(1, i);
    X(i, 0) = centre(i % 3, 0) + 0.3 * a;
    X(i, 1) = centre(i % 3, 1) + 0.6 * b;
  }
  return X;
}

// Sums of products of each group about its own mean, in the order of the first rows.
std::vector<Matrix> scatters(const Matrix& X) {
  std::vector<Matrix> out;
  for (Index g = 0; g < 3; ++g) {
    Matrix own(60, 2);
    for (Index i = 0; i < 60; ++i) own.row(i) = X.row(3 * i + g);
    const Matrix away = own.rowwise() - own.colwise().mean();
    out.push_back(away.transpose() * away);
  }
  return out;
}

TEST(KMeans, FindsGroupsThatLieApart) {
  const Matrix X = three_groups();
  const Clusters out = k_means(X, 3);
  std::set<int> labels(out.member.begin(), out.member.begin() + 3);
  EXPECT_EQ(labels.size(), 3U);
  for (std::size_t i = 3; i < out.member.size(); ++i) EXPECT_EQ(out.member[i], out.member[i % 3]);
  double within = 0.0;
  for (const Matrix& scatter : scatters(X)) within += scatter.trace();
  EXPECT_NEAR(out.inertia, within, 1e-9);
  EXPECT_EQ(out.nearest(Matrix{{5.1, 0.3}})[0], out.member[1]);
  EXPECT_GT(k_means(three_groups(), 2).inertia, out.inertia);
  EXPECT_NEAR(k_means(Matrix{{1.0}, {2.0}, {4.0}}, 3).inertia, 0.0, 1e-30);
  EXPECT_THROW(k_means(Matrix{{1.0}}, 2), Error);
}

TEST(Mixture, FindsMeansCovariancesAndTheNumberOfGroups) {
  const Matrix X = three_groups();
  const Mixture out = gaussian_mixture(X, 3);
  for (Index g = 0; g < 3; ++g) {
    Index c = 0;
    out.probability.row(g).maxCoeff(&c);
    EXPECT_NEAR(out.weight(c), 1.0 / 3.0, 1e-6);
    EXPECT_LT(largest(out.covariance[std::size_t(c)] - scatters(X)[std::size_t(g)] / 60.0), 1e-5);  // the floor: 1e-6
  }
  EXPECT_LT(largest(out.probability.rowwise().sum() - Vector::Ones(180)), 1e-12);
  EXPECT_LT(out.bic, gaussian_mixture(X, 2).bic);
  EXPECT_LT(out.bic, gaussian_mixture(X, 5).bic);
}

TEST(Mixture, OfOneComponentIsTheSampleCovariance) {
  const Matrix X = three_groups();
  const Mixture out = gaussian_mixture(X, 1, {}, 0.0);
  const Matrix away = X.rowwise() - X.colwise().mean();
  EXPECT_LT(largest(out.covariance[0] - away.transpose() * away / 180.0), 1e-12);
}

TEST(Standardisation, LeavesConstantColumnsAtZero) {
  const Matrix X{{1.0, 0.1}, {3.0, 0.1}, {5.0, 0.1}};
  const Matrix Z = Standardisation::of(X)(X);
  EXPECT_NEAR(Z.col(0).squaredNorm(), 3.0, 1e-12);
  EXPECT_EQ(Z.col(1), Vector::Zero(3));
}

TEST(KFolds, HoldEveryPlaceOutOnceAndSpreadStrata) {
  std::vector<int> strata;
  for (int i = 0; i < 23; ++i) strata.push_back(i % 3);
  const std::vector<int> folds = k_folds(23, 4, 9, strata);
  std::vector<int> held(23, 0);
  for (int f = 0; f < 4; ++f) {
    const FoldSplit parts = split(folds, f);
    EXPECT_EQ(parts.training.size() + parts.held_out.size(), 23U);
    EXPECT_GE(parts.held_out.size(), 5U);
    std::vector<int> per_stratum(3, 0);
    for (const Index i : parts.held_out) {
      ++held[std::size_t(i)];
      ++per_stratum[std::size_t(i % 3)];
    }
    for (const int n : per_stratum) EXPECT_GE(n, 1);
  }
  EXPECT_EQ(held, std::vector<int>(23, 1));
  EXPECT_NE(folds, k_folds(23, 4, 10, strata));
  EXPECT_THROW(k_folds(3, 4, 1), Error);
}

TEST(PermutationImportance, IsThatOfALinearFunction) {
  const Draws draws(6, Stream::bootstrap);
  Matrix X(400, 3);
  for (Index i = 0; i < 400; ++i)
    for (Index f = 0; f < 3; ++f) X(i, f) = draws.normal(i, f);
  const Vector coefficient{{2.0, -1.0, 0.0}}, y = X * coefficient;
  const auto loss = [&](const Matrix& features) { return (features * coefficient - y).squaredNorm() / 400.0; };
  const Importance out = permutation_importance(loss, X, 10, 1);
  EXPECT_NEAR(out.mean(0), 8.0, 1.2);  // 2 b^2 times the variance
  EXPECT_NEAR(out.mean(1), 2.0, 0.3);
  EXPECT_EQ(out.mean(2), 0.0);
  EXPECT_GT(out.sd(0), 0.0);
}

}  // namespace
}  // namespace tilth::calibration::test
