#pragma once

#include <vector>

#include "driver/diagnostics.hpp"
#include "driver/products.hpp"
#include "io/checkpoint.hpp"

namespace tilth {

/// Means of the products over calendar months, which windows add to; a part of what decides the numbers of a run.
class ProductMeans {
 public:
  /// For the products of an experiment; without effect unless their records are months.
  ProductMeans(const Domain& domain, int members);
  bool is_on() const { return on_; }

  /// Adds a slice of a window with its forecast means. True when it completes the month or the run: `mean` and
  /// `increment` are those of the period from `begin` on, until `clear`.
  bool add(const Products& products, int slice, const Diagnostics& diagnostics);
  void clear();
  Time begin() const { return begin_; }
  const Products& mean() const { return sum_; }
  /// Analysis minus forecast of product p, per owned column.
  std::vector<double> increment(int p) const;

  /// Queues the sums for a restart file; what is queued lies in `buffer`.
  void queue(CheckpointWriter& file, std::vector<double>& buffer) const;
  /// Takes them from one; `Error` when it has none. Collective.
  void restore(const CheckpointReader& file, const std::string& path);

 private:
  int width() const;

  const Domain* domain_;
  bool on_;
  Products sum_;                                // times days
  std::vector<std::vector<double>> increment_;  // [product][column], times days
  Time begin_;
  std::int64_t days_ = 0;
};

}  // namespace tilth
