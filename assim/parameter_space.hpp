#pragma once

#include <span>
#include <vector>

namespace tilth {

/// Span of the members' anomalies of a few parameters.
///
/// Predictions are projected on it before they update parameters that many columns share. What is left over, local
/// state errors above all, differs from column to column; a small ensemble would take its chance correlations with
/// parameters for knowledge. Projecting is the regression of a prediction on the parameters (as in ensemble estimates
/// of tangent-linear sensitivities, Liu, Xiao & Wang 2008), and the left-over variance counts as observation error.
class ParameterSpace {
 public:
  /// Orthonormal basis of the anomalies of `rows` (members each); rows without spread, or that depend on earlier ones,
  /// add nothing.
  ParameterSpace(std::span<const double* const> rows, int members);

  int dimension() const { return dimension_; }
  /// Replaces the anomalies y (members) by their projection; returns the variance (divisor N - 1) of what was left out.
  double project(std::span<double> y) const;

 private:
  int members_, dimension_ = 0;
  std::vector<double> basis_;  // [dimension][members]
};

}  // namespace tilth
