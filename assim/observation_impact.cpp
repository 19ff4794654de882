#include "assim/observation_impact.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "core/base/error.hpp"

namespace tilth {

double prior_weight(const AnalysisMethod& method, int members) {
  assert(members > 1);
  const std::size_t N = std::size_t(members);
  // Any anomalies y with one observation: the mean of a row y moves by s = |y|^2 d / (p R + |y|^2).
  ObsGram gram(members);
  std::vector<double> y(N), row(padded(members), 0.0);
  for (std::size_t k = 0; k < N; ++k) y[k] = double(k) - 0.5 * double(N - 1);
  const double y2 = std::inner_product(y.begin(), y.end(), y.begin(), 0.0), departure = 1.0;
  for (std::size_t k = 0; k < N; ++k) {
    for (std::size_t l = 0; l < N; ++l) gram.YtRY[k * N + l] = y[k] * y[l];
    gram.YtRd[k] = y[k] * departure;
  }
  gram.dtRd = departure * departure;
  gram.count = 1.0;
  if (method.perturbs()) gram.YtRE.assign(N * N, 0.0);
  std::copy(y.begin(), y.end(), row.begin());
  double* rows[] = {row.data()};
  method.update(gram, members, rows);
  const double moved = std::accumulate(row.begin(), row.begin() + std::ptrdiff_t(N), 0.0) / double(N);
  const double p = y2 * (departure / moved - 1.0);
  ensure(std::isfinite(p) && p > 0.0, "the analysis method does not move the mean of a row by a linear gain");
  return p;
}

ObsGram anomaly_gram(const ObsSpace& s, const LocalProblem& problem) {
  const int N = s.members;
  ObsGram gram(N);
  Eigen::Map<Eigen::MatrixXd> YtRY(gram.YtRY.data(), N, N);
  Eigen::MatrixXd Z(N, Eigen::Index(problem.obs.size()));  // sqrt(taper / variance) y of every observation
  for (std::size_t j = 0; j < problem.obs.size(); ++j) {
    const std::size_t i = std::size_t(problem.obs[j]);
    const Eigen::Map<const Eigen::VectorXd> y(s.Y.data() + i * std::size_t(s.stride), N);
    Z.col(Eigen::Index(j)) = std::sqrt(problem.taper[j] / s.variance[i]) * y;
  }
  YtRY.selfadjointView<Eigen::Lower>().rankUpdate(Z);
  YtRY.triangularView<Eigen::StrictlyUpper>() = YtRY.transpose();
  gram.count = double(problem.obs.size());
  return gram;
}

std::vector<double> gain_sensitivity(const ObsGram& gram, double prior_weight, std::span<const double> g) {
  const Eigen::Index N = Eigen::Index(g.size());
  const Eigen::Map<const Eigen::MatrixXd> YtRY(gram.YtRY.data(), N, N);
  const Eigen::MatrixXd A = prior_weight * Eigen::MatrixXd::Identity(N, N) + YtRY;
  std::vector<double> v(g.size());
  Eigen::Map<Eigen::VectorXd>(v.data(), N) = A.llt().solve(Eigen::Map<const Eigen::VectorXd>(g.data(), N));
  return v;
}

double impact(const ObsSpace& s, std::int32_t i, double taper, std::span<const double> v) {
  const double* y = s.Y.data() + std::size_t(i) * std::size_t(s.stride);
  double sum = 0.0;
  for (std::size_t k = 0; k < v.size(); ++k) sum += y[k] * v[k];
  return taper / s.variance[std::size_t(i)] * s.d[std::size_t(i)] * sum;
}

double signal(double posterior_sd, double error_sd, double weight) {
  const double ratio = posterior_sd / error_sd;
  return weight * ratio * ratio;
}

namespace {

std::vector<double> ranks(std::span<const double> x) {
  std::vector<std::size_t> order(x.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return x[i] < x[j]; });
  std::vector<double> out(x.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t j = i;
    while (j < order.size() && x[order[j]] == x[order[i]]) ++j;
    for (std::size_t k = i; k < j; ++k) out[order[k]] = 0.5 * double(i + j - 1);
    i = j;
  }
  return out;
}

}  // namespace

double rank_correlation(std::span<const double> a, std::span<const double> b) {
  assert(a.size() == b.size());
  const auto ra = ranks(a), rb = ranks(b);
  const double middle = 0.5 * (double(a.size()) - 1.0);
  double ab = 0.0, aa = 0.0, bb = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (ra[i] - middle) * (rb[i] - middle);
    aa += (ra[i] - middle) * (ra[i] - middle);
    bb += (rb[i] - middle) * (rb[i] - middle);
  }
  return aa > 0.0 && bb > 0.0 ? ab / std::sqrt(aa * bb) : std::nan("");
}

}  // namespace tilth
