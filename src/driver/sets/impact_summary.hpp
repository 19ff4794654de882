#pragma once

#include "driver/domain.hpp"

namespace tilth {

/// Writes `impact.nc` of a run: the impacts of every experiment that computed them, of a set with the error increase
/// that denying a stream brought (column `denial`) and the rank correlation of both over streams; prints the totals.
/// Nothing when no impact was asked for, or an experiment of the set is not complete yet. `twin`: there is a nature
/// run. Collective.
void summarise_impact(const Domain& domain, const std::string& run, bool twin, bool quiet);

}  // namespace tilth
