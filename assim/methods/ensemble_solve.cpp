#include "assim/methods/ensemble_solve.hpp"

#include <algorithm>
#include <cmath>

#include "assim/inflation.hpp"

namespace tilth {

void describe_inflation(Schema& s, double& inflation) {
  s.real("inflation", inflation)
      .in(1.0, 10.0)
      .about("Factor on the prior covariance in ensemble space, where there are observations.");
}

namespace {

Eigen::VectorXd members_of(const double* row, int N) {
  Eigen::VectorXd x(N);
  std::copy_n(row, N, x.data());
  return x;
}

}  // namespace

ObsGram local_gram(const ObsSpace& space, const LocalProblem& problem) {
  const int N = space.members;
  ObsGram gram(N);
  if (!space.E.empty()) gram.YtRE.assign(std::size_t(N) * N, 0.0);
  Eigen::Map<Eigen::MatrixXd> YtRY(gram.YtRY.data(), N, N);
  Eigen::Map<Eigen::VectorXd> YtRd(gram.YtRd.data(), N);
  Eigen::Map<Eigen::Matrix<double, -1, -1, Eigen::RowMajor>> YtRE(gram.YtRE.data(), space.E.empty() ? 0 : N, N);
  for (std::size_t j = 0; j < problem.obs.size(); ++j) {
    if (problem.taper[j] <= 0.0) continue;
    const std::size_t i = problem.obs[j];
    const double weight = problem.taper[j] / space.variance[i];
    const Eigen::VectorXd y = members_of(space.Y.data() + i * space.stride, N);
    YtRY.selfadjointView<Eigen::Lower>().rankUpdate(y, weight);
    YtRd += weight * space.d[i] * y;
    gram.dtRd += weight * space.d[i] * space.d[i];
    gram.count += 1.0;
    if (space.E.empty()) continue;
    const double share = weight / std::sqrt(problem.taper[j]);
    YtRE += share * y * members_of(space.E.data() + i * space.stride, N).transpose();
  }
  YtRY.triangularView<Eigen::StrictlyUpper>() = YtRY.transpose();
  return gram;
}

EnsembleSolve::EnsembleSolve(const ObsSpace& space, const LocalProblem& problem, double c)
    : members_(space.members), c_(c) {
  const auto& taper = problem.taper;
  const auto p = std::count_if(taper.begin(), taper.end(), [](double w) { return w > 0.0; });
  if (p >= members_) {
    use(local_gram(space, problem));
    return;
  }
  empty_ = p == 0;
  if (empty_) return;
  in_observation_space_ = true;
  Z_.resize(p, members_);
  e_.resize(p);
  if (!space.E.empty()) Q_.resize(p, members_);
  Eigen::Index row = 0;
  for (std::size_t j = 0; j < taper.size(); ++j) {
    if (taper[j] <= 0.0) continue;
    const std::size_t i = problem.obs[j];
    const double root = std::sqrt(taper[j] / space.variance[i]);
    e_(row) = root * space.d[i];
    for (int k = 0; k < members_; ++k) Z_(row, k) = root * space.Y[i * space.stride + k];
    for (int k = 0; k < members_ && Q_.size() > 0; ++k)
      Q_(row, k) = space.E[i * space.stride + k] / std::sqrt(space.variance[i]);
    ++row;
  }
  Eigen::MatrixXd S = Z_ * Z_.transpose();
  S.diagonal().array() += c;
  factor_.compute(S);
}

EnsembleSolve::EnsembleSolve(const ObsGram& gram, int members, double c) : members_(members), c_(c) { use(gram); }

void EnsembleSolve::use(const ObsGram& gram) {
  empty_ = gram.count == 0.0;
  if (empty_) return;
  const int N = members_;
  e_ = members_of(gram.YtRd.data(), N);
  Eigen::MatrixXd A(N, N);
  std::copy_n(gram.YtRY.data(), std::size_t(N) * N, A.data());
  A.diagonal().array() += c_;
  factor_.compute(A);
  if (gram.YtRE.empty()) return;
  Q_.resize(N, N);
  std::copy_n(gram.YtRE.data(), std::size_t(N) * N, Q_.data());
}

SolvedRow EnsembleSolve::solve(const double* row) const {
  SolvedRow out;
  out.mean = member_mean({row, std::size_t(members_)});
  out.anomaly = members_of(row, members_).array() - out.mean;
  // s = Z v: from (Z Z' + c) s = Z x' in observation space, where c v = x' - Z' s.
  const Eigen::VectorXd solved =
      in_observation_space_ ? Eigen::VectorXd(factor_.solve(Z_ * out.anomaly)) : factor_.solve(out.anomaly);
  out.increment = solved.dot(e_);
  if (in_observation_space_)
    out.kept = out.anomaly - Z_.transpose() * solved;
  else
    out.kept = c_ * solved;
  if (Q_.size() > 0) out.perturbed = Q_.transpose() * solved;
  return out;
}

void GainFilter::update(const ObsSpace& space, std::span<LocalProblem> batch) const {
  for (const LocalProblem& problem : batch) {
    if (problem.rows.empty()) continue;
    apply(EnsembleSolve(space, problem, (space.members - 1) / inflation_), space.members, problem.rows);
  }
}

void GainFilter::update(const ObsGram& gram, int members, std::span<double* const> rows) const {
  if (!rows.empty()) apply(EnsembleSolve(gram, members, (members - 1) / inflation_), members, rows);
}

void GainFilter::apply(const EnsembleSolve& solve, int members, std::span<double* const> rows) const {
  if (solve.empty()) return;
  for (double* row : rows) write(solve.solve(row), std::sqrt(inflation_), {row, std::size_t(members)});
}

}  // namespace tilth
