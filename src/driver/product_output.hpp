#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "driver/diagnostics.hpp"
#include "driver/members.hpp"
#include "driver/product_means.hpp"
#include "driver/products.hpp"
#include "driver/window_analysis.hpp"
#include "io/product.hpp"

namespace tilth {

/// The gridded files of a run, `products.nc`, when its records are not windows `windows.nc`, and on request
/// `members.nc`: what a record holds, and when it is written.
class ProductOutput {
 public:
  /// Creates the files in `folder`, or continues them. `analysis` (may be null): what it did is mapped too. Collective;
  /// `members` and `analysis` must outlive it.
  ProductOutput(const Members& members, std::span<const ProductDefinition> definitions, const std::string& folder,
                const std::string& label, WindowAnalysis* analysis, bool append);

  /// Writes what the window completes. `replaced`: days of members of each column that failed in it. Collective.
  void write(Time begin, Time end, const Products& products, ProductMeans& means, const Diagnostics& diagnostics,
             std::span<const std::int64_t> replaced);
  /// Makes the records durable. Collective.
  void sync();

 private:
  using Columns = std::vector<std::vector<double>>;
  /// Values of slice `slice`, product by product; `increment` gives those of a product.
  template <class Increment>
  Columns values(const Products& products, int slice, const Increment& increment) const;
  /// All members of slice `slice`.
  Columns member_values(const Products& products, int slice) const;
  void write_record(Time begin, Time end, const Products& products, int slice, const Columns& record);
  Columns window_values(std::span<const std::int64_t> replaced) const;

  const Members& members_;
  WindowAnalysis* analysis_;
  std::optional<ProductFile> products_, windows_, of_members_;
};

}  // namespace tilth
