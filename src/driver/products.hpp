#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/aligned.hpp"
#include "core/grid/grid.hpp"
#include "core/state/ensemble.hpp"
#include "core/state/state_layout.hpp"
#include "io/checkpoint.hpp"

namespace tilth {

/// A cell mean of model rows: the sum of weight * row, tiles weighted by fraction.
struct ProductDefinition {
  std::string name, standard_name, long_name, units;
  std::vector<std::pair<int, double>> terms;  ///< row and weight
  double lower = 0.0, upper = 0.0;            ///< values stay inside after an analysis
};

/// The products that a model's layout allows, in a fixed order.
std::vector<ProductDefinition> product_definitions(const StateLayout& layout);
/// What a model with several steps a day tells of each: its variables `step_*`, without that prefix.
std::vector<ProductDefinition> step_definitions(const StateLayout& layout);

/// Window means of every product for all members of this rank's columns: `[column][product][padded members]`.
class Products {
 public:
  Products(std::vector<ProductDefinition> definitions, int columns, int members);
  void clear();
  /// Adds a day of column c.
  void add(int c, const GridPoint& point, ColumnView column);
  /// Divides by the number of days added.
  void finish(int days);
  /// The sums so far in a restart file, and back. `points`: one record per column. Collective.
  void save(CheckpointWriter& file, const BlockExchange& points) const;
  void load(const CheckpointReader& file, const BlockExchange& points);

  std::span<const ProductDefinition> definitions() const { return definitions_; }
  double* row(int c, int product) { return data_.data() + (std::size_t(c) * definitions_.size() + product) * stride_; }
  int columns() const { return columns_; }
  int members() const { return members_; }
  /// Puts every value back inside its bounds.
  void clip(int c);
  /// Member means of product p, one per column.
  std::vector<double> mean(int p);
  /// Member standard deviations (N - 1) and quantiles (linear interpolation) of product p, one per column.
  std::vector<double> sd(int p);
  std::vector<double> quantile(int p, double probability);

 private:
  std::vector<ProductDefinition> definitions_;
  int columns_, members_, stride_;
  AlignedVector<double> data_;
};

}  // namespace tilth
