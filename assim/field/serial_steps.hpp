#pragma once

#include <optional>
#include <span>
#include <vector>

#include "assim/distribution/probit_regression.hpp"
#include "core/base/aligned.hpp"

namespace tilth {

/// An observation that is about to be assimilated.
struct SerialObs {
  std::span<const double> members;  ///< its predictions as the observations before it left them
  double value = 0.0, variance = 1.0;
  Marginal marginal;  ///< bnrh: its posterior is that of the bounded rank histogram
};

/// Assimilated observations, one after the other, as rows see them.
///
/// A normal one makes the square-root step (Whitaker & Hamill 2002, eqs 9-13; the same as the EAKF of Anderson 2001):
/// with y' anomalies of its members just before it is assimilated, s their variance, r its error variance, d its
/// departure and alpha = 1 / (1 + sqrt(r / (s + r))), a row x with anomalies x' moves by
/// `weight * x'.y' / ((N - 1) (s + r)) * (d - alpha y'_k)`.
/// Where rows or observations have bounded rank histograms, increments are regressed in probit space (Anderson 2023).
class SerialSteps {
 public:
  /// `probit`: some row or observation is a rank histogram. `truncated`: so is the likelihood of bounded observations.
  SerialSteps(std::size_t count, int members, bool probit, bool truncated);

  /// Makes the step of observation `i`.
  void make(std::size_t i, const SerialObs& obs);
  bool made(std::size_t i) const { return made_[i] != 0; }
  /// Whether increments are regressed in probit space.
  bool probit() const { return probit_; }
  /// The members it was made from.
  std::span<const double> prior(std::size_t i) const { return {prior_.data() + i * stride_, std::size_t(members_)}; }

  /// A row on its way through the observations. Normal ones allocate nothing once made.
  class Row {
   public:
    explicit Row(const SerialSteps& steps) : steps_(&steps), a_(std::size_t(steps.stride_), 0.0) {}
    void read(const double* x, const Marginal& marginal);
    void regress(std::size_t i, double weight);
    void write(double* x) const;

   private:
    const SerialSteps* steps_;
    double mean_ = 0.0;
    AlignedVector<double> a_;
    std::optional<ProbitRow> probit_;
  };

 private:
  std::vector<double> posterior(std::size_t i, const SerialObs& obs) const;

  int members_, stride_;
  bool probit_, truncated_;
  AlignedVector<double> prior_, Y_;  // [obs][stride], Y_ padded with zeros
  std::vector<double> d_, gain_, alpha_;
  std::vector<std::optional<ProbitStep>> probit_steps_;  // empty unless `probit`
  std::vector<char> made_;
};

}  // namespace tilth
