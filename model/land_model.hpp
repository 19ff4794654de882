#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/config/plugin.hpp"
#include "core/grid/grid.hpp"
#include "core/state/ensemble.hpp"
#include "core/state/forcing.hpp"
#include "core/state/parameter_set.hpp"
#include "core/state/state_layout.hpp"

namespace tilth {

/// What a model is: its variables, parameters and step.
struct ModelTraits {
  std::string name, about;
  StateLayout layout;  ///< rows of a tile
  std::vector<ParameterDefinition> parameters;
  /// Parameters that are there for others and act on nothing here, and what acts in their place.
  std::vector<std::pair<std::string, std::string>> without_effect = {};
  std::int64_t step_s = seconds_per_day;    ///< a day, or a part of it
  std::vector<std::string> default_states;  ///< updated by the analysis unless told otherwise
  bool needs_forcing = true;                ///< false: takes no weather, `advance` ignores what it is given
};

/// One column's physical parameters: `value[tile * parameters + p]` points to padded members.
struct ColumnParameters {
  std::span<const double* const> value;
};

/// Closure and health of steps; residuals are the largest absolute values seen, per member and tile.
struct StepReport {
  double water_residual_kg_m2 = 0.0;
  double carbon_residual_g_m2 = 0.0;
  double energy_residual_w_m2 = 0.0;
  std::vector<int> failed;  ///< members that are not finite or out of physical range (their column is left as it is)
  void merge(const StepReport& other);
  /// Adds a tile's step: `healthy` 1 or 0 and the residuals of its members.
  void add(const double* healthy, const double* water, const double* carbon, int members);
};

/// What `repair` changed, summed over tiles weighted by fraction, mean over members, per unit cell area.
struct RepairReport {
  double water_kg_m2 = 0.0;  ///< water the analysis and the repair together added to the column
  double carbon_g_m2 = 0.0;
  int clipped = 0;  ///< values put back inside their bounds
};

/// One step of a model within a day.
struct StepSpan {
  Time begin, end;
  bool ends_day = true;  ///< rows of daily means are those of this day
};
/// Told after each step, when the column holds the end of it.
using StepSeen = std::function<void(const StepSpan&)>;

struct DualModel;

/// A land model on columns. Pure: no MPI, no files, no clock of its own.
class LandModel {
 public:
  virtual ~LandModel() = default;
  virtual const ModelTraits& traits() const = 0;
  /// A plausible start without history; every member and row is set.
  virtual void cold_start(const GridPoint& point, ColumnParameters parameters, ColumnView column) const = 0;
  /// Advances all members of a column over the day that starts at `begin`; `seen` (may be empty) is told of each step.
  /// Members that failed are left as they were, though `seen` has met them.
  virtual StepReport advance(const GridPoint& point, ColumnParameters parameters, Time begin, const DayWeather& weather,
                             ColumnView column, const StepSeen& seen) const = 0;
  /// After an update of some rows or parameters: restores bounds and the consistency of related variables. `before`
  /// holds the column before the update, for the budget. Idempotent.
  virtual RepairReport repair(const GridPoint& point, ColumnParameters parameters, ColumnView before,
                              ColumnView column) const = 0;
  /// Brings every member to equilibrium with the repeated weather `cycle` (whole years of days, the first at `begin`).
  virtual StepReport equilibrate(const GridPoint& point, ColumnParameters parameters, Time begin,
                                 std::span<const MetDay> cycle, ColumnView column) const = 0;
  /// The model that carries derivatives along, or null where there is none; used through model/derivatives.hpp.
  virtual const DualModel* dual() const { return nullptr; }
};

/// A model whose `advance` takes a group of 2 * directions members as one dual number: the value `directions` times, in
/// state, parameters and weather, then its derivatives along that many directions. Nothing else of it may be called.
struct DualModel {
  std::unique_ptr<const LandModel> model;
  int directions = 0;
};

/// The registered models, in the order of model/list.hpp.
const Registry<LandModel>& land_models();

}  // namespace tilth
