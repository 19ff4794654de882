#include "assim/calibration/mcmc/adaptive_metropolis.hpp"

#include <cmath>

#include "assim/calibration/draws.hpp"

namespace tilth::calibration {

namespace {

Matrix starts_of(const Box& box, const Vector& start, const AdaptiveMetropolisOptions& o) {
  return o.covariance.size() > 0 ? chain_starts(box, start, o.chains, o.covariance, o.seed)
                                 : chain_starts(box, start, o.chains, o.width, o.seed);
}

}  // namespace

AdaptiveMetropolis::AdaptiveMetropolis(const Box& box, const Vector& start, const AdaptiveMetropolisOptions& options)
    : ChainSampler(box, starts_of(box, start, options), options.iterations, options.seed),
      options_(options),
      mean_(Vector::Zero(box.size())),
      scatter_(Matrix::Zero(box.size(), box.size())) {
  if (options.covariance.size() == 0) return;
  const Vector scale = box.width().cwiseInverse();  // it counts as much as the visits before adaptation
  count_ = double(options.settle * options.chains) + 1.0;
  mean_ = (start - box.lower).cwiseProduct(scale);
  scatter_ = (count_ - 1.0) * (scale.asDiagonal() * options.covariance * scale.asDiagonal());
  renew_root();
}

ChainSampler::Proposal AdaptiveMetropolis::propose(Index chain) const {
  const Draws draws(seed_, Stream::proposal);
  const Index d = box_.size();
  Vector z(d);
  for (Index k = 0; k < d; ++k) z(k) = draws.normal(chains_.iteration, chain, k);
  const bool small = root_.size() == 0 || draws.uniform(chains_.iteration, chain) < options_.small_steps;
  const Vector step = small ? Vector(0.1 * options_.width / std::sqrt(double(d)) * z) : Vector(root_ * z);
  return {chains_.state.row(chain).transpose() + step.cwiseProduct(box_.width())};
}

void AdaptiveMetropolis::learn() {
  for (Index c = 0; c < chains_.count(); ++c) {  // Welford 1962
    const Vector x = (chains_.state.row(c).transpose() - box_.lower).cwiseQuotient(box_.width());
    const Vector before = x - mean_;
    count_ += 1.0;
    mean_ += before / count_;
    scatter_ += before * (x - mean_).transpose();
  }
  renew_root();
}

void AdaptiveMetropolis::renew_root() {
  root_.resize(0, 0);
  if (chains_.iteration < options_.settle && options_.covariance.size() == 0) return;
  constexpr double floor = 1e-12;
  const double scale = 2.38 * 2.38 / double(box_.size());
  Eigen::MatrixXd C = scale * scatter_ / (count_ - 1.0);
  C.diagonal().array() += floor;
  const Eigen::LLT<Eigen::MatrixXd> factor(C);
  if (factor.info() == Eigen::Success) root_ = factor.matrixL();
}

void AdaptiveMetropolis::restore(std::span<const double> numbers) {
  restore_from(numbers, *this);
  renew_root();
}

}  // namespace tilth::calibration
