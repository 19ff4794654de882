#pragma once

#include "assim/calibration/optimise/quasi_newton.hpp"
#include "assim/calibration/search.hpp"

namespace tilth::calibration {

struct MultiStartOptions {
  Index starts = 16;
  double step = 1e-4;  ///< of differences, in widths of the box
  QuasiNewtonOptions search = {};
  std::uint64_t seed = 1;
};

/// Quasi-Newton searches from several starts side by side: the given one and a Latin hypercube. Gradients by
/// central differences (one-sided at a bound or next to a failed run): ask() holds for every search that has not ended
/// its point, then two points per parameter. With exact gradients see `ask_points` and `tell_gradients`.
class MultiStart final : public Search {
 public:
  MultiStart(const Box& box, const Vector& start, const MultiStartOptions& options = {});

  Matrix ask() const override;
  void tell(const Vector& values) override;
  bool finished() const override;
  std::vector<double> numbers() const override;
  void restore(std::span<const double> numbers) override;

  /// One point per search that has not ended, and their values with gradients (one row each) with respect to them.
  Matrix ask_points() const;
  void tell_gradients(const Vector& values, const Matrix& gradients);

  const Record& record() const { return record_; }
  Matrix optima() const;  ///< where every search stands
  Vector optimum_values() const;

 private:
  std::vector<Index> open() const;
  void advance(Index search, double value, const Vector& unit_gradient);

  Box box_;
  MultiStartOptions options_;
  std::vector<QuasiNewton> searches_;  // in the unit cube
  std::vector<double> abandoned_;      // 1 where the start failed
  Record record_;
};

}  // namespace tilth::calibration
