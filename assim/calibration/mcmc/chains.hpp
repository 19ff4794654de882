#pragma once

#include "assim/calibration/archive.hpp"
#include "assim/calibration/box.hpp"
#include "assim/calibration/search.hpp"

namespace tilth::calibration {

/// What every sampler by Markov chains keeps: states, what they have visited, what was accepted. Values are minus the
/// logarithm of the posterior density, up to a constant; failed runs have density zero.
struct Chains {
  Matrix state;                            ///< chain x parameter
  Vector value;                            ///< of each chain
  Matrix visited;                          ///< rows iteration by iteration, chain by chain
  std::vector<double> values;              ///< of the rows of `visited`
  std::vector<double> accepted, proposed;  ///< per chain
  std::int64_t iteration = 0;

  template <class A>
  void fields(A& archive) {
    archive(state, value, visited, values, accepted, proposed, iteration);
  }
  Index count() const { return state.rows(); }
  std::int64_t iterations() const { return count() > 0 ? visited.rows() / count() : 0; }
  /// Appends the states to what was visited, and counts the iteration.
  void visit();
  /// Draws of one parameter after `burn` iterations: iteration x chain, as `split_rhat` takes them.
  Matrix draws(Index parameter, std::int64_t burn) const;
  /// The last iterations as rows, all chains.
  Matrix sample(std::int64_t burn) const;
  double acceptance() const;
};

/// Start of chains: first the given one, then points drawn about it with a part of the box's width, folded inside.
Matrix chain_starts(const Box& box, const Vector& start, Index chains, double width, std::uint64_t seed);

/// Starts drawn about the given one with a covariance, twice as wide, cut at the bounds.
Matrix chain_starts(const Box& box, const Vector& start, Index chains, const Matrix& covariance, std::uint64_t seed);

/// Whether a proposal is accepted (Metropolis et al. 1953): with probability exp(old - proposed) * factor.
bool accepted(double old, double proposed, double log_factor, double uniform);

/// A sampler that proposes one state per chain. Proposals outside of the box are refused without a run, so `ask()` may
/// have fewer rows than there are chains.
class ChainSampler : public Search {
 public:
  Matrix ask() const override { return asked_; }
  void tell(const Vector& values) override;
  bool finished() const override { return chains_.iteration >= iterations_; }

  const Chains& chains() const { return chains_; }
  const Record& record() const { return record_; }

 protected:
  ChainSampler(const Box& box, Matrix starts, std::int64_t iterations, std::uint64_t seed);
  /// A proposal for a chain and the logarithm of the factor on its acceptance.
  struct Proposal {
    Vector x;
    double log_factor = 0.0;
  };
  virtual Proposal propose(Index chain) const = 0;
  /// After every iteration.
  virtual void learn() = 0;
  /// To be called once by the constructor of a sampler that can propose before it is told anything.
  void restart_from(Matrix starts) { asked_ = std::move(starts); }

  template <class A>
  void base_fields(A& archive) {
    archive(chains_, record_, asked_, rows_, log_factors_);
  }
  Box box_;
  Chains chains_;
  std::uint64_t seed_;

 private:
  void propose_all();
  std::int64_t iterations_;
  Record record_;
  Matrix asked_;
  std::vector<std::int64_t> rows_;  // chain of each row asked
  std::vector<double> log_factors_;
};

}  // namespace tilth::calibration
