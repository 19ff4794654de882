#pragma once

#include "assim/calibration/emulator/emulator.hpp"

namespace tilth::calibration {

/// Leading principal components of tables with one run per row.
struct PrincipalComponents {
  Vector mean, scale;    ///< per output; scale 1 where outputs do not vary
  Matrix basis;          ///< outputs x components, orthonormal, of scaled outputs
  Vector variance;       ///< of each component
  double explained = 0;  ///< part of the total variance
  Vector left_out;       ///< per output: variance of what the components miss

  /// As many components as explain `part` of the variance of scaled outputs, at most `most`.
  /// @pre Y finite, at least two rows
  static PrincipalComponents of(const Matrix& Y, double part = 0.99, Index most = 20);
  Matrix scores(const Matrix& Y) const;
  Matrix outputs(const Matrix& scores) const;
};

/// Emulators of the principal components of a vector of outputs (Higdon et al. 2008).
class VectorEmulator {
 public:
  /// Y: one run per row; failed runs are left out and listed.
  VectorEmulator(const Box& box, const Matrix& X, const Matrix& Y, double explained = 0.99,
                 const EmulatorOptions& options = {});
  struct Outputs {
    Matrix mean, variance;  ///< row per row of X, column per output; variance with that of components left out
  };
  Outputs predict(const Matrix& X) const;
  const PrincipalComponents& components() const { return components_; }
  const std::vector<Emulator>& emulators() const { return emulators_; }
  const std::vector<Index>& failed() const { return failed_; }

 private:
  std::vector<Index> failed_;
  PrincipalComponents components_;
  std::vector<Emulator> emulators_;
};

}  // namespace tilth::calibration
