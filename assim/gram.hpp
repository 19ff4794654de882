#pragma once

#include <cstdint>
#include <span>

#include "assim/methods/analysis_method.hpp"
#include "core/parallel/comm.hpp"
#include "core/parallel/reproducible_sum.hpp"

namespace tilth {

/// Sums the ensemble-space statistics of observations spread over ranks; the bits of the total do not depend on which
/// rank holds which observation nor on their order.
class GramSum {
 public:
  /// `bound`: at least the `magnitude` of every observation that is added on any rank; the same on all ranks.
  /// `perturbs`: perturbations are summed too (ObsGram::YtRE).
  GramSum(int members, double bound, bool perturbs = false);

  /// What the bound refers to: the largest of sqrt(weight) |y|, sqrt(weight) |d| and sqrt(weight) |e|.
  static double magnitude(std::span<const double> y, double d, double weight, std::span<const double> e = {});

  /// Adds an observation: members' predictions minus their mean, observation minus mean prediction, and the inverse
  /// error variance times any taper. A weight of 0 adds nothing. Each observation is added on one rank only (its
  /// owner). `e`: the members' perturbations, when they are summed.
  void add(std::span<const double> y, double d, double weight, std::span<const double> e = {});

  /// The statistics of all ranks' observations. Collective.
  ObsGram total(const Comm& comm) const;

 private:
  int members_;
  bool perturbs_;
  ReproducibleSum sum_;  // upper triangle of Y' R^-1 Y by rows, Y' R^-1 d, d' R^-1 d, Y' R^-1 E
  std::int64_t count_ = 0;
  std::vector<double> z_;  // sqrt(weight) (y, d)
};

/// Statistics of the observations `obs` of `space` with their tapers, over all ranks. Collective.
ObsGram reproducible_gram(const Comm& comm, const ObsSpace& space, std::span<const std::int32_t> obs,
                          std::span<const double> taper);

}  // namespace tilth
