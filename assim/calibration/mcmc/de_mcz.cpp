#include "assim/calibration/mcmc/de_mcz.hpp"

#include <cmath>

#include "assim/calibration/draws.hpp"
#include "core/base/scalar_log.hpp"

namespace tilth::calibration {
namespace {

// Which draw of a chain's proposal.
enum Draw : std::int64_t { kind, first, second, third, gamma, jitter };

// Three different rows of n, from three uniform numbers.
std::array<Index, 3> different_rows(Index n, const Draws& draws, std::int64_t iteration, Index chain) {
  const Index a = draws.below(n, iteration, chain, first);
  Index b = draws.below(n - 1, iteration, chain, second), c = draws.below(n - 2, iteration, chain, third);
  if (b >= a) ++b;
  const Index low = std::min(a, b), high = std::max(a, b);
  if (c >= low) ++c;
  if (c >= high) ++c;
  return {a, b, c};
}

Matrix starts_of(const Box& box, const Vector& start, Index count, const DeMczOptions& o) {
  return o.covariance.size() > 0 ? chain_starts(box, start, count, o.covariance, o.seed)
                                 : chain_starts(box, start, count, o.width, o.seed);
}

}  // namespace

DeMcz::DeMcz(const Box& box, const Vector& start, const DeMczOptions& options)
    : ChainSampler(box, starts_of(box, start, options.chains, options), options.iterations, options.seed),
      options_(options) {
  constexpr Index per_parameter = 10;
  const Index rows = std::max<Index>(options.archive > 0 ? options.archive : per_parameter * box.size(), 4);
  archive_ = starts_of(box, start, rows + options.chains, options).bottomRows(rows);
}

ChainSampler::Proposal DeMcz::propose(Index chain) const {
  const Draws draws(seed_, Stream::proposal);
  const std::int64_t t = chains_.iteration;
  if (draws.uniform(t, chain, kind) < options_.snooker) return snooker(chain);
  const auto [a, b, c] = different_rows(archive_.rows(), draws, t, chain);
  const Index d = box_.size();
  constexpr int long_every = 10;  // a step of full length now and then goes from mode to mode
  const double length = t % long_every == 0 ? 1.0 : 2.38 / std::sqrt(2.0 * double(d));
  Vector x = chains_.state.row(chain).transpose() + length * (archive_.row(a) - archive_.row(b)).transpose();
  for (Index k = 0; k < d; ++k) x(k) += options_.jitter * box_.width()(k) * draws.normal(t, chain, jitter + k);
  return {x};
}

// ter Braak & Vrugt 2008, eq. 3 and 4: along the line from z to the state, by the projected difference of two others.
ChainSampler::Proposal DeMcz::snooker(Index chain) const {
  const Draws draws(seed_, Stream::proposal);
  const std::int64_t t = chains_.iteration;
  const auto [a, b, c] = different_rows(archive_.rows(), draws, t, chain);
  const Vector scale = box_.width().cwiseInverse();  // lengths in widths of the box
  const Vector x = chains_.state.row(chain).transpose().cwiseProduct(scale);
  const Vector z = archive_.row(c).transpose().cwiseProduct(scale), line = x - z;
  const double length = line.norm();
  if (!(length > 0.0)) return {chains_.state.row(chain).transpose()};
  const double projected = (archive_.row(a) - archive_.row(b)).transpose().cwiseProduct(scale).dot(line) / length;
  const double step = (1.2 + draws.uniform(t, chain, gamma)) * projected;  // gamma uniform in 1.2 to 2.2
  const Vector next = x + step / length * line;
  const double factor = double(box_.size() - 1) * scalar_log((next - z).norm() / length);
  return {next.cwiseProduct(box_.width()), factor};
}

void DeMcz::learn() {
  if (chains_.iteration % options_.every != 0) return;
  archive_.conservativeResize(archive_.rows() + chains_.count(), Eigen::NoChange);
  archive_.bottomRows(chains_.count()) = chains_.state;
}

}  // namespace tilth::calibration
