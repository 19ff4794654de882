#pragma once

#include "assim/calibration/box.hpp"
#include "assim/calibration/emulator/gaussian_process.hpp"

namespace tilth::calibration {

struct EmulatorOptions {
  Kernel kernel = Kernel::matern52;
  Trend trend = Trend::constant;
  int starts = 5;                          ///< of the search for the hyper-parameters
  double shortest = 0.02, longest = 20.0;  ///< length scales, in widths of the box
  double least_nugget = 1e-8;              ///< relative to the variance of the values
  double fixed_nugget = -1.0;              ///< relative to the variance of the values; negative: estimated
  std::uint64_t seed = 1;
};

/// How well an emulator predicts runs it has not seen (leave-one-out).
struct EmulatorCheck {
  double q2 = 0.0;        ///< 1 - mean square error / variance of the values; 1 is perfect, 0 no better than the mean
  double coverage = 0.0;  ///< part of the values within 1.96 standard deviations; 0.95 expected
  double rmse = 0.0;
  Vector mean, sd;  ///< leave-one-out predictions
  /// Whether it may be used: q2 at least `least_q2` and coverage at least `least_coverage`.
  bool passes(double least_q2, double least_coverage) const { return q2 >= least_q2 && coverage >= least_coverage; }
};

/// Gaussian process of one result over a box of parameters: maximum likelihood with gradient from several starts, in
/// scaled coordinates. Rows whose result is not finite are left out and listed.
class Emulator {
 public:
  /// X: rows in the box. @throws Error when too few runs are left for the trend
  Emulator(const Box& box, const Matrix& X, const Vector& y, const EmulatorOptions& options = {});

  /// Mean and variance (without the nugget) at rows in the box.
  Prediction predict(const Matrix& X) const;
  /// Functions that may be the result, at rows in the box: draw x row. Hyper-parameters vary as the curvature of their
  /// likelihood allows, a set of them for every ten draws.
  Matrix draws(const Matrix& X, int count, std::uint64_t seed) const;
  const EmulatorCheck& check() const { return check_; }
  double log_likelihood() const { return process_.log_likelihood(); }
  Hyper hyper() const;  ///< length scales in the units of the box, variances in those of the result
  const std::vector<Index>& failed() const { return failed_; }

 private:
  Box box_;
  EmulatorOptions options_;
  std::vector<Index> failed_;
  double mean_ = 0.0, sd_ = 1.0;
  GaussianProcess process_;  // of standardised values over the cube [-1, 1]
  EmulatorCheck check_;
};

}  // namespace tilth::calibration
