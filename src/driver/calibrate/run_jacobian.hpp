#pragma once

#include <span>
#include <vector>

#include "driver/calibrate/run_predictions.hpp"
#include "model/derivatives.hpp"

namespace tilth {

/// Predictions of the observations of a site by one member that carries derivatives, and their derivatives by its
/// inputs.
class RunJacobian {
 public:
  /// `parameters`: physical, of the member, as in ColumnParameters; `inputs`: those of the member's run. All but
  /// `inputs` must outlive this.
  RunJacobian(const Domain& domain, const GridPoint& point, const SiteObservations& observations,
              std::span<const double* const> parameters, std::span<const DerivativeInput> inputs);

  /// Takes the rows after a step.
  void see(const StepSpan& span, const DualRows& rows);
  /// To be called once, after the last step.
  void finish(const ParameterSet& parameters);

  double prediction(int i) const { return values_.of(i)[0]; }
  /// Derivatives of the prediction of observation `i` by the inputs.
  std::span<const double> derivatives(int i) const { return {sums_.data() + std::size_t(i) * stride_, stride_}; }

 private:
  /// The rows of a tile that the operator of a stream reads.
  std::vector<int> rows_of(const Stream& stream) const;
  void fill(int stream, const DualRows& rows);
  void fill_parameters(std::span<const double* const> parameters, std::span<const DerivativeInput> inputs);

  const Domain* domain_;
  const GridPoint* point_;
  const SiteObservations* observations_;
  RunPredictions values_;
  int inputs_, tiles_, rows_;
  std::size_t stride_;
  std::span<const double* const> parameters_;
  std::vector<std::vector<int>> read_;                          // by stream
  std::vector<char> filled_;                                    // rows of the step
  AlignedVector<double> member_, members_, changes_;            // rows of tiles: one member; one for each input
  AlignedVector<double> parameter_values_, parameter_changes_;  // the same of parameters
  std::vector<const double*> value_pointers_, change_pointers_, seen_, changed_;
  AlignedVector<double> sums_, slopes_;
  std::vector<double> weight_;
};

}  // namespace tilth
