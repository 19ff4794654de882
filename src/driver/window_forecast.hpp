#pragma once

#include "core/obs/obs_table.hpp"
#include "driver/members.hpp"
#include "driver/products.hpp"
#include "driver/step_series.hpp"

namespace tilth {

/// Advances the members from `begin` to `end`; fills the predictions of `obs` (owned by this rank) at their times and
/// the means of the products over its slices. Predictions of interval observations are means over the days of the
/// interval that lie in the window. Flags raised by the operators are added to `obs.flag`. `steps`, unless null, takes
/// the values of every step. Collective.
StepReport forecast_window(Members& members, Time begin, Time end, ObsTable& obs, Products& products,
                           StepSeries* steps = nullptr);

}  // namespace tilth
