#include "assim/observation_impact.hpp"

#include <Eigen/Dense>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>
#include "assim/gram.hpp"
#include "assim/inflation.hpp"
#include "assim/methods/make_method.hpp"
#include "core/random/random.hpp"

namespace tilth {
namespace {

// A linear Gaussian case: N members of n rows, m observations H x, a truth; everything drawn.
struct Case {
  static constexpr int N = 12, n = 7, m = 5;
  Eigen::MatrixXd X = Eigen::MatrixXd(n, N), H = Eigen::MatrixXd(m, n), M = Eigen::MatrixXd(n, n);
  Eigen::VectorXd truth = Eigen::VectorXd(n), y = Eigen::VectorXd(m), r = Eigen::VectorXd(m), c = Eigen::VectorXd(n);
  AlignedVector<double> Y;
  std::vector<double> d, variance;
  LocalProblem problem;

  Case() {
    const Random random(5, Purpose::analysis);
    std::int64_t draw = 0;
    const auto fill = [&](auto& matrix) {
      for (Eigen::Index i = 0; i < matrix.size(); ++i) matrix.data()[i] = random.normal({draw++, 0, 0, 0});
    };
    fill(X), fill(H), fill(M), fill(truth), fill(y), fill(c);
    r = Eigen::VectorXd::LinSpaced(m, 0.5, 2.0);
    c = c.cwiseAbs();
    y += H * truth;
    Y.assign(std::size_t(m) * padded(N), 0.0);
    const Eigen::MatrixXd HX = H * X;
    for (int i = 0; i < m; ++i) {
      for (int k = 0; k < N; ++k) Y[std::size_t(i) * padded(N) + k] = HX(i, k) - HX.row(i).mean();
      d.push_back(y(i) - HX.row(i).mean());
      variance.push_back(r(i));
      problem.obs.push_back(i);
      problem.taper.push_back(i == 1 ? 0.3 : 1.0);
    }
  }
  ObsSpace space() const { return {N, padded(N), Y, d, variance}; }

