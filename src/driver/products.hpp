#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/aligned.hpp"
#include "core/base/time.hpp"
#include "core/grid/grid.hpp"
#include "core/state/ensemble.hpp"
#include "core/state/state_layout.hpp"
#include "driver/product_options.hpp"
#include "io/checkpoint.hpp"

namespace tilth {

struct Domain;

/// A cell mean of model rows: the sum of weight * row, tiles weighted by fraction.
struct ProductDefinition {
  std::string name, standard_name, long_name, units;
  std::vector<std::pair<int, double>> terms;      ///< row and weight
  double lower = 0.0, upper = 0.0;                ///< values stay inside after an analysis
  double packed_lower = 0.0, packed_upper = 0.0;  ///< range of 16 bit integers; equal: none is declared
};

/// Rows of a layered soil variable that make its mean from the surface down to a depth.
std::vector<std::pair<int, double>> depth_mean(const StateLayout& layout, const std::string& name, double depth_m);
/// Adds the cell mean of a sum of weight * row, tiles weighted by fraction, to padded members.
void add_cell_mean(const std::vector<std::pair<int, double>>& terms, const GridPoint& point, ColumnView column,
                   std::span<double> sum);

/// The products that a model's layout allows, in a fixed order.
std::vector<ProductDefinition> product_definitions(const StateLayout& layout);
/// Those of them that the options name; `Error`, which begins with `where`, for a name that is none of them or has no
/// range to be packed in.
std::vector<ProductDefinition> selected_products(const ProductOptions& options, const StateLayout& layout,
                                                 const std::string& where);
/// What a model with several steps a day tells of each: its variables `step_*`, without that prefix.
std::vector<ProductDefinition> step_definitions(const StateLayout& layout);

/// Those of an experiment.
std::vector<ProductDefinition> experiment_products(const Domain& domain);

/// Whole days of a window over which products are means.
struct ProductSlice {
  Time begin, end;
  double days() const { return double((end - begin) / seconds_per_day); }
};

/// The window as it is, its days, or its parts in each calendar month, as `every` says.
std::vector<ProductSlice> product_slices(Time begin, Time end, const std::string& every);

/// Means over the slices of a window of every product for all members of this rank's columns:
/// `[column][slice][product][padded members]`.
class Products {
 public:
  /// With one slice that has no date yet. `fluxes` are kept after the products, with the numbers from
  /// definitions().size() on; no analysis moves them. One without terms takes what arrives.
  Products(std::vector<ProductDefinition> definitions, int columns, int members,
           std::vector<ProductDefinition> fluxes = {});
  /// Forgets all values.
  void clear();
  /// Forgets all values; what follows belongs to these slices.
  void clear(std::vector<ProductSlice> slices);
  /// Adds a day of column c, over which `arriving` came (precipitation, kg m-2).
  void add(int c, const GridPoint& point, ColumnView column, int slice = 0, double arriving = 0.0);
  /// Adds `factor` times slice `s` of others to the first slice.
  void add(const Products& others, int s, double factor);
  /// Divides each slice by the number of its days.
  void finish();
  /// The sums so far in a restart file, and back. `points`: one record per column. Collective.
  void save(CheckpointWriter& file, const BlockExchange& points) const;
  void load(const CheckpointReader& file, const BlockExchange& points);

  std::span<const ProductDefinition> definitions() const { return definitions_; }
  std::span<const ProductSlice> slices() const { return slices_; }
  /// Gives the slices other dates. @pre as many
  void set_slices(std::vector<ProductSlice> slices) { slices_ = std::move(slices); }
  /// Number of the slice that holds the day. @pre one does
  int slice_of(Time day) const;
  double* row(int c, int product, int slice = 0) { return data_.data() + offset(c, product, slice); }
  const double* row(int c, int product, int slice = 0) const { return data_.data() + offset(c, product, slice); }
  /// Rows of a column: the products and fluxes of every slice.
  int rows() const { return int(slices_.size() * (definitions_.size() + fluxes_.size())); }
  int columns() const { return columns_; }
  int members() const { return members_; }
  /// Puts every value back inside its bounds.
  void clip(int c);
  /// Member means of product p, one per column.
  std::vector<double> mean(int p, int slice = 0) const;
  /// Member standard deviations (N - 1) and quantiles (linear interpolation) of product p, one per column.
  std::vector<double> sd(int p, int slice = 0) const;
  std::vector<double> quantile(int p, double probability, int slice = 0) const;
  /// All values: with them and the slices, what was added so far.
  AlignedVector<double>& data() { return data_; }

 private:
  std::size_t offset(int c, int product, int slice) const {
    return ((std::size_t(c) * slices_.size() + slice) * (definitions_.size() + fluxes_.size()) + product) * stride_;
  }
  std::vector<ProductDefinition> definitions_, fluxes_;
  std::vector<ProductSlice> slices_;
  int columns_, members_, stride_;
  AlignedVector<double> data_;
};

}  // namespace tilth
