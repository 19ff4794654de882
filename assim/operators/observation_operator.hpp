#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "core/config/plugin.hpp"
#include "core/grid/grid.hpp"
#include "core/state/ensemble.hpp"
#include "core/state/state_layout.hpp"

namespace tilth {

/// What an operator is: what it reads, what it returns.
struct OperatorTraits {
  std::string quantity;                         ///< e.g. surface soil moisture
  std::string standard_name;                    ///< CF, or empty
  std::string units;                            ///< of prediction and observation; files are converted to it
  std::vector<std::string> needs;               ///< variables of the tile layout
  std::vector<std::string> parameters;          ///< model parameters it reads, e.g. sif_scale; may be empty
  double valid_lower = 0.0, valid_upper = 0.0;  ///< observations outside are flagged qc_bad_value
  double within_day = 1.0;                      ///< the range is this many times as wide for means over less than a day
  double error_absolute = 0.0,
         error_relative = 0.0;  ///< default error sd: max(absolute, relative * |value|), see MODEL 6
  bool daily_mean = false;      ///< averaged over the observation's interval (else the value at its time)
  std::string levels_of = {};   ///< a visit yields one observation per layer of this variable; empty: one, no level
  int first_level = 0, level_step = 1;  ///< first of these layers, and from one to the next
  /// Place within the column (depth in m) of an observation that has no level itself; NaN: none.
  double level = std::numeric_limits<double>::quiet_NaN();
  /// Local solar time (h) at which an instrument sees the place, for observations that only tell the day; NaN: not
  /// said.
  double overpass_h = std::numeric_limits<double>::quiet_NaN();
  std::vector<std::string> optional = {};  ///< variables read where the layout has them
  /// Whether a value observed from `begin` to `end` is plausible.
  bool plausible(double value, Time begin, Time end) const {
    const double wider = end - begin < seconds_per_day ? within_day : 1.0;
    return value >= wider * valid_lower && value <= wider * valid_upper;
  }
};

/// One column as an operator sees it.
struct ObservedColumn {
  const GridPoint& point;
  const StateLayout& layout;
  ColumnView column;
  std::span<const double* const> parameters;                ///< [tile * traits.parameters.size() + p] -> padded members
  double level = std::numeric_limits<double>::quiet_NaN();  ///< of the observation; NaN: none
  Time at = {};                                             ///< of the observation within the model step
  bool whole_day = true;                                    ///< rows of daily means hold; false: those of the step
  double view_zenith_deg = std::numeric_limits<double>::quiet_NaN();  ///< of the instrument; NaN: not given
  bool timed = false;  ///< `at` is when the instrument looks; false: it only stands for the interval
};

/// A direction in the space of what an operator reads; shapes as in ObservedColumn.
struct ColumnChange {
  ColumnView column;
  std::span<const double* const> parameters = {};  ///< null: not changed; may be empty
};

/// Predicts an observation from a column, for all members; aggregates the tiles by fraction.
class ObservationOperator {
 public:
  virtual ~ObservationOperator() = default;
  virtual const OperatorTraits& traits() const = 0;
  /// Fills `hx` (padded members); returns QcFlag bits when most members see snow, frost or a canopy too dense.
  /// Called once per model step (or once a day at the overpass) inside the observation's interval; the caller averages.
  virtual std::uint32_t predict(const ObservedColumn& seen, std::span<double> hx) const = 0;
  /// Tangent-linear: fills `dhx` (padded members) with every member's derivative of the prediction along `change`.
  virtual void tangent(const ObservedColumn& seen, const ColumnChange& change, std::span<double> dhx) const = 0;
};

/// The registered operators, in the order of assim/operators/list.hpp.
const Registry<ObservationOperator>& observation_operators();

}  // namespace tilth
