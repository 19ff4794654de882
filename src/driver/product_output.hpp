#pragma once

#include <string>

#include "driver/diagnostics.hpp"
#include "driver/members.hpp"
#include "driver/products.hpp"
#include "driver/window_analysis.hpp"
#include "io/product.hpp"

namespace tilth {

/// The gridded products of a run: what a record holds, and the file it goes to.
class ProductOutput {
 public:
  /// Creates the file at `path`, or continues it. `analysis` (may be null): what it did is mapped too. Collective;
  /// `members` and `analysis` must outlive it.
  ProductOutput(const Members& members, std::span<const ProductDefinition> definitions, const std::string& path,
                const std::string& label, WindowAnalysis* analysis, bool append);

  /// Writes the record over [begin, end]. Collective.
  void write(Time begin, Time end, Products& products, const Diagnostics& diagnostics);
  /// Makes the records durable. Collective.
  void sync() { file_.sync(); }

 private:
  const Members& members_;
  WindowAnalysis* analysis_;
  ProductFile file_;
};

}  // namespace tilth
