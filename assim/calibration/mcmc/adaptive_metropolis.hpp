#pragma once

#include "assim/calibration/mcmc/chains.hpp"

namespace tilth::calibration {

struct AdaptiveMetropolisOptions {
  Index chains = 4;
  std::int64_t iterations = 2000;  ///< per chain
  std::int64_t settle = 100;       ///< iterations with the first proposal before adaptation
  double width = 0.1;              ///< spread of the starts, and ten times the first step, in widths of the box
  double small_steps = 0.05;       ///< part of the proposals with the first step: chains cannot freeze
  std::uint64_t seed = 1;
  /// Of the posterior, as far as it is known: starts and proposals have it at once. Empty: learned from the chains.
  Matrix covariance = {};
};

/// Random-walk Metropolis whose proposals have the covariance of all that the chains have visited, times 2.38^2 / d
/// (Haario et al. 2001; Roberts & Rosenthal 2009), learned over chains together.
class AdaptiveMetropolis final : public ChainSampler {
 public:
  AdaptiveMetropolis(const Box& box, const Vector& start, const AdaptiveMetropolisOptions& options = {});
  std::vector<double> numbers() const override { return numbers_of(*this); }
  void restore(std::span<const double> numbers) override;

  template <class A>
  void fields(A& archive) {
    base_fields(archive);
    archive(mean_, scatter_, count_);
  }

 private:
  Proposal propose(Index chain) const override;
  void learn() override;
  void renew_root();

  AdaptiveMetropolisOptions options_;
  Vector mean_;     // of all visited states, in widths of the box
  Matrix scatter_;  // sum of products about it
  double count_ = 0.0;
  Matrix root_;
};

}  // namespace tilth::calibration