  // Members after an analysis with a method.
  Eigen::MatrixXd analysis(const std::string& name, const std::string& options = "{}") const {
    std::vector<AlignedVector<double>> rows(n, AlignedVector<double>(padded(N), 0.0));
    std::vector<LocalProblem> batch{problem};
    for (int i = 0; i < n; ++i) {
      for (int k = 0; k < N; ++k) rows[i][k] = X(i, k);
      batch[0].rows.push_back(rows[i].data());
    }
    make_method(name, options)->update(space(), batch);
    Eigen::MatrixXd out(n, N);
    for (int i = 0; i < n; ++i)
      for (int k = 0; k < N; ++k) out(i, k) = rows[i][k];
    return out;
  }
  // Impacts on the error of the forecast with M, from the means and the anomalies of the forecast from the prior.
  std::vector<double> impacts(const Eigen::MatrixXd& Xa, double p) const {
    const Eigen::VectorXd eb = M * (X.rowwise().mean() - truth), ea = M * (Xa.rowwise().mean() - truth);
    const Eigen::VectorXd g = (M * (X.colwise() - X.rowwise().mean())).transpose() * c.asDiagonal() * (ea + eb);
    const auto v = gain_sensitivity(anomaly_gram(space(), problem), p, {g.data(), std::size_t(N)});
    std::vector<double> out;
    for (std::size_t j = 0; j < problem.obs.size(); ++j)
      out.push_back(impact(space(), problem.obs[j], problem.taper[j], v));
    return out;
  }
  double change(const Eigen::MatrixXd& Xa) const {
    const Eigen::VectorXd eb = M * (X.rowwise().mean() - truth), ea = M * (Xa.rowwise().mean() - truth);
    return ea.dot(c.asDiagonal() * ea) - eb.dot(c.asDiagonal() * eb);
  }
};

double sum(const std::vector<double>& x) { return std::accumulate(x.begin(), x.end(), 0.0); }

TEST(ObservationImpact, AddsUpToTheChangeOfTheErrorOfALinearForecast) {
  const Case c;
  for (const char* name : {"letkf", "estkf", "denkf"}) {
    const Eigen::MatrixXd Xa = c.analysis(name);
    EXPECT_NEAR(sum(c.impacts(Xa, Case::N - 1.0)), c.change(Xa), 1e-10 * std::abs(c.change(Xa))) << name;
  }
}

TEST(ObservationImpact, HoldsForAMethodThatInflatesWithThePriorWeightFoundFromIt) {
  const Case c;
  const auto method = make_method("letkf", "{inflation: 1.7}");
  const double p = prior_weight(*method, Case::N);
  EXPECT_NEAR(p, (Case::N - 1) / 1.7, 1e-10);
  const Eigen::MatrixXd Xa = c.analysis("letkf", "{inflation: 1.7}");
  EXPECT_NEAR(sum(c.impacts(Xa, p)), c.change(Xa), 1e-10 * std::abs(c.change(Xa)));
  EXPECT_GT(std::abs(sum(c.impacts(Xa, Case::N - 1.0)) - c.change(Xa)), 1e-3 * std::abs(c.change(Xa)));
}

TEST(ObservationImpact, EqualsThePublishedFormWithTheAnomaliesOfTheAnalysis) {
  const Case c;
  const Eigen::MatrixXd Xa = c.analysis("letkf"), Za = Xa.colwise() - Xa.rowwise().mean();
  const Eigen::VectorXd e = c.M * (c.X.rowwise().mean() + Xa.rowwise().mean() - 2.0 * c.truth);
  const Eigen::VectorXd published = c.H * Za * (c.M * Za).transpose() * c.c.asDiagonal() * e / (Case::N - 1.0);
  const auto own = c.impacts(Xa, Case::N - 1.0);
  for (int i = 0; i < Case::m; ++i)  // Kalnay et al. (2012), eq. 6, observation by observation
    EXPECT_NEAR(own[i], c.problem.taper[i] * c.d[i] / c.r(i) * published(i), 1e-10) << i;
}

TEST(ObservationImpact, DoesNotChangeWhenTheSpreadOfTheAnalysisIsRelaxed) {
  const Case c;
  const Eigen::MatrixXd Xa = c.analysis("letkf");
  Eigen::MatrixXd relaxed = Xa;
  for (int i = 0; i < Case::n; ++i) {
    std::vector<double> prior(Case::N), row(Case::N);
    for (int k = 0; k < Case::N; ++k) prior[k] = c.X(i, k), row[k] = Xa(i, k);
    relax_to_prior_spread(prior, row, 0.9);
    for (int k = 0; k < Case::N; ++k) relaxed(i, k) = row[k];
  }
  EXPECT_NEAR(sum(c.impacts(relaxed, Case::N - 1.0)), c.change(relaxed), 1e-10 * std::abs(c.change(relaxed)));
}

// With an ensemble whose sample covariance is B exactly, the spread of its predictions after the analysis is that of
// the Kalman filter, and so is its signal.
TEST(Signal, IsTheDiagonalOfHkOfTheKalmanFilter) {
  const Case c;
  const Eigen::MatrixXd Z = c.X.colwise() - c.X.rowwise().mean(), B = Z * Z.transpose() / (Case::N - 1.0);
  Eigen::VectorXd R = c.r;
  for (int i = 0; i < Case::m; ++i) R(i) /= c.problem.taper[i];
  const Eigen::MatrixXd S = c.H * B * c.H.transpose() + Eigen::MatrixXd(R.asDiagonal());
  const Eigen::MatrixXd HK = c.H * B * c.H.transpose() * S.inverse();
  const Eigen::MatrixXd Xa = c.analysis("letkf"), Za = Xa.colwise() - Xa.rowwise().mean();
  double total = 0.0;
  for (int i = 0; i < Case::m; ++i) {
    const double sd = (c.H.row(i) * Za).norm() / std::sqrt(Case::N - 1.0);
    EXPECT_NEAR(signal(sd, std::sqrt(c.r(i)), c.problem.taper[i]), HK(i, i), 1e-10) << i;
    total += signal(sd, std::sqrt(c.r(i)), c.problem.taper[i]);
  }
  const ObsGram gram = anomaly_gram(c.space(), c.problem);  // the trace from the statistics of the observations
  const Eigen::Map<const Eigen::MatrixXd> G(gram.YtRY.data(), Case::N, Case::N);
  const Eigen::MatrixXd A = (Case::N - 1.0) * Eigen::MatrixXd::Identity(Case::N, Case::N) + G;
  EXPECT_NEAR(total, A.ldlt().solve(G).trace(), 1e-10);
  EXPECT_NEAR(total, HK.trace(), 1e-10);
}

TEST(AnomalyGram, IsThatOfTheReproducibleSum) {
  const Case c;
  const ObsGram own = anomaly_gram(c.space(), c.problem);
  const ObsGram other = reproducible_gram(Comm::self(), c.space(), c.problem.obs, c.problem.taper);
  for (std::size_t i = 0; i < own.YtRY.size(); ++i) EXPECT_NEAR(own.YtRY[i], other.YtRY[i], 1e-12);
}

TEST(RankCorrelation, IsSpearmansWithMeanRanksOfTies) {
  EXPECT_DOUBLE_EQ(rank_correlation(std::vector<double>{1, 5, 9, 2}, std::vector<double>{10, 30, 90, 20}), 1.0);
  EXPECT_DOUBLE_EQ(rank_correlation(std::vector<double>{1, 2, 3}, std::vector<double>{3, 2, 1}), -1.0);
  // ranks 0 1.5 1.5 3 and 0 1 2 3: sqrt(0.9)
  EXPECT_NEAR(rank_correlation(std::vector<double>{1, 2, 2, 3}, std::vector<double>{1, 2, 3, 4}), std::sqrt(0.9),
              1e-15);
  EXPECT_TRUE(std::isnan(rank_correlation(std::vector<double>{1, 1}, std::vector<double>{1, 2})));
}

}  // namespace
}  // namespace tilth
