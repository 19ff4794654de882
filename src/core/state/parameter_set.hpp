#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/aligned.hpp"
#include "core/grid/grid.hpp"
#include "core/random/random.hpp"
#include "core/state/transform.hpp"

namespace tilth {

/// A model parameter, declared once.
struct ParameterDefinition {
  std::string name, units, about, source;
  std::array<double, pft_count> value{};  ///< default per PFT (index 0: bare)
  Transform transform;                    ///< bounds are transform.lower/upper for logit; see lower, upper
  double lower = 0.0, upper = 0.0;        ///< physical bounds, inclusive
  double prior_sd = 0.0;                  ///< in unconstrained space; 0: fixed

  /// Whether the default of a PFT can be varied. One where the transform is singular (the logarithm of a zero wood
  /// allocation, say) or, for bare ground, out of bounds is structural and keeps its value in all members.
  bool varies(int pft) const;
};

enum class Scope { global, pft, column };

/// A parameter that differs between members (and is updated when the analysis is told to).
struct UncertainParameter {
  int definition = 0;
  Scope scope = Scope::pft;
  double sd = 0.0;      ///< prior standard deviation in unconstrained space
  bool updated = true;  ///< false: perturbed only
};

/// Parameter values of all members: unconstrained for what differs, physical for what the model reads.
///
/// Rows have padded(members) values. Global and per-PFT rows are replicated on all ranks (they are not of grid size);
/// rows of scope column exist for this rank's columns only. A global row holds the value of the first PFT that varies,
/// a column's row that of its dominant PFT; where the defaults of other PFTs differ, they keep their difference in
/// unconstrained space.
class ParameterSet {
 public:
  /// `viewed`: the first so many definitions are what the model reads (`view`); -1: all.
  ParameterSet(std::vector<ParameterDefinition> definitions, std::vector<UncertainParameter> uncertain, int members,
               const Grid& grid, int viewed = -1);

  std::span<const ParameterDefinition> definitions() const { return definitions_; }
  std::span<const UncertainParameter> uncertain() const { return uncertain_; }
  int members() const { return members_; }

  /// Draws the prior: unconstrained default + sd * normal, clipped 1e-6 inside the bounds. Keyed by (parameter, PFT or
  /// column id, member + first_member); members >= 0 for the ensemble, -1 for a nature run.
  void sample_prior(const Random& random, std::int64_t first_member = 0);

  /// Unconstrained members of uncertain parameter k: `unit` is 0 (global), the PFT, or the local column. The span has
  /// members() values; the padding behind them is filled by `refresh`.
  std::span<double> row(int k, int unit);
  int units(int k) const;  ///< 1, pft_count, or this rank's columns

  /// Physical values from unconstrained ones, bounds enforced; call after every change of a row.
  void refresh();
  /// Refreshes the parameters of one column only (scope column).
  void refresh_column(int column);

  /// For column c and its tiles: pointers [tile * viewed + parameter] to padded physical member values.
  void view(int column, std::span<const Tile> tiles, std::vector<const double*>& out) const;
  /// Physical members of parameter `definition` for a PFT (and column).
  const double* physical(int definition, int pft, int column) const;

 private:
  void fill_defaults();
  int reference_pft(int k, int unit) const;  // PFT whose value a row holds
  double mean(int k, int unit) const;        // of the prior, unconstrained
  double* padded_row(int k, int unit);
  double* table_row(int definition, int pft);
  void to_physical(int k, int unit, int pft, double* out) const;

  std::vector<ParameterDefinition> definitions_;
  std::vector<UncertainParameter> uncertain_;
  int members_, stride_, columns_, viewed_;
  std::vector<std::int64_t> column_ids_;
  std::vector<int> column_pft_;           // dominant PFT
  std::vector<std::int64_t> first_tile_;  // tiles before each column
  std::vector<int> tile_pft_;
  std::vector<AlignedVector<double>> unconstrained_;  // per uncertain parameter: units x stride
  AlignedVector<double> table_;                       // [pft][definition][stride]
  std::vector<AlignedVector<double>> column_table_;   // per uncertain parameter of scope column: tiles x stride
  std::vector<int> column_parameter_;                 // definition -> uncertain index of scope column, or -1
};

}  // namespace tilth
