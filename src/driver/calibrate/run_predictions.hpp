#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "assim/calibration/types.hpp"
#include "core/base/aligned.hpp"
#include "driver/calibrate/site_observations.hpp"

namespace tilth {

/// Predictions of what is observed at a site, for all members of a column, summed step by step as a forecast does.
class RunPredictions {
 public:
  /// `daily`: of the daily values of every stream too. All arguments must outlive this.
  RunPredictions(const Domain& domain, const GridPoint& point, const SiteObservations& observations, int members,
                 bool daily);

  /// Takes the column after a step; `physical` as in ColumnParameters.
  void see(const StepSpan& span, ColumnView column, std::span<const double* const> physical);
  /// Divides by the weights and adds biases of streams. To be called once, after the last step.
  void finish(const ParameterSet& parameters);

  /// Of observation `i`, or a daily value, padded members; not-a-number where nothing of it was seen.
  std::span<const double> of(int i) const { return {sums_.data() + std::size_t(i) * stride_, stride_}; }
  /// What the operators flagged, and qc_no_prediction where a value is not finite.
  std::uint32_t flag(int i) const { return flag_[std::size_t(i)]; }

 private:
  void see(int i, const StepSpan& span, ColumnView column, std::span<const double* const> physical);
  const Domain* domain_;
  const GridPoint* point_;
  const SiteObservations* observations_;
  std::size_t stride_;
  int count_;
  AlignedVector<double> sums_, values_;
  std::vector<double> weight_;
  std::vector<std::uint32_t> flag_;
  std::vector<const double*> pointers_;
};

}  // namespace tilth
