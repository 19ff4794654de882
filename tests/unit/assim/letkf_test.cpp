#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "assim/methods/letkf_reference.hpp"
#include "unit/assim/analysis_problem.hpp"

namespace tilth::test {
namespace {

bool same_bits(const Matrix& a, const Matrix& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         std::memcmp(a.data(), b.data(), sizeof(double) * a.size()) == 0;
}

/// Random problem: p observations, N members, rows to update, error variances around `r`.
struct RandomCase {
  Matrix E, HE;
  Vector y, r;
  RandomCase(int p, int N, int rows, double r_scale = 0.5, std::int64_t id = 1)
      : E(normal_matrix(rows, N, 10 * id)), HE(normal_matrix(p, N, 10 * id + 1)), y(normal_matrix(p, 1, 10 * id + 2)) {
    r = r_scale * (normal_matrix(p, 1, 10 * id + 3).array().abs() + 0.2);
  }
};

Matrix by_reference(const RandomCase& s, const std::vector<double>& taper, double inflation) {
  Rows rows(s.E);
  const Observed observed(s.HE, s.y, s.r);
  LocalProblem problem = global_problem(observed, rows.all());
  problem.taper = taper;
  letkf_reference(observed.space(), problem, inflation);
  return rows.matrix();
}

std::vector<double> tapers(int p) {
  std::vector<double> w(p);
  for (int i = 0; i < p; ++i) w[i] = (i % 7 + 1) / 7.0;
  return w;
}

ObsGram statistics(const Observed& observed) {
  const int N = observed.members;
  ObsGram gram(N);
  for (std::size_t i = 0; i < observed.d.size(); ++i)
    for (int k = 0; k < N; ++k) {
      const double* y = observed.Y.data() + i * observed.stride;
      for (int l = 0; l < N; ++l) gram.YtRY[k * N + l] += y[k] * y[l] / observed.variance[i];
      gram.YtRd[k] += y[k] * observed.d[i] / observed.variance[i];
    }
  gram.count = double(observed.d.size());
  return gram;
}

TEST(Letkf, AgreesWithThePlainReferenceForManySizes) {
  for (const int N : {2, 3, 7, 8, 9, 20, 40, 41, 80})
    for (const int p : {1, 2, 5, 19, 48, 90}) {
      const RandomCase s(p, N, 5, 0.5, p + 100 * N);
      Rows rows(s.E);
      const Observed observed(s.HE, s.y, s.r);
      std::vector<LocalProblem> batch{global_problem(observed, rows.all())};
      batch[0].taper = tapers(p);
      method("letkf", "{inflation: 1.3}")->update(observed.space(), batch);
      EXPECT_LT(largest_difference(rows.matrix(), by_reference(s, tapers(p), 1.3)), 1e-11) << "N " << N << " p " << p;
    }
}

TEST(Letkf, HoldsForErrorsFromTinyToHuge) {
  for (const double scale : {1e-8, 1e-4, 1.0, 1e4, 1e12}) {
    const RandomCase s(30, 20, 4, scale);
    const Matrix Ea = updated(*method("letkf"), s.E, s.HE, s.y, s.r);
    ASSERT_TRUE(Ea.allFinite()) << scale;
    const Matrix expected = by_reference(s, std::vector<double>(30, 1.0), 1.0);
    // Round-off grows with the condition of A, about 1 + 1/scale.
    EXPECT_LT(largest_difference(Ea, expected), 1e-13 * std::max(1e2, 1.0 / scale)) << scale;
    if (scale == 1e12) {
      EXPECT_LT(largest_difference(Ea, s.E), 1e-9);
    }
  }
}

TEST(Letkf, HoldsForPredictionsThatHardlySpread) {
  for (const double spread : {1e-20, 1e-60, 1e-76, 1e-90, 1e-120, 1e-160, 0.0})
    for (const int p : {3, 30})
      for (const int rows : {1, 12}) {
        RandomCase s(p, 20, rows, 0.5, p);
        s.HE = (s.HE * spread).eval();
        s.HE.row(0) *= 1e-10;
        const Matrix Ea = updated(*method("letkf"), s.E, s.HE, s.y, s.r);
        EXPECT_LT(largest_difference(Ea, s.E), 1e-13) << spread << " p " << p << " rows " << rows;
        Rows from_statistics(s.E);
        method("letkf")->update(statistics(Observed(s.HE, s.y, s.r)), 20, from_statistics.all());
        EXPECT_LT(largest_difference(from_statistics.matrix(), s.E), 1e-13) << spread << " statistics, p " << p;
      }
}

TEST(Letkf, LeavesAProblemWithoutObservationsAsItIs) {
  const RandomCase s(3, 10, 4);
  Rows rows(s.E);
  const Observed observed(s.HE, s.y, s.r);
  std::vector<LocalProblem> batch(2);
  batch[0].rows = {rows.row(0), rows.row(1)};
  batch[1] = {{0, 1, 2}, {0.0, 0.0, 0.0}, {rows.row(2), rows.row(3)}};
  const auto filter = method("letkf", "{inflation: 1.5}");
  filter->update(observed.space(), batch);
  filter->update(observed.space(), {});
  filter->update(ObsGram(10), 10, rows.all());
  EXPECT_TRUE(same_bits(rows.matrix(), s.E));
}

TEST(Letkf, TreatsAZeroTaperAsAbsent) {
  const RandomCase s(6, 10, 2);
  Rows with(s.E), without(s.E);
  const Observed observed(s.HE, s.y, s.r);
  std::vector<LocalProblem> a(1), b(1);
  a[0] = {{0, 1, 2, 3, 4, 5}, {0.5, 0.0, 1.0, 0.0, 0.7, 0.0}, with.all()};
  b[0] = {{0, 2, 4}, {0.5, 1.0, 0.7}, without.all()};
  method("letkf")->update(observed.space(), a);
  method("letkf")->update(observed.space(), b);
  EXPECT_TRUE(same_bits(with.matrix(), without.matrix()));
}

/// Problems of very different size and conditioning over the same observations.
std::vector<LocalProblem> mixed_batch(int p, int count, Rows& rows) {
  std::vector<LocalProblem> batch(count);
  for (int c = 0; c < count; ++c) {
    for (int i = 0; i < p; ++i) {
      if ((i * 7 + c * 3) % (c % 5 + 1) != 0 || c % 6 == 5) continue;
      batch[c].obs.push_back(i);
      batch[c].taper.push_back(std::pow(0.5, (i + c) % 20));
    }
    batch[c].rows = {rows.row(2 * c), rows.row(2 * c + 1)};
  }
  return batch;
}

TEST(Letkf, GivesAColumnTheSameBitsInAnyBatch) {
  constexpr int p = 70, count = 29;
  for (const int N : {12, 20, 40}) {
    const RandomCase s(p, N, 2 * count, 0.01, N);
    const Observed observed(s.HE, s.y, s.r);
    const auto filter = method("letkf");
    Rows whole(s.E), single(s.E), backwards(s.E);
    auto batch = mixed_batch(p, count, whole);
    filter->update(observed.space(), batch);
    auto singles = mixed_batch(p, count, single);
    for (auto& problem : singles) filter->update(observed.space(), {&problem, 1});
    auto reversed = mixed_batch(p, count, backwards);
    std::reverse(reversed.begin(), reversed.end());
    filter->update(observed.space(), reversed);
    EXPECT_TRUE(same_bits(whole.matrix(), single.matrix())) << N;
    EXPECT_TRUE(same_bits(whole.matrix(), backwards.matrix())) << N;
  }
}

TEST(Letkf, GivesARowTheSameBitsWhateverOtherRowsThereAre) {
  const auto updated_rows = [](const RandomCase& s, int count) {
    Rows rows(s.E);
    const Observed observed(s.HE, s.y, s.r);
    auto pointers = rows.all();
    pointers.resize(count);
    std::vector<LocalProblem> batch{global_problem(observed, pointers)};
    method("letkf")->update(observed.space(), batch);
    return Matrix(rows.matrix().topRows(count));
  };
  const RandomCase s(25, 20, 30);
  const Matrix all = updated_rows(s, 30), few = updated_rows(s, 6);
  for (const int count : {1, 2, 3, 4, 5}) EXPECT_TRUE(same_bits(few.topRows(count), updated_rows(s, count))) << count;
  for (const int count : {7, 9, 16, 27})  // many rows: the transform is formed as a whole
    EXPECT_TRUE(same_bits(all.topRows(count), updated_rows(s, count))) << count;
  EXPECT_LT(largest_difference(all.topRows(6), few), 1e-13);
}

TEST(Letkf, PermutesWithTheMembers) {
  const RandomCase s(30, 20, 4);
  std::vector<int> order(20);
  for (int k = 0; k < 20; ++k) order[k] = (7 * k + 3) % 20;
  RandomCase permuted = s;
  for (int k = 0; k < 20; ++k) {
    permuted.E.col(k) = s.E.col(order[k]);
    permuted.HE.col(k) = s.HE.col(order[k]);
  }
  const Matrix a = updated(*method("letkf"), s.E, s.HE, s.y, s.r);
  const Matrix b = updated(*method("letkf"), permuted.E, permuted.HE, permuted.y, permuted.r);
  for (int k = 0; k < 20; ++k) EXPECT_LT((b.col(k) - a.col(order[k])).cwiseAbs().maxCoeff(), 1e-12) << k;
}

TEST(Letkf, HasTheKalmanMeanAndCovarianceOfTheSample) {
  for (const int p : {3, 60}) {
    const RandomCase s(p, 20, 6);
    const Matrix joint = (Matrix(6 + p, 20) << s.E, s.HE).finished();
    const Matrix P = covariance_of(joint);
    const Eigen::MatrixXd S = Eigen::MatrixXd(P.bottomRightCorner(p, p)) + Eigen::MatrixXd(s.r.asDiagonal());
    const Eigen::MatrixXd cross = P.topRightCorner(6, p);
    const Eigen::MatrixXd K = S.ldlt().solve(cross.transpose()).transpose();
    const Vector mean = s.E.rowwise().mean() + K * (s.y - s.HE.rowwise().mean());
    const Matrix covariance = P.topLeftCorner(6, 6) - K * cross.transpose();
    const Matrix Ea = updated(*method("letkf"), s.E, s.HE, s.y, s.r);
    EXPECT_LT(largest_difference(Ea.rowwise().mean(), mean), 1e-10) << p;
    EXPECT_LT(largest_difference(covariance_of(Ea), covariance), 1e-10) << p;
  }
}

TEST(Letkf, SolvesTheScalarCaseWithTwoMembers) {
  const Matrix E = (Matrix(1, 2) << -1.0, 1.0).finished();  // mean 0, variance 2
  const Matrix Ea = updated(*method("letkf"), E, E, Vector::Constant(1, 3.0), Vector::Constant(1, 1.0));
  EXPECT_NEAR(Ea.mean(), 2.0, 1e-14);                              // gain 2/3
  EXPECT_NEAR(Ea(0, 1) - Ea.mean(), std::sqrt(1.0 / 3.0), 1e-14);  // posterior variance 2/3
}

TEST(Letkf, LeavesARowWithoutSpreadAtItsValue) {
  RandomCase s(30, 20, 2);
  s.E.row(0).setConstant(0.1);
  const Matrix Ea = updated(*method("letkf"), s.E, s.HE, s.y, s.r);
  EXPECT_LT((Ea.row(0).array() - 0.1).abs().maxCoeff(), 1e-15);
}

TEST(Letkf, UpdatesFromStatisticsAsFromObservations) {
  for (const int p : {4, 50}) {
    const RandomCase s(p, 20, 3);
    const Observed observed(s.HE, s.y, s.r);
    Rows rows(s.E);
    const auto filter = method("letkf", "{inflation: 1.2}");
    filter->update(statistics(observed), 20, rows.all());
    EXPECT_LT(largest_difference(rows.matrix(), updated(*filter, s.E, s.HE, s.y, s.r)), 1e-12) << p;
  }
}

TEST(Letkf, GivesARowTheSameBitsFromStatisticsWhateverOtherRowsThereAre) {
  const RandomCase s(25, 20, 30);
  const ObsGram gram = statistics(Observed(s.HE, s.y, s.r));
  const auto updated_rows = [&](int count) {
    Rows rows(s.E);
    auto pointers = rows.all();
    pointers.resize(count);
    method("letkf")->update(gram, 20, pointers);
    return Matrix(rows.matrix().topRows(count));
  };
  const Matrix all = updated_rows(30);
  EXPECT_GT(largest_difference(all, s.E), 0.1);
  for (const int count : {1, 2, 3, 5, 6, 7, 16})  // few and many: the batches of columns depend on the ranks
    EXPECT_TRUE(same_bits(all.topRows(count), updated_rows(count))) << count;
}

TEST(Letkf, RefusesAnInflationBelowOne) { EXPECT_THROW(method("letkf", "{inflation: 0.9}"), Error); }

}  // namespace
}  // namespace tilth::test
