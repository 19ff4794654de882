#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/time.hpp"

namespace tilth {

/// Mean seasonal cycle of each cell, fitted by least squares: a constant and sines and cosines of the year.
class SeasonalCycle {
 public:
  /// Of `cells` cells with `harmonics` of the year (0: the mean).
  SeasonalCycle(int cells, int harmonics);
  void add(int cell, Time time, double value);
  /// Solves for the coefficients. A cell with fewer than four values for each of them gets its mean.
  void fit();

  /// @pre fit
  double at(int cell, Time time) const;
  /// Standard deviation of what is left.
  double residual_sd(int cell) const { return residual_[std::size_t(cell)]; }
  bool known(int cell) const { return count_[std::size_t(cell)] > 0; }

 private:
  std::vector<double> basis(Time time) const;
  std::size_t sums(int cell) const { return std::size_t(cell) * (terms_ * terms_ + terms_); }
  std::size_t terms_;
  std::vector<double> sums_;  // [cell]: Gram matrix, then products with the values less the first of them
  std::vector<double> first_, square_, coefficients_, residual_;
  std::vector<std::int64_t> count_;
};

/// Whole harmonics of the year that a record of this length tells: none for less than a year.
int resolved_harmonics(int wanted, Time first, Time last);

}  // namespace tilth
