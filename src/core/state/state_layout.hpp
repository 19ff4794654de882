#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/state/transform.hpp"

namespace tilth {

/// One variable of a tile.
struct Variable {
  enum class Kind { prognostic, diagnostic };
  std::string name;           ///< ours, e.g. soil_moisture
  std::string standard_name;  ///< CF standard name, or empty
  std::string long_name;
  std::string units;  ///< UDUNITS
  int layers = 1;
  double lower = 0.0, upper = 0.0;  ///< bounds (inclusive) that hold after every step and update
  Transform transform;              ///< in which the analysis updates it
  Kind kind = Kind::prognostic;
  bool mean_over_day = false;       ///< flux or daily mean (cell_methods time: mean) rather than end-of-step value
  std::vector<double> levels = {};  ///< place of each layer within the column (mid-depth in m, ...); empty: none
  double noise_sd = 0.0;            ///< model error: independent noise of every layer and member that follows each step
  double start_sd = 0.0;            ///< independent noise of every layer and member that follows the cold start
};

/// Ordered variables of a tile and their rows; a row is one layer of one variable for all members.
class StateLayout {
 public:
  StateLayout() = default;
  explicit StateLayout(std::vector<Variable> variables);
  int rows() const { return rows_; }
  const std::vector<Variable>& variables() const { return variables_; }
  /// First row of a variable; throws `Error` with a suggestion when there is none.
  int row(std::string_view name) const;
  bool has(std::string_view name) const;
  const Variable& variable(std::string_view name) const;
  int row(int variable) const { return first_row_[variable]; }
  int index(std::string_view name) const;
  /// What a row holds: `snow_ice`, `soil_moisture[2]`.
  std::string row_name(int row) const;

 private:
  std::vector<Variable> variables_;
  std::vector<int> first_row_;
  int rows_ = 0;
};

}  // namespace tilth
