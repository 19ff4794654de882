#pragma once

#include "driver/analyse/update.hpp"

namespace tilth {

/// Defines and writes the weights of a global analysis: `w_mean(member)`, `T(member, member_2)`.
class WeightsOutput {
 public:
  /// Defines the variables when they are wanted.
  WeightsOutput(EnsembleWriter& writer, const EnsembleFile& file, bool wanted);
  /// Collective.
  void write(const Comm& comm, EnsembleWriter& writer, const EnsembleWeights& weights) const;

 private:
  bool wanted_;
  int mean_ = -1, transform_ = -1;
};

}  // namespace tilth
