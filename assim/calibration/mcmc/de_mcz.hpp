#pragma once

#include "assim/calibration/mcmc/chains.hpp"

namespace tilth::calibration {

struct DeMczOptions {
  Index chains = 3;
  std::int64_t iterations = 2000;  ///< per chain
  Index archive = 0;               ///< first points of the archive; 0: 10 per parameter
  int every = 10;                  ///< iterations between additions of the states to the archive
  double snooker = 0.1;            ///< part of the proposals along the line to a third point
  double jitter = 1e-6;            ///< in widths of the box
  double width = 1.0;              ///< of the first archive about the start, in widths of the box
  std::uint64_t seed = 1;
  /// Of the posterior, as far as it is known: starts and the first archive are drawn with it. Empty: from `width`.
  Matrix covariance = {};
};

/// Differential evolution Markov chains with an archive of past states and snooker updates (ter Braak & Vrugt 2008):
/// few chains are enough, and proposals have the scale and orientation of the posterior.
class DeMcz final : public ChainSampler {
 public:
  DeMcz(const Box& box, const Vector& start, const DeMczOptions& options = {});
  std::vector<double> numbers() const override { return numbers_of(*this); }
  void restore(std::span<const double> numbers) override { restore_from(numbers, *this); }

  template <class A>
  void fields(A& archive) {
    base_fields(archive);
    archive(archive_);
  }

 private:
  Proposal propose(Index chain) const override;
  Proposal snooker(Index chain) const;
  void learn() override;

  DeMczOptions options_;
  Matrix archive_;
};

}  // namespace tilth::calibration
