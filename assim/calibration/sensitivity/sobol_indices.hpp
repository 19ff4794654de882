#pragma once

#include "assim/calibration/types.hpp"

namespace tilth::calibration {

/// Design of Saltelli et al. (2010) for Sobol' indices: from two independent base samples A and B, per base point the
/// rows A, AB_1 ... AB_k (A with column i from B), with second order BA_1 ... BA_k (B with column i from A), and B.
struct SobolDesign {
  Index parameters = 0;
  bool second_order = false;

  Index block() const { return (second_order ? 2 : 1) * parameters + 2; }  ///< rows per base point
  /// Rows of these base samples, in the unit cube.
  Matrix rows(const Matrix& A, const Matrix& B) const;
  /// Rows of base points first, ..., first + count - 1: of a scrambled Sobol' sequence in 2k dimensions where it has
  /// that many. Beyond that a keyed random sample. A longer design has the shorter one at its start.
  Matrix rows(Index first, Index count, std::uint64_t seed) const;
};

/// How first-order indices are estimated; total ones are always Jansen's.
enum class FirstOrder {
  jansen,   ///< 1 - mean (f_B - f_AB)^2 / 2V (Jansen 1999): does not change when a constant is added to the result
  saltelli  ///< mean f_B (f_AB - f_A) / V (Saltelli et al. 2010): noisy where the mean result is large
};

struct SobolOptions {
  FirstOrder first = FirstOrder::jansen;
  int resamples = 200;  ///< of the bootstrap over base points; 0: no intervals
  double level = 0.95;  ///< of the intervals
  std::uint64_t seed = 1;
};

/// Indices with their bootstrap intervals.
struct SobolIndices {
  struct Estimate {
    double value, low, high;
  };
  double mean = 0.0, variance = 0.0;          ///< of the results on A and B (population variance)
  std::vector<Estimate> first, total;         ///< per parameter
  std::vector<std::vector<Estimate>> second;  ///< [i][j], i < j; empty without second order
  Index base_points = 0;                      ///< complete blocks used
  std::vector<Index> failed;                  ///< rows whose runs failed; their blocks are left out
};

/// Indices from results of a design, one per row. @throws Error when no two blocks are complete or nothing varies
SobolIndices sobol_indices(const SobolDesign& design, const Vector& values, const SobolOptions& options = {});

/// Indices from results that are only known as draws (draw x row), such as functions of an emulator: the mean over the
/// draws, and intervals over them and the base points together (Le Gratiet et al. 2014): each resample takes the next
/// draw.
SobolIndices sobol_indices_of_draws(const SobolDesign& design, const Matrix& draws, const SobolOptions& options = {});

}  // namespace tilth::calibration
