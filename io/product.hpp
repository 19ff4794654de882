#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "core/grid/grid.hpp"
#include "core/parallel/comm.hpp"
#include "io/attributes.hpp"

namespace tilth {

/// One variable of a product file.
struct ProductVariable {
  std::string name, standard_name, long_name, units, cell_methods;
  /// Range of values packed in 16 bits: what lies outside is set to the nearer end and counted. Equal: floats.
  double packed_lower = 0.0, packed_upper = 0.0;
  int members = 0;  ///< length of its dimension `realization`; 0: it has none
  bool is_packed() const { return packed_upper > packed_lower; }
};

/// In a product a value is undefined where it equals this number; it is also written where there is no land.
inline constexpr double product_fill = 9.969209968386869e36;  // NC_FILL_FLOAT

/// Gridded CF-1.10 file: rasters (time, lat, lon), lists of points (time, station) as discrete sampling geometry
/// timeSeries. Values are floats or packed in 16 bits, coordinates doubles. The same bytes for any number of ranks.
class ProductFile {
 public:
  /// Creates the file (whole header at once), or with `append` continues one whose variables and `frequency` (an
  /// attribute) agree. The coordinate `time`
  /// is the middle of the interval when every variable is a mean over time, else its end. Collective; `comm` must
  /// outlive it.
  ProductFile(const Comm& comm, std::string path, const Grid& grid, std::vector<ProductVariable> variables,
              const std::string& title, bool append, const Attributes& attributes = {});
  ~ProductFile();
  ProductFile(ProductFile&&) noexcept;

  /// Writes one record over [begin, end]: `values[v][i]` of variable v at owned point i, in the order of Grid::points;
  /// of one with members `values[v][i * members + k]`.
  /// The first record written after `append` replaces the first one that is not earlier. Records must follow in time.
  /// Throws `Failure` for a value that is not finite. Collective.
  void write(Time begin, Time end, std::span<const std::vector<double>> values);
  /// Makes the records durable. Collective.
  void sync();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tilth
