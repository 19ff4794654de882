#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/config/plugin.hpp"
#include "core/grid/bounding_caps.hpp"
#include "core/grid/grid.hpp"
#include "core/obs/obs_table.hpp"
#include "core/parallel/comm.hpp"
#include "core/random/random.hpp"

namespace tilth {

class LocalisationRules;

/// Rows that are treated alike: a state variable, a parameter, a product or the predictions of an observation type.
struct RowKind {
  enum class Role { state, parameter, product, prediction };
  std::string name;
  Role role = Role::state;
  /// The distribution of the members is a bounded rank histogram (its rows are physical values), not a normal one.
  bool rank_histogram = false;
  /// Bounds of the values a method sees; infinite: none (always so for transformed rows).
  double lower = -std::numeric_limits<double>::infinity(), upper = std::numeric_limits<double>::infinity();
};

/// Members of one quantity at one column, updated in place: padded(N) values, unconstrained unless the kind is bounded.
struct FieldRow {
  double* x = nullptr;
  int kind = 0;                                             ///< index of `FieldRows::kinds()`
  double level = std::numeric_limits<double>::quiet_NaN();  ///< place within the column (depth in m, ...); NaN: none
};

/// The rows of this rank's columns, handed out column by column: no second copy of the whole ensemble is needed.
class FieldRows {
 public:
  virtual ~FieldRows() = default;
  virtual const std::vector<RowKind>& kinds() const = 0;
  /// The rows of a column; the pointers stay valid until it is stored. A column is stored before it is loaded again;
  /// any number of columns may be loaded at a time, each with its own memory. Threads may load and store different
  /// columns at once.
  virtual std::vector<FieldRow> load(int column) = 0;
  /// Ends the work on a column; `changed`: some row was updated.
  virtual void store(int column, bool changed) = 0;
};

/// Key of the random draws of an analysis: (seed, Purpose::analysis), cycle, member, observation id, pass.
struct AnalysisKey {
  std::uint64_t seed = 1;
  std::int64_t cycle = 0;
  std::int64_t pass = 0;  ///< of a method that iterates the window
  Random random() const { return {seed, Purpose::analysis}; }
};

/// What an analysis did at this rank's columns, for diagnostics.
struct FieldRecord {
  std::vector<int> local_observations;  ///< per column; empty: not recorded
  int iterations = 0;                   ///< of the minimisation, for methods that have one
  double cost_before = 0.0, cost_after = 0.0;
};

/// Rows that belong to no column (parameters per plant functional type or of all columns): every rank holds a copy with
/// the same bits, and all copies are updated alike.
struct SharedRows {
  std::string name;
  std::vector<double*> rows;          ///< N members each, unconstrained
  std::vector<double> column_weight;  ///< per own column: how much they matter there, 0 (not at all) to 1
  std::vector<double> obs_weight;     ///< per own observation: how much it may move them, 0 to 1
};

/// One analysis as one rank sees it: its columns, its observations (`flag` 0 is used; hx holds the predictions), and
/// what may move what. Members of a row are pointers into memory of the caller.
struct FieldProblem {
  const Comm& comm;
  const Grid& grid;
  const ObsTable& obs;
  const LocalisationRules& localisation;
  FieldRows& rows;
  AnalysisKey key;
  FieldRecord* record = nullptr;
  std::vector<SharedRows> shared = {};  ///< only for methods that update them together with the columns (4denvar)
  const BoundingCaps* caps = nullptr;   ///< of the grid, where they are at hand; null: made when needed
};

/// A method that needs the whole field at once (serial filters, localised variational methods): not a set of local
/// problems. Pure but for its messages: no files, no clock.
class FieldMethod {
 public:
  virtual ~FieldMethod() = default;
  /// Throws when the method cannot follow these rules; callers ask before they write anything.
  virtual void check(const std::vector<RowKind>&, const LocalisationRules&) const {}
  /// Updates all rows. Without used observations every row keeps its bits. Collective.
  virtual void update(FieldProblem& problem) const = 0;
};

/// The registered whole-field methods, in the order of assim/field/list.hpp.
const Registry<FieldMethod>& field_methods();

}  // namespace tilth
