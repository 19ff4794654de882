#include "assim/calibration/mcmc/chains.hpp"

#include <cmath>

#include "assim/calibration/draws.hpp"
#include "core/base/scalar_log.hpp"

namespace tilth::calibration {

void Chains::visit() {
  const Index used = visited.rows();
  visited.conservativeResize(used + count(), state.cols());
  visited.bottomRows(count()) = state;
  values.insert(values.end(), value.begin(), value.end());
  ++iteration;
}

Matrix Chains::draws(Index parameter, std::int64_t burn) const {
  require(burn < iterations(), "chains of ", iterations(), " iterations without the first ", burn, ": none is left");
  Matrix out(iterations() - burn, count());
  for (Index i = 0; i < out.rows(); ++i)
    for (Index c = 0; c < count(); ++c) out(i, c) = visited((burn + i) * count() + c, parameter);
  return out;
}

Matrix Chains::sample(std::int64_t burn) const { return visited.bottomRows((iterations() - burn) * count()); }

double Chains::acceptance() const {
  double yes = 0.0, all = 0.0;
  for (std::size_t c = 0; c < accepted.size(); ++c) {
    yes += accepted[c];
    all += proposed[c];
  }
  return all > 0.0 ? yes / all : 0.0;
}

Matrix chain_starts(const Box& box, const Vector& start, Index chains, double width, std::uint64_t seed) {
  check(box);
  require(chains >= 1 && start.size() == box.size() && box.contains(start), "start of ", chains,
          " chains: must lie within the bounds of the ", box.size(), " parameters");
  const Draws draws(seed, Stream::starts);
  Matrix starts = start.transpose().replicate(chains, 1);
  for (Index c = 1; c < chains; ++c)
    for (Index d = 0; d < box.size(); ++d) {
      const double low = std::max(box.lower(d), start(d) - width * box.width()(d));
      const double high = std::min(box.upper(d), start(d) + width * box.width()(d));
      starts(c, d) = low + draws.uniform(0, c, d) * (high - low);
    }
  return starts;
}

Matrix chain_starts(const Box& box, const Vector& start, Index chains, const Matrix& covariance, std::uint64_t seed) {
  constexpr double wide = 2.0;  // R-hat wants starts more spread than the posterior
  Matrix starts = chain_starts(box, start, chains, 0.0, seed);
  const Eigen::LLT<Eigen::MatrixXd> factor(covariance);
  require(covariance.rows() == box.size() && factor.info() == Eigen::Success,
          "start of chains: a covariance that is not positive definite, or not of ", box.size(), " parameters");
  const Draws draws(seed, Stream::starts);
  for (Index c = 0; c < chains; ++c) {
    Vector normal(box.size());
    for (Index d = 0; d < box.size(); ++d) normal(d) = draws.normal(1, c, d);
    starts.row(c) += wide * (factor.matrixL() * normal).transpose();
    starts.row(c) = starts.row(c).cwiseMax(box.lower.transpose()).cwiseMin(box.upper.transpose());
  }
  return starts;
}

bool accepted(double old, double proposed, double log_factor, double uniform) {
  if (!std::isfinite(proposed)) return false;
  if (!std::isfinite(old)) return true;
  return scalar_log(uniform) < old - proposed + log_factor;
}

ChainSampler::ChainSampler(const Box& box, Matrix starts, std::int64_t iterations, std::uint64_t seed)
    : box_(box), seed_(seed), iterations_(iterations), asked_(std::move(starts)) {
  const Index n = asked_.rows();
  chains_.state = asked_;
  chains_.value = Vector::Constant(n, INFINITY);
  chains_.visited = Matrix(0, asked_.cols());
  chains_.accepted.assign(std::size_t(n), 0.0);
  chains_.proposed.assign(std::size_t(n), 0.0);
  for (Index c = 0; c < n; ++c) {
    rows_.push_back(c);
    log_factors_.push_back(0.0);
  }
}

void ChainSampler::tell(const Vector& values) {
  if (finished()) return;
  record_.note(asked_, values);
  const Draws draws(seed_, Stream::acceptance);
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    const Index c = rows_[r];
    const double value = values(Index(r));
    if (!accepted(chains_.value(c), value, log_factors_[r], draws.uniform(chains_.iteration, c))) continue;
    chains_.state.row(c) = asked_.row(Index(r));
    chains_.value(c) = value;
    if (chains_.iteration > 0) ++chains_.accepted[std::size_t(c)];
  }
  chains_.visit();
  learn();
  propose_all();
}

void ChainSampler::propose_all() {
  // Where no chain proposes anything within bounds, all stay: that is an iteration too.
  while (!finished()) {
    rows_.clear();
    log_factors_.clear();
    Matrix asked(chains_.count(), box_.size());
    for (Index c = 0; c < chains_.count(); ++c) {
      const Proposal proposal = propose(c);
      ++chains_.proposed[std::size_t(c)];
      if (!box_.contains(proposal.x)) continue;
      asked.row(Index(rows_.size())) = proposal.x.transpose();
      rows_.push_back(c);
      log_factors_.push_back(proposal.log_factor);
    }
    asked_ = asked.topRows(Index(rows_.size()));
    if (!rows_.empty()) return;
    chains_.visit();
    learn();
  }
}

}  // namespace tilth::calibration
